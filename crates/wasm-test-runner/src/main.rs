//! What cargo calls to run the tests of a WebAssembly crate in a headless browser.
//!
//! It is wasm-bindgen's own runner, of exactly the version the crates are built against, so nobody installs a tool. It is a
//! crate of its own because it brings an HTTP server and a WebDriver client, for which a person who only wants to see the
//! page should not have to wait.

fn main() -> anyhow::Result<()> {
    let name = std::ffi::OsString::from("wasm-bindgen-test-runner");
    let arguments = std::iter::once(name).chain(std::env::args_os().skip(1));
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments)
}
