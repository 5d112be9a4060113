//! A link as it is pasted: any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quorum_core::run::Run;

fuzz_target!(|bytes: &[u8]| {
    match quorum_link::from_link(&String::from_utf8_lossy(bytes)) {
        Ok(run) => quorum_fuzz::sound(&run),
        Err(error) => assert!(error.to_string().ends_with('.')),
    }
});
