//! The socket, and the threads that answer on it: one per connection, and one request per connection, so that
//! nothing is ever queued behind a connection that a browser keeps open.

use crate::Site;
use crate::request::{Answer, answer};
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The longest request that is read. Browsers send about one thousand bytes.
const MAX_REQUEST: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;
/// How long a connection may stay silent. Browsers open some that they never use.
const SILENCE: Duration = Duration::from_secs(30);

/// What keeps other people's pages away. A server on one's own machine is a neighbour of every page in the browser: pages of
/// this machine may frame it, since an author tries out an embedded lab that way, and no others; a page that opened it, or
/// that it opens, has no hold on it; and no other site is told its address. Scripts and styles may be loaded
/// from anywhere, since that is what embedding is.
const PROTECTION: &str = "X-Content-Type-Options: nosniff\r\n\
    Content-Security-Policy: frame-ancestors 'self' http://127.0.0.1:* http://localhost:*\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n";

/// A site being served on 127.0.0.1. Dropping it stops it.
#[derive(Debug)]
pub struct SiteServer {
    site: Arc<Site>,
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

/// Serves `site` on `port` of 127.0.0.1; port 0 takes any free one.
///
/// # Errors
/// What the system says when the port cannot be had; [`io::ErrorKind::AddrInUse`] when somebody has it.
pub fn serve(site: Site, port: u16) -> io::Result<SiteServer> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let address = listener.local_addr()?;
    let site = Arc::new(site.at(&format!("http://{address}")));
    let stopping = Arc::new(AtomicBool::new(false));
    let listening = {
        let (site, stopping) = (Arc::clone(&site), Arc::clone(&stopping));
        thread::spawn(move || listen(&listener, &site, &stopping))
    };
    Ok(SiteServer { site, address, stopping, listening: Some(listening) })
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
        self.wait();
    }

    fn wait(&mut self) {
        if let Some(listening) = self.listening.take() {
            // Should it have panicked, it has said so.
            let _ = listening.join();
        }
    }
}

impl Drop for SiteServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // The listener looks at the flag when somebody connects. If nobody can, there is none to wait for.
        if TcpStream::connect(self.address).is_ok() {
            self.wait();
        }
    }
}

fn listen(listener: &TcpListener, site: &Arc<Site>, stopping: &AtomicBool) {
    for stream in listener.incoming() {
        if stopping.load(Ordering::SeqCst) {
            return;
        }
        if let Ok(stream) = stream {
            let site = Arc::clone(site);
            // The browser went away before the end: its right, and nobody is left to tell.
            thread::spawn(move || converse(&site, stream).ok());
        }
    }
}

/// Reads one request and answers it.
fn converse(site: &Site, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    match read_request(&mut stream)? {
        Some(request) => respond(site, &request, &mut stream)?,
        None => write_text(site, &mut stream, "400 Bad Request", "That is not a request.\n")?,
    }
    stream.shutdown(Shutdown::Write)?;
    // What is closed with something unread may take the answer with it.
    io::copy(&mut stream.take(MAX_REQUEST as u64), &mut io::sink()).map(|_| ())
}

struct Request {
    method: String,
    target: String,
}

/// The request, or nothing when it is not one.
fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&piece[..length]);
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes) {
            Ok(httparse::Status::Partial) if bytes.len() < MAX_REQUEST => {}
            Ok(httparse::Status::Complete(_)) => {
                let (method, target) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
                return Ok(Some(Request { method: method.into(), target: target.into() }));
            }
            _ => return Ok(None),
        }
    }
}

fn respond(site: &Site, request: &Request, stream: &mut TcpStream) -> io::Result<()> {
    let with_body = match request.method.as_str() {
        "GET" => true,
        "HEAD" => false,
        _ => return not_allowed(site, stream),
    };
    let mut found = answer(site, &request.target);
    if matches!(found, Answer::NotFound) && site.unfinished.as_ref().is_some_and(crate::Unfinished::wait) {
        found = answer(site, &request.target);
    }
    match found {
        Answer::File { mut file, kind } => {
            write_head(site, stream, "200 OK", kind, length_of(&file)?, "")?;
            if with_body {
                io::copy(&mut file, stream)?;
            }
            Ok(())
        }
        Answer::Text { text, kind } => {
            write_head(site, stream, "200 OK", kind, text.len() as u64, "")?;
            if with_body { stream.write_all(text.as_bytes()) } else { Ok(()) }
        }
        Answer::MovedTo(to) => {
            let location = format!("Location: {to}\r\n");
            write_head(site, stream, "308 Permanent Redirect", "text/plain", 0, &location)
        }
        Answer::NotFound => write_text(site, stream, "404 Not Found", "There is no such file here.\n"),
    }
}

