//! Is it right? The all-knowing observer.
//!
//! No server can see what is *chosen*: it is a fact about many disks at once. The [`Observer`] sees all of them.
//! After every step it says what has been chosen, and whether one of the [`Invariant`]s no longer holds. It stands
//! outside: it reads the world through [`World`], changes nothing, and no protocol code knows of it.

pub mod explore;
mod invariant;
pub mod model;
mod observer;
pub mod spec;

pub use invariant::{Invariant, Violation};
pub use observer::{Finding, Observer, World};
