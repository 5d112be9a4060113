//! What real servers did, as a run of the laboratory.
//!
//! A replica is deterministic: the same inputs in the same order have the same effects. So a server notes its inputs (it
//! started, a message arrived, a timer ran out, records became durable), and nothing of what it thought about them. The notes
//! of all servers are **merged by cause**: a message arrives after it left. Played in the simulated world, they are a run like
//! any other: rewound, explained, judged and shared.
//!
//! **The proof that it is the same run.** The simulated servers decide again what the real ones decided, and so must say the
//! same. Every server notes a digest of each message that left, and every message that the simulated server sends is compared
//! with it, byte for byte. Where they differ, a real server does not run as the simulated one does, and the [`Mismatch`] says
//! at which message.
//!
//! ```text
//!  server 1 ─ notes ─┐                 one action at a time
//!  server 2 ─ notes ─┼─► Recording ────────────────────────► Simulation ─► messages
//!  server 3 ─ notes ─┘       ▲                                                 │
//!                            └──────────── the same? ◄─────────────────────────┘
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | `begins` | a record that begins in the middle |
//! | `note` | what servers note, and what whoever looks after them does |
//! | `names` | clients: numbers outside, letters in the laboratory |
//! | `recording` | which note comes next |
//! | `play` | what a note is in the laboratory |
//!
//! Nothing here knows a clock, a network or a file. Times come with the notes.

mod begins;
mod names;
mod note;
mod play;
mod recording;

pub use begins::{Crossing, Standing, TakesPart, takes_part};
pub use names::digest;
pub use note::{Note, Number};
pub use recording::{Mismatch, Recording, Step, What};
