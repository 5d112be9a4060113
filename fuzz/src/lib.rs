//! What must hold of whatever a reader lets in.

use quorum_core::run::{LinkError, Run};

/// A run out of a link goes into one again, unless it has become too large for one, and stays the same run.
pub fn sound(run: &Run) {
    let binary = run.to_binary().unwrap_or_else(|error| panic!("it was read, and cannot be written. {error}"));
    assert_eq!(Run::from_binary(&binary).as_ref(), Ok(run));
    sound_link(run.to_link(), run);
}

/// A link, where there is one, is the run's.
pub fn sound_link(link: Result<String, LinkError>, run: &Run) {
    match link {
        Ok(link) => assert_eq!(Run::from_link(&link).as_ref(), Ok(run)),
        Err(LinkError::TooLarge | LinkError::Unfit(_)) => {}
        Err(error) => panic!("no reason not to make a link: {error}"),
    }
}
