#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::auth::jwt_header`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::auth::jwt_header(data));
#[cfg(not(fuzzing))]
fn main() {}
