use alloc::{borrow::Cow, string::String, vec::Vec};

use super::field::{is_token_byte, token};

/// An extension that a peer names in `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extension<'a> {
    /// Its name, a token.
    pub name: &'a str,
    /// Its parameters in their order; a name may come twice.
    pub params: Vec<Param<'a>>,
}

/// A parameter of an [`Extension`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Param<'a> {
    /// Its name, a token.
    pub name: &'a str,
    /// Its value without quotes, a token.
    pub value: Option<Cow<'a, str>>,
}

/// `list` and the extensions of one field; `None` if the field is malformed.
pub(super) fn parse<'a>(
    value: &'a [u8],
    mut list: Vec<Extension<'a>>,
) -> Option<Vec<Extension<'a>>> {
    let mut cursor = Cursor { rest: value };
    loop {
        while cursor.take(b',') {}
        if cursor.rest.is_empty() {
            return Some(list);
        }
        let name = cursor.token()?;
        let mut params = Vec::new();
        while cursor.take(b';') {
            let name = cursor.token()?;
            let value = if cursor.take(b'=') {
                Some(cursor.value()?)
            } else {
                None
            };
            params.push(Param { name, value });
        }
        list.push(Extension { name, params });
        if !cursor.rest.is_empty() && !cursor.take(b',') {
            return None;
        }
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Takes `byte` and the white space around it, if it is next.
    fn take(&mut self, byte: u8) -> bool {
        self.rest = self.rest.trim_ascii_start();
        let Some(rest) = self.rest.strip_prefix(&[byte]) else {
            return false;
        };
        self.rest = rest.trim_ascii_start();
        true
    }

    fn token(&mut self) -> Option<&'a str> {
        let end = self.rest.iter().position(|&byte| !is_token_byte(byte));
        let (name, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        token(name)
    }

    fn value(&mut self) -> Option<Cow<'a, str>> {
        match self.rest.strip_prefix(b"\"") {
            Some(rest) => {
                self.rest = rest;
                self.quoted()
            }
            None => self.token().map(Cow::Borrowed),
        }
    }

    /// Takes the rest of a quoted string.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-4.3
    //# When using the quoted-string syntax variant, the value
    //# after quoted-string unescaping MUST conform to the
    //# 'token' ABNF.
    fn quoted(&mut self) -> Option<Cow<'a, str>> {
        let end = self
            .rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\'))?;
        if let (plain, [b'"', rest @ ..]) = self.rest.split_at_checked(end)? {
            self.rest = rest;
            return token(plain).map(Cow::Borrowed);
        }
        let mut text = String::new();
        loop {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let byte = match byte {
                b'"' if text.is_empty() => return None,
                b'"' => return Some(Cow::Owned(text)),
                b'\\' => {
                    let (&byte, rest) = self.rest.split_first()?;
                    self.rest = rest;
                    byte
                }
                byte => byte,
            };
            if !is_token_byte(byte) {
                return None;
            }
            text.push(char::from(byte));
        }
    }
}
