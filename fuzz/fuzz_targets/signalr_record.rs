#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::signalr::record`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::signalr::record(data));
#[cfg(not(fuzzing))]
fn main() {}
