//! Makes Rust of what our servers and those of etcd are asked, without `protoc`.

use std::error::Error;

const OURS: &str = "../../crates/node/proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-changed={OURS}");
    let ours = protox::compile(["quorum/v1/key_value.proto"], [OURS])?;
    let theirs = protox::compile(["etcd.proto"], ["proto"])?;
    for descriptors in [ours, theirs] {
        tonic_prost_build::configure().build_server(false).compile_fds(descriptors)?;
    }
    Ok(())
}
