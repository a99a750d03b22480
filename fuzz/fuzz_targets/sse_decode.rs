#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::sse::decode`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::sse::decode(data));
#[cfg(not(fuzzing))]
fn main() {}
