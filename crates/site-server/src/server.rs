//! The socket, and the threads that answer on it.

use crate::Site;
use crate::request::{Answer, answer};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tiny_http::{Header, Method, Request, Response, Server};

/// Enough for a page that loads its modules side by side.
const THREADS: usize = 4;

/// A site being served on 127.0.0.1. Dropping it stops it.
pub struct SiteServer {
    site: Arc<Site>,
    address: SocketAddr,
    server: Arc<Server>,
    threads: Vec<JoinHandle<()>>,
}

/// Serves `site` on `port` of 127.0.0.1; port 0 takes any free one.
///
/// # Errors
/// What the system says when the port cannot be had; [`io::ErrorKind::AddrInUse`] when somebody has it.
pub fn serve(site: Site, port: u16) -> io::Result<SiteServer> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let address = listener.local_addr()?;
    let server = Arc::new(Server::from_listener(listener, None).map_err(io::Error::other)?);
    let site = Arc::new(site);
    let threads = (0..THREADS)
        .map(|_| {
            let (server, site) = (Arc::clone(&server), Arc::clone(&site));
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    respond(&site, request);
                }
            })
        })
        .collect();
    Ok(SiteServer { site, address, server, threads })
}

impl SiteServer {
    /// Where the site is: the address of its `index.html`, ending in `/`.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.site.path())
    }

    /// The scheme, host and port, with no `/` at the end.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process ends.
    pub fn run(mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so already, and the others still answer.
            let _ = thread.join();
        }
    }
}

impl Drop for SiteServer {
    fn drop(&mut self) {
        for _ in 0..THREADS {
            self.server.unblock();
        }
    }
}

fn respond(site: &Site, request: Request) {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return send(site, request, text(405, "Only GET and HEAD are answered here.\n"));
    }
    match answer(site, request.url()) {
        Answer::File { file, kind } => send(site, request, Response::from_file(file).with_header(content_type(kind))),
        Answer::Text { text, kind } => {
            send(site, request, Response::from_string(text).with_header(content_type(kind)));
        }
        Answer::MovedTo(to) => send(site, request, text(308, "").with_header(header("Location", &to))),
        Answer::NotFound => send(site, request, text(404, "There is no such file here.\n")),
    }
}

fn text(status: u16, text: &str) -> Response<io::Cursor<Vec<u8>>> {
    Response::from_string(text).with_status_code(status).with_header(content_type("text/plain; charset=utf-8"))
}

fn send<R: Read>(site: &Site, request: Request, mut response: Response<R>) {
    response.add_header(header("Cache-Control", "no-store"));
    response.add_header(header("X-Content-Type-Options", "nosniff"));
    for (name, value) in &site.headers {
        response.add_header(header(name, value));
    }
    // The browser went away before the end: its right, and nobody is left to tell.
    let _ = request.respond(response);
}

fn content_type(kind: &str) -> Header {
    header("Content-Type", kind)
}

/// # Panics
/// When a name or value is not ASCII: both come from this program, and the redirect is already encoded.
fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).unwrap_or_else(|()| panic!("not a header: {name}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpStream;

    fn ask(server: &SiteServer, request_line: &str) -> String {
        let mut stream = TcpStream::connect(server.address).expect("connects");
        write!(stream, "{request_line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn served() -> (tempfile::TempDir, SiteServer) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(dir.path().join("m.js"), "export {}").expect("written");
        let server = serve(Site::new(dir.path()).header("X-Extra", "yes"), 0).expect("a free port");
        (dir, server)
    }

    #[test]
    fn a_module_arrives_with_its_type_and_is_not_stored() {
        let (_dir, server) = served();
        let answer = ask(&server, "GET /m.js");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for line in ["Content-Type: text/javascript; charset=utf-8", "Cache-Control: no-store", "X-Extra: yes"] {
            assert!(answer.contains(line), "{line} is not in\n{answer}");
        }
        assert!(answer.ends_with("export {}"), "{answer}");
    }

    #[test]
    fn what_is_missing_or_not_asked_with_get_is_refused() {
        let (_dir, server) = served();
        assert!(ask(&server, "GET /none").starts_with("HTTP/1.1 404"));
        assert!(ask(&server, "POST /m.js").starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn a_taken_port_is_told_apart_from_other_errors() {
        let (_dir, server) = served();
        let error = serve(Site::new("."), server.address.port()).err();
        assert_eq!(error.map(|error| error.kind()), Some(io::ErrorKind::AddrInUse));
    }

    #[test]
    fn a_dropped_server_ends_its_threads() {
        let (_dir, mut server) = served();
        let threads = std::mem::take(&mut server.threads);
        drop(server);
        for thread in threads {
            thread.join().expect("ended in order");
        }
    }
}
