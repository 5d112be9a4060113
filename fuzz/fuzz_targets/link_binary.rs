//! What is inside a link, once it is unpacked: a mutation of packed bytes rarely gets this far.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quorum_core::run::Run;

fuzz_target!(|bytes: &[u8]| {
    match quorum_link::from_binary(bytes) {
        Ok(run) => quorum_fuzz::sound(&run),
        Err(error) => assert!(error.to_string().ends_with('.')),
    }
});
