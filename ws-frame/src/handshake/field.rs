//! The grammar that the fields of the handshake share (RFC 9110 section 5.6).

pub(super) const CONNECTION: &str = "Connection";
pub(super) const UPGRADE: &str = "Upgrade";
pub(super) const ACCEPT: &str = "Sec-WebSocket-Accept";
pub(super) const EXTENSIONS: &str = "Sec-WebSocket-Extensions";
pub(super) const KEY: &str = "Sec-WebSocket-Key";
pub(super) const PROTOCOL: &str = "Sec-WebSocket-Protocol";
pub(super) const VERSION: &str = "Sec-WebSocket-Version";

/// The only version of the protocol.
pub(super) const VERSION_13: &str = "13";
pub(super) const WEBSOCKET: &str = "websocket";

/// A field that may come only once.
#[derive(Default)]
pub(super) enum Single<'a> {
    #[default]
    Missing,
    Value(&'a [u8]),
    Repeated,
}

impl<'a> Single<'a> {
    pub(super) fn add(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Missing => Self::Value(value.trim_ascii()),
            _ => Self::Repeated,
        };
    }

    pub(super) fn value(&self) -> Option<&'a [u8]> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// Whether `name` is the name of the field `field`.
pub(super) fn is(name: &[u8], field: &str) -> bool {
    name.eq_ignore_ascii_case(field.as_bytes())
}

/// The elements of a list; empty ones do not count (RFC 9110 section 5.6.1).
pub(super) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

/// Whether a list has `token` as an element, in whatever case.
pub(super) fn has(value: &[u8], token: &str) -> bool {
    elements(value).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
}

/// `bytes` as a token, if they are one.
pub(super) fn token(bytes: &[u8]) -> Option<&str> {
    if bytes.is_empty() || !bytes.iter().copied().all(is_token_byte) {
        return None;
    }
    core::str::from_utf8(bytes).ok()
}

/// Whether `byte` may stand in a token (RFC 9110 section 5.6.2).
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
