#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::http::target`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::http::target(data));
#[cfg(not(fuzzing))]
fn main() {}
