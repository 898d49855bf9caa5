//! See [`fuzz::wall`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::wall::run(data));
