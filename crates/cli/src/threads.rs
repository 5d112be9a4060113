//! How many threads do the work.

use clap::Args;
use std::num::NonZero;
use std::thread;

/// More threads than any machine that this runs on has cores; each needs some memory.
const MAX_THREADS: i64 = 256;

/// The argument `--threads`.
#[derive(Args, Clone, Copy)]
pub(crate) struct Threads {
    /// How many threads, up to 256 [default: as many as there are cores]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    threads: Option<u16>,
}

impl Threads {
    /// As many as there are cores.
    #[cfg(test)]
    pub(crate) const DEFAULT: Self = Self { threads: None };

    /// The number.
    pub(crate) fn count(self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        self.threads.map_or_else(cores, usize::from)
    }
}

/// Has every job done, each by a thread of its own as far as the system has threads to give. The answers are in the order
/// of the jobs.
pub(crate) fn all<T: Send, F: FnOnce() -> T + Send + Clone>(jobs: Vec<F>) -> Vec<T> {
    thread::scope(|scope| {
        let mut jobs = jobs.into_iter();
        // One job is left to this thread, which would otherwise only wait.
        let first = jobs.next();
        let begin = |job: F| (job.clone(), thread::Builder::new().spawn_scoped(scope, job).ok());
        let others: Vec<_> = jobs.map(begin).collect();
        let mut answers: Vec<T> = first.map(|first| first()).into_iter().collect();
        for (job, other) in others {
            answers.push(match other {
                // A panic is a bug in the engine, and is passed on as it is.
                Some(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                None => job(),
            });
        }
        answers
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_in_the_order_of_the_jobs() {
        let jobs: Vec<_> = (0..9_u32).map(|number| move || number * number).collect();
        assert_eq!(all(jobs), [0, 1, 4, 9, 16, 25, 36, 49, 64]);
        assert!(all(Vec::<fn() -> u32>::new()).is_empty());
    }
}
