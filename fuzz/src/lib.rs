//! The oracles of the fuzz targets: each takes arbitrary bytes and panics when a promise is broken.
//!
//! `TARGETS` names them all; `fuzz_targets/` hands each to libFuzzer, and `tests/replay.rs` runs the
//! committed seeds through them on a stable compiler.

pub mod auth;
pub mod http;
pub mod signalr;
pub mod sse;
pub mod ws;

/// An oracle: panics when the code under test breaks a promise on these bytes.
pub type Oracle = fn(&[u8]);

/// Every target by the name of its folder under `seeds/`.
pub const TARGETS: &[(&str, Oracle)] = &[
    ("cookies", auth::cookies),
    ("http_chunked", http::chunked),
    ("http_head", http::head),
    ("http_target", http::target),
    ("jwt_header", auth::jwt_header),
    ("signalr_handshake", signalr::handshake),
    ("signalr_message", signalr::message),
    ("signalr_record", signalr::record),
    ("sse_decode", sse::decode),
    ("sse_roundtrip", sse::roundtrip),
    ("ws_assemble", ws::assemble),
    ("ws_decode", ws::decode),
    ("ws_deflate", ws::deflate),
    ("ws_handshake", ws::handshake),
];
