//! SignalR.
/// h
pub fn handshake(_: &[u8]) {}
/// h
pub fn message(_: &[u8]) {}
/// h
pub fn record(_: &[u8]) {}
