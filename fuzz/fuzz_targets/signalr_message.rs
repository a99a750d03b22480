#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::signalr::message`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::signalr::message(data));
#[cfg(not(fuzzing))]
fn main() {}
