//! A site that is shown while some of it is still being made.
//!
//! A page is worth showing before everything it may ask for later is there. Until it is, a request for a file that is not
//! there waits, instead of being told that there is no such file.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Whether a site is finished. Copies are about the same site.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl Unfinished {
    /// The site is finished: what is not there now never will be.
    pub fn finish(&self) {
        let (finished, changed) = &*self.state;
        *finished.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Waits until the site is finished, and says whether there was anything to wait for.
    pub(crate) fn wait(&self) -> bool {
        let (finished, changed) = &*self.state;
        let guard = finished.lock().unwrap_or_else(PoisonError::into_inner);
        if *guard {
            return false;
        }
        drop(changed.wait_while(guard, |finished| !*finished));
        true
    }
}
