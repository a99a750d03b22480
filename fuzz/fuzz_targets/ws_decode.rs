#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::ws::decode`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::ws::decode(data));
#[cfg(not(fuzzing))]
fn main() {}
