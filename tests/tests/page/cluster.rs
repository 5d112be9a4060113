//! The page that follows real servers: five processes become a run, as it happens; what is done to them on the page is done to
//! the processes; and whoever looks back misses nothing.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, ensure};
use quorum_tests::{Lab, Page, Result, Setup, Value, browse, json};
use tempfile::TempDir;

/// A cluster of three servers. It ends with it.
struct Cluster {
    supervisor: Child,
    program: PathBuf,
    data: TempDir,
    page: String,
    /// What it goes on to say: somebody must listen.
    _says: Lines<BufReader<ChildStdout>>,
}

impl Cluster {
    fn start() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // As one of the workspace: alone, its libraries would have other features, and be compiled once more.
        let built = ["build", "--quiet", "--workspace", "--bin", "quorum-node"];
        let built = Command::new(cargo).args(built).current_dir(&root).status()?;
        ensure!(built.success(), "quorum-node does not compile");
        let program = root.join("target/debug/quorum-node");
        let data = tempfile::tempdir()?;
        let port = free_row(4)?.to_string();
        let mut supervisor = Command::new(&program)
            .args(["cluster", "--no-open", "--nodes", "3", "--port", &port, "--site"])
            .arg(root.join("dist"))
            .arg("--data")
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(supervisor.stdout.take().context("it says nothing")?).lines();
        let page = lines
            .by_ref()
            .map_while(std::result::Result::ok)
            .find_map(|line| Some(line.strip_prefix("page ")?.trim().to_owned()));
        let page = page.context("it prints the address of its page")?;
        Ok(Self { supervisor, program, data, page, _says: lines })
    }

    /// A command on a terminal.
    fn says(&self, words: &[&str]) -> Result<String> {
        let output = Command::new(&self.program).args(words).arg("--data").arg(self.data.path()).output()?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.supervisor.kill();
        let _ = self.supervisor.wait();
    }
}

