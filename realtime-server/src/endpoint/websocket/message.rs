use bytes::Bytes;

/// A message of a [`WebSocket`](super::WebSocket), whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text (RFC 6455 section 5.6).
    Text(String),
    /// Bytes (section 5.6).
    Binary(Bytes),
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes.into())
    }
}
