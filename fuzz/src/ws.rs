//! WS.
/// h
pub fn assemble(_: &[u8]) {}
/// h
pub fn decode(_: &[u8]) {}
/// h
pub fn handshake(_: &[u8]) {}
