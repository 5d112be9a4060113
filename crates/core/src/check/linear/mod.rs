//! Is a history of clients linearizable?
//!
//! Clients of a store ask, and are answered. They know when they asked and when the answer came, and not what happened
//! in between. The store is **linearizable** if it looks as though each operation took effect at one moment between its
//! call and its return (Herlihy & Wing, *Linearizability: a correctness condition for concurrent objects*, 1990). So a
//! history is good if its operations can be put in one order such that
//!
//! * what returned before another was called comes before it, and
//! * each answer is what [`Op::apply`](crate::log::Op::apply) gives in that order, beginning with the values there
//!   were.
//!
//! Operations that never returned may have taken effect at any time after their call, or never. An answer that nobody
//! observed may have been any. Nothing in the store spans two keys, so each key is judged by itself (Herlihy & Wing,
//! theorem 1; Horn & Kroening, *Faster linearizability checking via P-compositionality*, 2015).
//!
//! Finding out is NP-complete. So there are **two checkers**, which share only the meaning of the store: they
//! must agree, and what is hard for one is often easy for the other.
//!
//! | | how | good at |
//! |---|---|---|
//! | [`Jit`] | breadth over all explanations, as it happens | naming the event that nothing explains |
//! | [`depth_first`] | one order, depth first with memory | long histories with many operations open |
//!
//! Sources: Wing & Gong, *Testing and verifying concurrent objects*, 1993 (depth first); Lowe, *Testing for
//! linearizability*, 2017 (its memory, and just-in-time linearization).
//!
//! Both have a budget. Where it ends, the verdict is **unknown**, and unknown is never a pass. [`judge`] asks both and
//! says why a history is bad.

mod explanations;
mod history;
mod jit;
mod judge;
mod lines;
mod random;
mod shrink;
mod states;
mod tell;
mod wgl;

pub use history::{History, HistoryError, Operation, Part};
pub use jit::{Alive, Broken, Called, Jit};
pub use judge::{Checked, NotLinearizable, Verdict, breadth_first, depth_first, judge};
pub use lines::HistoryReader;
pub use random::{Edit, RandomHistory};
pub use tell::phrase;
