//! The driver process: started by the first test that needs it, shared, and ended with the last. Drivers that take
//! only one session at a time, as those of Firefox and WebKit do, are not shared.
//!
//! To start a browser takes longer than most tests do. A browser in which a test went well waits for the next test, which
//! gets a tab of its own in it, and a site at an origin of its own, for which nothing is stored.

use crate::Browser;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::WebDriver;

/// How long a driver may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait for one that says nothing.
const PAUSE: Duration = Duration::from_millis(10);

/// A running browser and the directory of its profile, which is removed after it.
pub(crate) type Running = (WebDriver, TempDir);

/// A running driver. Dropping it ends the process, and the browsers that wait for a test.
pub(crate) struct Driver {
    process: Child,
    port: u16,
    idle: Mutex<Vec<Running>>,
}

/// The driver the tests of this process share. It lives as long as somebody holds it.
static SHARED: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

impl Driver {
    /// A driver for `browser`: the shared one, started if no test has it yet, or one of its own.
    ///
    /// # Errors
    /// When it is not installed or does not answer.
    pub(crate) fn of(browser: Browser) -> Result<Arc<Self>> {
        if !browser.driver_takes_many_sessions() {
            return Ok(Arc::new(Self::start(browser)?));
        }
        // A test that panicked while it held the lock left nothing half done here.
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = shared.upgrade() {
            return Ok(driver);
        }
        let driver = Arc::new(Self::start(browser)?);
        *shared = Arc::downgrade(&driver);
        Ok(driver)
    }

    /// Where it takes commands.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A browser that waits for a test, if there is one.
    pub(crate) fn idle(&self) -> Option<Running> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Keeps a browser for the next test.
    pub(crate) fn keep(&self, running: Running) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(running);
    }

    fn start(browser: Browser) -> Result<Self> {
        let (name, variable) = browser.driver();
        let said = std::env::var_os(variable).filter(|path| !path.is_empty());
        let program = said.unwrap_or_else(|| OsString::from(name));
        let port = free_port().context("no free port")?;
        let mut process = Command::new(&program)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| {
                let program = program.to_string_lossy();
                format!(
                    "{program} does not start. Install {name}, or say in {variable} where it is; as root on Debian \
                     `cargo xtask test` installs it"
                )
            })?;
        let said = lines(process.stdout.take());
        let mut driver = Self { process, port, idle: Mutex::default() };
        driver.wait_until_it_answers(name, &said)?;
        Ok(driver)
    }

    /// Asks chromedriver to close its browsers and to end.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let request = format!("GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        connection.write_all(request.as_bytes())?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    }

    fn wait_until_it_answers(&mut self, name: &str, said: &Receiver<String>) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Some(status) = self.process.try_wait()? {
                bail!("{name} ended at once ({status})");
            }
            if start.elapsed() > PATIENCE {
                bail!("{name} runs and does not answer on port {}", self.port);
            }
            // Whatever it says may mean that it is ready. One that says nothing is asked again.
            let _ = said.recv_timeout(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let idle = std::mem::take(self.idle.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !idle.is_empty() {
            // It closes them all: each by itself would take the runtime of its last test, which is gone.
            let _ = self.shut_down();
        }
        for (session, profile) in idle {
            let _ = session.leak();
            drop(profile);
        }
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process says, line by line. It is read to the end, so that nobody has to wait for a reader.
fn lines(from: Option<ChildStdout>) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = from.into_iter().flat_map(|from| BufReader::new(from).lines().map_while(Result::ok));
        // Once it answers, nobody listens any more.
        lines.for_each(|line| drop(sender.send(line)));
    });
    receiver
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