fn not_allowed(site: &Site, stream: &mut TcpStream) -> io::Result<()> {
    let text = "Only GET and HEAD are answered here.\n";
    let kind = "text/plain; charset=utf-8";
    write_head(site, stream, "405 Method Not Allowed", kind, text.len() as u64, "Allow: GET, HEAD\r\n")?;
    stream.write_all(text.as_bytes())
}

fn length_of(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len())
}

fn write_text(site: &Site, stream: &mut TcpStream, status: &str, text: &str) -> io::Result<()> {
    write_head(site, stream, status, "text/plain; charset=utf-8", text.len() as u64, "")?;
    stream.write_all(text.as_bytes())
}

fn write_head(
    site: &Site,
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    length: u64,
    more: &str,
) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\n{PROTECTION}{more}"
    );
    for (name, value) in &site.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &SiteServer, request_line: &str) -> String {
        let mut stream = TcpStream::connect(server.address).expect("connects");
        write!(stream, "{request_line} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
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
    fn a_page_can_name_where_it_is_served() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let site = Site::new(dir.path()).page("/map.xml", format!("<loc>{}/a</loc>", crate::ORIGIN));
        let server = serve(site, 0).expect("a free port");
        let answer = ask(&server, "GET /map.xml");
        assert!(answer.ends_with(&format!("<loc>{}/a</loc>", server.origin())), "{answer}");
    }

    #[test]
    fn a_module_arrives_with_its_type_and_is_not_stored() {
        let (_dir, server) = served();
        let answer = ask(&server, "GET /m.js");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for line in [
            "Content-Type: text/javascript; charset=utf-8",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
            "Cross-Origin-Opener-Policy: same-origin",
            "Referrer-Policy: no-referrer",
            "X-Extra: yes",
        ] {
            assert!(answer.contains(&format!("\r\n{line}\r\n")), "{line} is not in\n{answer}");
        }
        assert!(answer.ends_with("\r\n\r\nexport {}"), "{answer}");
        let head = ask(&server, "HEAD /m.js");
        assert!(head.contains("Content-Length: 9\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    }

    #[test]
    fn what_is_missing_or_no_request_or_not_asked_with_get_is_refused() {
        let (_dir, server) = served();
        assert!(ask(&server, "GET /none").starts_with("HTTP/1.1 404"));
        let refusal = ask(&server, "POST /m.js");
        assert!(refusal.starts_with("HTTP/1.1 405") && refusal.contains("\r\nAllow: GET, HEAD\r\n"), "{refusal}");
        assert!(ask(&server, "GET /m.js/").starts_with("HTTP/1.1 404"), "there is nothing below a file");
        assert!(ask(&server, "(").starts_with("HTTP/1.1 400"));
    }

    #[test]
    fn what_is_still_being_made_is_waited_for_and_then_no_more() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let unfinished = crate::Unfinished::default();
        let server = serve(Site::new(dir.path()).unfinished(unfinished.clone()), 0).expect("a free port");
        thread::scope(|scope| {
            let asked = scope.spawn(|| ask(&server, "GET /late.js"));
            std::fs::write(dir.path().join("late.js"), "export {}").expect("written");
            unfinished.finish();
            assert!(asked.join().expect("answered").starts_with("HTTP/1.1 200"));
        });
        assert!(ask(&server, "GET /never.js").starts_with("HTTP/1.1 404"));
    }

    #[test]
    fn connections_that_stay_silent_keep_nobody_waiting() {
        let (_dir, server) = served();
        let silent: Vec<_> = (0..32).map(|_| TcpStream::connect(server.address).expect("connects")).collect();
        assert!(ask(&server, "GET /m.js").starts_with("HTTP/1.1 200"));
        drop(silent);
    }

    #[test]
    fn a_taken_port_is_told_apart_from_other_errors() {
        let (_dir, server) = served();
        let error = serve(Site::new("."), server.address.port()).err();
        assert_eq!(error.map(|error| error.kind()), Some(io::ErrorKind::AddrInUse));
    }

    #[test]
    fn a_dropped_server_gives_its_port_back() {
        let (_dir, server) = served();
        let port = server.address.port();
        drop(server);
        serve(Site::new("."), port).expect("the port is free");
    }
}
