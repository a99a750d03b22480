#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::sse::roundtrip`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::sse::roundtrip(data));
#[cfg(not(fuzzing))]
fn main() {}
