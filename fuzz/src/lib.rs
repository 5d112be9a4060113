//! What must hold of whatever a reader lets in.

use quorum_link::LinkError;
use quorum_core::run::Run;

/// A run out of a link goes into one again, unless it has become too large for one, and stays the same run.
pub fn sound(run: &Run) {
    let binary = quorum_link::to_binary(&run).unwrap_or_else(|error| panic!("it was read, and cannot be written. {error}"));
    assert_eq!(quorum_link::from_binary(&binary).as_ref(), Ok(run));
    sound_link(quorum_link::to_link(&run), run);
}

/// A link, where there is one, is the run's.
pub fn sound_link(link: Result<String, LinkError>, run: &Run) {
    match link {
        Ok(link) => assert_eq!(quorum_link::from_link(&link).as_ref(), Ok(run)),
        Err(LinkError::TooLarge | LinkError::Unfit(_)) => {}
        Err(error) => panic!("no reason not to make a link: {error}"),
    }
}
