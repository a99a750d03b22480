#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::auth::cookies`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::auth::cookies(data));
#[cfg(not(fuzzing))]
fn main() {}
