//! A file with a run: any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;

fuzz_target!(|bytes: &[u8]| {
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    let Ok(run) = Run::from_json(&json, "run") else { return };
    assert_eq!(Run::from_json(&Json::from(&run), "run").as_ref(), Ok(&run));
    // A file may hold a run that cannot be: that is found out later, and so it may not be fit for a link.
    quorum_fuzz::sound_link(quorum_link::to_link(&run), &run);
});
