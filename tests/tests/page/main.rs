//! The page in a browser: one program, so that it is linked once, and tests of different files run side by side.
//!
//! `cargo test -p quorum-tests --test page -- FILE::` runs the tests of one file.

mod accessible;
mod addresses;
mod agrees;
mod beats;
mod book;
mod challenges;
mod clients;
mod cluster;
mod compares;
mod details;
mod digests;
mod embeds;
mod events;
mod files;
mod first_look;
mod focus;
mod forced_colours;
mod geometry;
mod hands;
mod heard;
mod hosts;
mod hosts_keys;
mod hosts_life;
mod hosts_looks;
mod hosts_print;
mod hosts_properties;
mod hosts_silence;
mod keyboard;
mod large_text;
mod lessons;
mod loads;
mod log;
mod log_refuses;
mod long_runs;
mod new_run;
mod opens;
mod package;
mod panics;
mod plays;
mod protocols;
mod read_whole;
mod recorded;
mod refuses;
mod rewinds;
mod scenarios;
mod second_tab;
mod set_aside;
/// Only `cargo xtask hosts` builds these.
#[cfg(feature = "hosts")]
mod sites;
mod spacetime;
mod speaks;
mod survives_reload;
mod table;
mod whatif;
mod whatif_log;
