//! What moves the bytes of a connection.

mod websocket;

pub(super) use websocket::{Gone, WebSocket};
