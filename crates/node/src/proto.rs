//! The messages and services of `proto/quorum/v1`, as prost and tonic make them.

#![allow(missing_docs, unreachable_pub, clippy::all)]

tonic::include_proto!("quorum.v1");

/// The same, described: what a server tells of itself by reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/quorum.v1.bin"));