/// The first of so many ports in a row that nobody listens on.
fn free_row(count: u16) -> Result<u16> {
    let first = 31_000 + (std::process::id() % 1000) as u16 * 8;
    let free = |port: &u16| (*port..port + count).all(|port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
    (first..first + 400).step_by(usize::from(count)).find(free).context("there are no free ports")
}

async fn open(page: &Page, cluster: &Cluster) -> Result<Lab> {
    page.driver().goto(&cluster.page).await?;
    page.lab("quorum-lab").await
}

fn status(view: &Value, server: usize) -> &str {
    view["nodes"][server - 1]["status"].as_str().unwrap_or_default()
}

#[test]
fn what_real_servers_do_is_seen_and_what_is_done_on_the_page_is_done_to_them() {
    // It outlives the page.
    let cluster = Cluster::start().unwrap();
    browse(async |page| {
        let lab = open(page, &cluster).await?;
        let stored = cluster.says(&["put", "greeting", "hello"])?;
        assert!(stored.contains("done in slot"), "{stored}");
        let known =
            |view: &Value| view["nodes"].as_array().is_some_and(|all| all.iter().all(|it| it["appliedTo"] != 0));
        let seen = |view: &Value| format!("{view}").contains("hello") && known(view);
        lab.until("the command is applied by all, as the servers have it", seen).await?;

        lab.apply(json!({ "type": "crash", "node": 2 })).await?;
        lab.until("its process is gone, and the run says so", |view| status(view, 2) == "down").await?;
        assert!(cluster.says(&["status"])?.contains("cannot be reached"));
        let refused = lab.refusal(json!({ "type": "heal" })).await?;
        assert!(refused.contains("These are real servers"), "{refused}");
        let refused = lab.refusal(json!({ "type": "wipe", "node": 1 })).await?;
        assert!(refused.contains("server 1 runs"), "{refused}");
        let refused = lab.refusal(json!({ "type": "crash", "node": 2 })).await?;
        assert!(refused.contains("server 2 is down already"), "{refused}");
        page.take_errors().await?; // the browser's own, about the refusal

        // Looking back: they go on, and nothing of that is missed.
        lab.seek(10).await?;
        let before = lab.view().await?["length"].clone();
        cluster.says(&["put", "greeting", "again"])?;
        assert_eq!(lab.view().await?["step"], 10, "whoever looks back is left there");
        page.js::<()>("await document.querySelector('quorum-lab').seek(1e9);", vec![]).await?;
        lab.until("what came meanwhile is there", |view| format!("{view}").contains("again")).await?;
        assert_ne!(lab.view().await?["length"], before);

        lab.apply(json!({ "type": "restart", "node": 2 })).await?;
        lab.until("it runs again", |view| status(view, 2) == "up").await?;
        lab.apply(json!({ "type": "pause", "node": 3 })).await?;
        lab.until("it stands still", |view| status(view, 3) == "paused").await?;
        lab.apply(json!({ "type": "resume", "node": 3 })).await?;
        lab.until("it goes on", |view| status(view, 3) == "up").await?;

        // Its disk is taken away: it comes back, and stays silent.
        let lost = |view: &Value| view["nodes"][1]["disk"]["lost"] == true;
        lab.apply(json!({ "type": "crash", "node": 2 })).await?;
        lab.until("it is down again", |view| status(view, 2) == "down" && !lost(view)).await?;
        lab.apply(json!({ "type": "wipe", "node": 2 })).await?;
        lab.until("its disk is gone, and it is still down", |view| status(view, 2) == "down" && lost(view)).await?;
        lab.apply(json!({ "type": "restart", "node": 2 })).await?;
        lab.until("it runs without what it had", |view| status(view, 2) == "up" && lost(view)).await?;
        assert!(cluster.says(&["status"])?.contains("lost its disk"));

        // Another run in its place is nobody's but the lab's own.
        lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
        lab.apply(json!({ "type": "crash", "node": 1 })).await?;
        let says = async || Ok(lab.shown("[data-topic=cluster]").await?.filter(|text| text.contains("Another run")));
        page.eventually("the page says that it follows no more", says).await?;
        let view = lab.view().await?;
        assert_eq!((status(&view, 1), &view["protocol"]), ("down", &json!("single")));
        assert!(!cluster.says(&["status"])?.contains("cannot be reached"), "no process was killed");
        Ok(())
    });
}

#[test]
fn a_cluster_that_is_gone_is_said_and_what_came_stays() {
    browse(async |page| {
        let mut cluster = Cluster::start()?;
        let lab = open(page, &cluster).await?;
        lab.until("it follows", |view| view["step"].as_u64() > Some(20)).await?;
        cluster.supervisor.kill()?;
        cluster.supervisor.wait()?;
        let says = async || Ok(lab.shown("[data-topic=cluster]").await?.filter(|text| text.contains("is lost")));
        page.eventually("the page says that the connection is lost", says).await?;
        assert!(lab.view().await?["step"].as_u64() > Some(20), "what came stays");
        page.take_errors().await.map(drop) // those of the browser, about the connection
    });
}

/// A page of another site in the same browser gets nothing, even with the token.
#[test]
fn a_page_of_another_site_is_not_let_in() {
    let cluster = Cluster::start().unwrap();
    let html = format!(
        "<!doctype html><html lang=en><title>Host</title><link rel=icon href=icon.svg>
         <script type=module src=quorum-lab.js></script><quorum-lab loading=eager cluster='{}'></quorum-lab>",
        cluster.page.replace("cluster.html", "")
    );
    Setup::new().page("/host.html", html).browse(async |page| {
        page.go("/host.html").await?;
        let wait = "
            await customElements.whenDefined('quorum-lab');
            return document.querySelector('quorum-lab').ready.then(() => '', (error) => error.message);";
        let why: String = page.js(wait, vec![]).await?;
        assert!(why.contains("No cluster answers"), "{why}");
        page.take_errors().await.map(drop) // the browser's own, about the refusal
    });
}
