//! See [`fuzz::survey`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::survey::run(data));
