#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::ws::deflate`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::ws::deflate(data));
#[cfg(not(fuzzing))]
fn main() {}
