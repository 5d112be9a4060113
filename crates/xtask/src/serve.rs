//! `serve`: the release site on this machine.

use crate::{build, scenarios, tools, wasm};
use anyhow::{Context, Result, bail};
use quorum_site_server::{Site, SiteServer, Unfinished};
use std::io::ErrorKind;
use std::path::Path;

/// How many ports after the wanted one are tried before giving up.
const TRIES: u16 = 100;

/// Builds the site and serves it until interrupted. The page opens as soon as the engine is there that it begins with;
/// the others follow.
///
/// # Errors
/// When it does not build, or no port can be had.
pub(crate) fn serve(port: u16, open: bool) -> Result<()> {
    scenarios::build()?;
    wasm::modules(wasm::FIRST)?;
    let unfinished = Unfinished::default();
    let dist = build::copy()?;
    wasm::remove(wasm::LATER, &dist)?;
    let server = on_a_free_port(&dist, port, &unfinished)?;
    let url = server.url();
    println!("Quorum is at {url} (Ctrl-C ends it)");
    std::thread::spawn(move || finish(&unfinished));
    if open && a_desktop_is_here() && open::that_detached(&url).is_err() {
        eprintln!("No browser could be opened. Open the address above in one.");
    }
    server.run();
    Ok(())
}

/// Makes what the page asks for only later. The page is of little use without it: should it not build, nothing is served.
fn finish(unfinished: &Unfinished) {
    match wasm::modules(wasm::LATER).and_then(|()| build::copy()) {
        Ok(_) => {
            unfinished.finish();
            eprintln!("Links, scenarios and the search are there, too.");
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            std::process::exit(1);
        }
    }
}

fn on_a_free_port(dist: &Path, wanted: u16, unfinished: &Unfinished) -> Result<SiteServer> {
    for port in wanted..=wanted.saturating_add(TRIES) {
        match quorum_site_server::serve(Site::new(dist).unfinished(unfinished.clone()), port) {
            Ok(server) => {
                if wanted != 0 && port != wanted {
                    eprintln!("Port {wanted} is taken; using {port}.");
                }
                return Ok(server);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(error).with_context(|| format!("port {port} cannot be used; choose another with --port"));
            }
        }
    }
    bail!("port {wanted} and the {TRIES} after it are taken; choose another with --port")
}

/// Whether somebody could see a browser that opens. Elsewhere than on Linux there always is a desktop.
fn a_desktop_is_here() -> bool {
    !cfg!(all(unix, not(target_os = "macos"))) || tools::a_screen_is_here()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_gives_the_next_free_one() {
        let taken = on_a_free_port(Path::new("."), 0, &Unfinished::default()).expect("any port");
        let port: u16 = taken.origin().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let other = on_a_free_port(Path::new("."), port, &Unfinished::default()).expect("another port");
        assert_ne!(taken.origin(), other.origin());
    }
}
