#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::signalr::handshake`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::signalr::handshake(data));
#[cfg(not(fuzzing))]
fn main() {}
