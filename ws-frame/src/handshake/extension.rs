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

/// The name of the extension that compresses messages (RFC 7692 section 7).
pub(crate) const PERMESSAGE_DEFLATE: &str = "permessage-deflate";

/// `list` and the extensions that one field of a request offers; `None` if the field is malformed.
///
/// An offer of compression with something wrong behind its name is left out: that declines the offer,
/// not the connection.
pub(super) fn offered<'a>(value: &'a [u8], list: Vec<Extension<'a>>) -> Option<Vec<Extension<'a>>> {
    parse(value, list, |name| name == PERMESSAGE_DEFLATE)
}

/// `list` and the extensions of one field of an answer; `None` if the field is malformed.
pub(super) fn accepted<'a>(
    value: &'a [u8],
    list: Vec<Extension<'a>>,
) -> Option<Vec<Extension<'a>>> {
    parse(value, list, |_| false)
}

fn parse<'a>(
    value: &'a [u8],
    mut list: Vec<Extension<'a>>,
    may_skip: impl Fn(&str) -> bool,
) -> Option<Vec<Extension<'a>>> {
    let mut cursor = Cursor { rest: value };
    loop {
        while cursor.take(b',') {}
        if cursor.rest.is_empty() {
            return Some(list);
        }
        let name = cursor.token()?;
        let behind_name = cursor.rest;
        match cursor.params() {
            Some(params) => list.push(Extension { name, params }),
            None if may_skip(name) => {
                cursor.rest = behind_name;
                cursor.skip_element()?;
            }
            None => return None,
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

    /// Takes the parameters of an extension, and sees that it ends there.
    fn params(&mut self) -> Option<Vec<Param<'a>>> {
        let mut params = Vec::new();
        while self.take(b';') {
            let name = self.token()?;
            let value = if self.take(b'=') {
                Some(self.value()?)
            } else {
                None
            };
            params.push(Param { name, value });
        }
        (self.rest.is_empty() || self.rest.starts_with(b",")).then_some(params)
    }

    /// Passes over whatever comes before the next comma that is in no quoted string; `None` if there
    /// are control characters in it, which no field may have.
    fn skip_element(&mut self) -> Option<()> {
        let (mut quoted, mut escaped) = (false, false);
        let end = self.rest.iter().position(|&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b',' => return !quoted,
                _ => {}
            }
            false
        });
        let (skipped, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        (!skipped.iter().any(is_control)).then_some(())
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
