//! See [`fuzz::answer`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::answer::run(data));
