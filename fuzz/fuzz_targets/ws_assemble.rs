#![cfg_attr(fuzzing, no_main)]
//! libFuzzer's entry to `fuzz::ws::assemble`.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::ws::assemble(data));
#[cfg(not(fuzzing))]
fn main() {}
