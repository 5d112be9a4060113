//! Makes Rust of `proto/`, without `protoc`: protox reads the files, prost and tonic write the code.

use std::path::PathBuf;
use std::{env, error::Error, fs};

use prost::Message as _;

const FILES: [&str; 5] = [
    "quorum/v1/log.proto",
    "quorum/v1/paxos.proto",
    "quorum/v1/key_value.proto",
    "quorum/v1/admin.proto",
    "quorum/v1/note.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    // What a server tells of itself by reflection.
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("quorum.v1.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
