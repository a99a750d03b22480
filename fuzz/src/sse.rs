//! SSE.
/// h
pub fn decode(_: &[u8]) {}
/// h
pub fn roundtrip(_: &[u8]) {}
