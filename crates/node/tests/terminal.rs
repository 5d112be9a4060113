//! A whole cluster on a terminal: `cluster` in one, and all other commands in another.

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use quorum_core::json::FromJson;
use quorum_core::run::Run;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_quorum-node");

/// A `cluster` in a terminal of its own.
struct Terminal {
    cluster: Child,
    folder: TempDir,
    port: u16,
    said: Vec<String>,
}

/// The first of so many ports in a row that nobody listens on. Each call looks further on.
fn free_row(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 1000) as u16;
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 1000 * 10;
        if (port..port + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return port;
        }
    }
}

impl Terminal {
    fn open(nodes: u16) -> Self {
        Self::open_without(nodes, &[])
    }

    /// A cluster that does without some rules.
    fn open_without(nodes: u16, off: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_row(nodes + 1);
        let (cluster, said) = start_without(folder.path(), nodes, port, off);
        Self { cluster, folder, port, said }
    }

    fn command(&self, words: &str) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(words.split_whitespace()).arg("--data").arg(self.folder.path());
        let first = words.split_whitespace().next().unwrap();
        if ["kill", "stop", "continue", "start", "replace", "cut", "mend", "slow-disk", "record"].contains(&first) {
            command.args(["--at", &format!("http://127.0.0.1:{}", self.port)]);
        }
        command.output().unwrap()
    }

    /// What a command says where it succeeds.
    fn says(&self, words: &str) -> String {
        let output = self.command(words);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}: {error}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// What a command says where it fails.
    fn refuses(&self, words: &str) -> String {
        let output = self.command(words);
        assert_eq!(output.status.code(), Some(1), "{words}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap().trim_end().to_owned()
    }

    /// The processes of its servers.
    fn servers(&self) -> Vec<Pid> {
        let children = format!("/proc/{0}/task/{0}/children", self.cluster.id());
        let mut pids = Vec::new();
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.cluster.id())).unwrap() {
            let list = std::fs::read_to_string(thread.unwrap().path().join("children"));
            let list = list.unwrap_or_else(|error| panic!("{children}: {error}"));
            pids.extend(list.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)));
        }
        pids
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.cluster.id().cast_signed()).unwrap(), signal).unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.cluster.kill();
        let _ = self.cluster.wait();
    }
}

fn start(folder: &Path, nodes: u16, port: u16) -> (Child, Vec<String>) {
    start_without(folder, nodes, port, &[])
}

fn start_without(folder: &Path, nodes: u16, port: u16, off: &[&str]) -> (Child, Vec<String>) {
    let mut cluster = Command::new(PROGRAM)
        .args(["cluster", "--no-open", "--nodes", &nodes.to_string(), "--port", &port.to_string(), "--data"])
        .arg(folder)
        .args(off.iter().flat_map(|rule| ["--off", rule]))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(cluster.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines.map(Result::unwrap) {
        let last = line.starts_with("Ctrl-C");
        said.push(line);
        if last {
            break;
        }
    }
    (cluster, said)
}

fn is_running(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    // One that has ended and that nobody has asked about is a zombie.
    !(stat.is_empty() || stat.contains(") Z "))
}

#[tokio::test]
async fn a_cluster_is_started_asked_broken_and_mended_on_a_terminal() {
    let terminal = Terminal::open(3);
    let port = terminal.port;
    assert_eq!(terminal.said[0], format!("server 1  127.0.0.1:{}", port + 1));
    assert!(terminal.said[3].starts_with(&format!("faults    http://127.0.0.1:{port}  token ")), "{:?}", terminal.said);
    assert_eq!(terminal.servers().len(), 3);

    assert!(terminal.says("put greeting hello").starts_with("done in slot "));
    assert_eq!(terminal.says("get greeting"), "hello");
    assert!(terminal.says("append greeting !").starts_with("done in slot "));
    assert!(terminal.says("cas greeting hello! bye").starts_with("swapped in slot "));
    assert!(terminal.refuses("cas greeting hello! bye").ends_with("not swapped: the value is another one"));
    assert!(terminal.says("delete greeting").starts_with("done in slot "));
    assert_eq!(terminal.refuses("get greeting"), "quorum-node: \"greeting\" has no value");

    let leader = terminal.says("leader");
    let leader: u16 = leader.strip_prefix("server ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert_eq!(terminal.says(&format!("kill {leader}")), format!("server {leader} is killed"));
    support::eventually("the process has ended", || async { (terminal.servers().len() == 2).then_some(()) }).await;
    assert!(terminal.refuses(&format!("kill {leader}")).ends_with(&format!("server {leader} is down already")));
    assert!(terminal.says("put after kill").starts_with("done in slot "));
    assert!(terminal.says("status").contains("cannot be reached"));
    assert_eq!(terminal.says(&format!("start {leader}")), format!("server {leader} is started"));

    assert_eq!(terminal.says("cut 1 2"), "the link between 1 and 2 is cut");
    assert!(terminal.refuses("cut 1 2").ends_with("the way from server 1 to server 2 is cut already"));
    assert_eq!(terminal.says("mend 1 2 --one-way"), "the way from server 1 to server 2 is whole");
    assert_eq!(terminal.says("mend 2 1 --one-way"), "the way from server 2 to server 1 is whole");
    assert!(terminal.refuses("cut 1 1").ends_with("a server always reaches itself"));
    assert_eq!(terminal.says("stop 2"), "server 2 is stopped");
    assert_eq!(terminal.says("continue 2"), "server 2 goes on");
    assert_eq!(terminal.says("slow-disk 2 5"), "each sync of server 2 takes 5 ms longer");
    assert!(terminal.refuses("kill 4").ends_with("there is no server 4: this cluster has servers 1 to 3"));
    assert!(
        terminal
            .refuses("kill 1 --token guess")
            .ends_with("this wants the token that the cluster printed when it started")
    );
    assert!(terminal.says("load --clients 4 --for 500ms").contains(" puts a second ("));

    let lines = terminal.says("load --clients 2 --for 200ms --json");
    assert!(lines.lines().count() > 1 && lines.lines().all(|line| line.starts_with(r#"{"client":"client-"#)));
    assert!(terminal.servers().into_iter().all(is_running));
}

/// What the servers did is a run, whatever was done to them, and goes on through an end of the supervisor.
#[tokio::test]
async fn a_record_is_a_run_with_every_message_compared() {
    let mut terminal = Terminal::open(3);
    let file = terminal.folder.path().join("run.quorum.json");
    let record = format!("record -o {}", file.display());
    terminal.says("put k v");
    let says = terminal.says(&record);
    assert!(says.contains("messages are byte for byte") && says.contains("no invariant is broken"), "{says}");
    let leader = terminal.says("leader").split(' ').nth(1).unwrap().to_owned();
    terminal.says(&format!("kill {leader}"));
    terminal.says("append k w");
    let other = if leader == "2" { 3 } else { 2 };
    terminal.says(&format!("stop {other}"));
    terminal.says(&format!("continue {other}"));
    terminal.says("cut 1 3");
    terminal.says(&format!("start {leader}"));
    terminal.says("mend 1 3");
    terminal.says("load --clients 3 --for 300ms");
    terminal.says(&record);
    let read = || {
        let json = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        <Run as FromJson>::from_json(&json, "run").unwrap()
    };
    let kinds: BTreeSet<_> = read().interventions.iter().map(|one| one.action.name()).collect();
    for kind in ["request", "deliver", "sync-first", "crash", "restart", "pause", "resume", "cut", "mend", "timeout"] {
        assert!(kinds.contains(kind), "{kind} is not in {kinds:?}");
    }
    terminal.signal(Signal::KILL);
    terminal.cluster.wait().unwrap();
    // Its servers end a moment later, and keep their ports until then.
    let free =
        || async { (0..=3).all(|it| TcpListener::bind(("127.0.0.1", terminal.port + it)).is_ok()).then_some(()) };
    support::eventually("the ports are free", free).await;
    (terminal.cluster, terminal.said) = start(terminal.folder.path(), 3, terminal.port);
    assert_eq!(terminal.says("get k"), "vw");
    let says = terminal.says(&record);
    assert!(says.contains("no invariant is broken"), "{says}");

    let run = read();
    let history = Run { cursor: run.length, ..run.clone() }.replay().unwrap();
    assert_eq!(history.now().digest(), run.digest);
    let known = history.now().cluster().nodes().filter_map(|node| history.now().cluster().server(node).log());
    let values: BTreeSet<_> = known.filter_map(|replica| replica.machine().get(&support::text("k")).cloned()).collect();
    assert_eq!(
        values.into_iter().collect::<Vec<_>>(),
        [support::text("vw")],
        "the laboratory's servers have what the real ones have"
    );
}

/// A rule that is off is said at the start, in the status and in the record. The folder never runs with it again.
#[tokio::test]
async fn a_rule_that_is_off_is_told_wherever_somebody_looks() {
    let terminal = Terminal::open_without(3, &["deduplicate", "persist-accepted"]);
    assert_eq!(terminal.said[3], "RULES OFF persist-accepted, deduplicate", "{:?}", terminal.said);
    terminal.says("append k v");
    let status = terminal.says("status");
    for id in 1..=3 {
        assert!(status.contains(&format!("server {id} runs WITHOUT persist-accepted, deduplicate")), "{status}");
    }
    let file = terminal.folder.path().join("run.quorum.json");
    let says = terminal.says(&format!("record -o {}", file.display()));
    assert!(says.contains("the servers ran without persist-accepted, deduplicate\n"), "{says}");
    assert!(says.contains("before what that rests on was durable"), "{says}");
    let json = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let run = <Run as FromJson>::from_json(&json, "run").unwrap();
    assert_eq!(run.config.rules.off().count() + run.config.log.rules.off().count(), 2);
    assert_eq!(Run { cursor: run.length, ..run.clone() }.replay().unwrap().now().digest(), run.digest);

    let refused = |off: &[&str]| {
        let output = Command::new(PROGRAM)
            .args(["cluster", "--no-open", "--nodes", "3", "--port", &free_row(4).to_string(), "--data"])
            .arg(terminal.folder.path())
            .args(off)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let other = refused(&["--off", "deduplicate"]);
    let again = "start it so again, or name another folder with --data";
    assert!(other.contains(&format!("runs with --off persist-accepted --off deduplicate: {again}")), "{other}");
    assert!(refused(&[]).contains(again));
    assert!(refused(&["--off", "dedupe"]).contains("there is no rule \"dedupe\". There are: keep-promise, "));
}

/// A server whose disk is gone is silent, today and after a restart, and whoever took its folder away need not say so.
#[tokio::test]
async fn a_server_that_lost_its_disk_is_known_by_its_supervisor_and_only_learns() {
    let mut terminal = Terminal::open(3);
    terminal.says("put k v");
    assert!(terminal.refuses("replace 3").ends_with("server 3 runs: `kill 3` ends it first"));
    terminal.says("kill 3");
    assert!(terminal.says("replace 3").starts_with("server 3 is started with an empty disk: it votes no more"));
    let is_silent = |id: u32| format!("server {id} lost its disk: it votes no more, and only learns");
    let learns = |terminal: &Terminal, keys: usize| {
        let status = terminal.says("status");
        let row = status.lines().find(|line| line.starts_with("3 ")).map(str::to_owned);
        let caught_up = row.is_some_and(|row| row.split_whitespace().nth(6) == Some(&keys.to_string()));
        (caught_up && status.contains(&is_silent(3))).then_some(())
    };
    support::eventually("it learns what the others know", || async { learns(&terminal, 1) }).await;
    assert!(terminal.folder.path().join("server-3.gone-1/server.redb").exists(), "what it had is kept beside");
    // Its file says so itself.
    terminal.says("kill 3");
    terminal.says("start 3");
    terminal.says("put l w");
    support::eventually("it is silent again", || async { learns(&terminal, 2) }).await;
    let file = terminal.folder.path().join("run.quorum.json");
    let record = format!("record -o {}", file.display());
    let says = terminal.says(&record);
    assert!(says.contains("no invariant is broken"), "{says}");
    let run: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(run["interventions"].to_string().contains(r#""type":"wipe""#), "{says}");

    // Somebody's own hands: while the server runs, and while nobody looks.
    std::fs::remove_dir_all(terminal.folder.path().join("server-2")).unwrap();
    terminal.says("kill 2");
    terminal.says("start 2");
    support::eventually("it is silent", || async { terminal.says("status").contains(&is_silent(2)).then_some(()) })
        .await;
    terminal.signal(Signal::INT);
    terminal.cluster.wait().unwrap();
    std::fs::remove_dir_all(terminal.folder.path().join("server-1")).unwrap();
    (terminal.cluster, terminal.said) = start(terminal.folder.path(), 3, terminal.port);
    let status = terminal.says("status");
    assert!((1..=3).all(|id| status.contains(&is_silent(id))), "{status}");
    let says = terminal.says(&record);
    assert!(says.contains("no invariant is broken"), "{says}");
}

#[tokio::test]
async fn when_the_supervisor_ends_so_do_its_servers_and_what_they_stored_is_there_again() {
    let mut terminal = Terminal::open(3);
    terminal.says("put k v");
    for signal in [Signal::INT, Signal::KILL] {
        let servers = terminal.servers();
        assert_eq!(servers.len(), 3);
        terminal.signal(signal);
        terminal.cluster.wait().unwrap();
        let gone = || async { servers.iter().all(|pid| !is_running(*pid)).then_some(()) };
        support::eventually("its servers ended, too", gone).await;
        let (cluster, _) = start(terminal.folder.path(), 3, terminal.port);
        terminal.cluster = cluster;
        assert_eq!(terminal.says("get k"), "v");
    }
    let other = Command::new(PROGRAM)
        .args(["cluster", "--no-open", "--nodes", "5", "--port", &free_row(6).to_string(), "--data"])
        .arg(terminal.folder.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&other.stderr).contains("has a cluster of 3 servers: start it with --nodes 3"));
}

#[test]
fn where_nobody_is_there_a_sentence_says_so() {
    let says = |words: &[&str]| {
        let output = Command::new(PROGRAM).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let nobody = support::free_ports(1)[0].to_string();
    let unanswered = says(&["leader", "--at", &nobody]);
    assert_eq!(unanswered, format!("quorum-node: nobody knows a leader: {nobody} cannot be reached\n"));
    assert!(says(&["status", "--at", &nobody]).contains("Is the cluster running?"));
    assert!(says(&["get", "k", "--data", "/nowhere"]).contains("there is no cluster in /nowhere"));
    assert!(says(&["kill", "1", "--data", "/nowhere"]).contains("there is no running cluster in /nowhere"));
    let door = format!("http://{nobody}");
    assert!(says(&["kill", "1", "--token", "x", "--at", &door]).contains("no cluster answers at"));
    assert!(says(&["kill", "1", "--token", "x", "--at", "http://192.0.2.1:7000"]).contains("loopback address only"));

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("cluster.toml");
    let run = |text: &str, id: &str| {
        std::fs::write(&config, text).unwrap();
        says(&["run", "--id", id, "--config", config.to_str().unwrap(), "--data", folder.path().to_str().unwrap()])
    };
    let one = |address: &str| format!("name = \"x\"\n[[server]]\nid = 1\naddress = \"{address}\"\n");
    assert!(run("name = 7", "1").contains("cluster.toml, line 1: "));
    assert!(run(&one("127.0.0.1:1"), "2").contains("has no server 2"));
    assert!(run(&one("0.0.0.0:7001"), "1").contains("which others can reach. That needs keys"));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = run(&one(&taken.local_addr().unwrap().to_string()), "1");
    assert!(taken.contains("cannot listen on"), "{taken}");
}

/// What a page is sent that follows the servers, until it has had so many kinds of words.
fn followed(terminal: &Terminal, until: &[&str]) -> String {
    let token = std::fs::read_to_string(quorum_node::supervisor::token_in(terminal.folder.path())).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", terminal.port)).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let (port, token) = (terminal.port, token.trim());
    write!(stream, "GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n").unwrap();
    let (mut said, mut piece) = (String::new(), [0; 4096]);
    while !until.iter().all(|word| said.contains(word)) {
        let count = stream.read(&mut piece).unwrap_or_else(|error| panic!("{error}: {said}"));
        assert!(count > 0, "{said}");
        said += &String::from_utf8_lossy(&piece[..count]);
    }
    said
}

#[tokio::test]
async fn a_record_begins_now_whatever_was_noted_before() {
    let mut terminal = Terminal::open(3);
    for number in 0..5 {
        assert!(terminal.says(&format!("put k{number} before")).starts_with("done in slot "));
    }
    // The cluster is started again, and nobody knows any more what its servers noted: it might have run for days.
    terminal.signal(Signal::INT);
    terminal.cluster.wait().unwrap();
    std::fs::remove_dir_all(terminal.folder.path().join("notes")).unwrap();
    (terminal.cluster, terminal.said) = start(terminal.folder.path(), 3, terminal.port);
    assert_eq!(terminal.says("get k1"), "before");
    let file = terminal.folder.path().join("run.quorum.json");
    let output = file.display().to_string();
    let refused = terminal.refuses(&format!("record -o {output}"));
    assert!(refused.contains("do not begin at its beginning") && refused.contains("--for 10s"), "{refused}");

    terminal.says("stop 3");
    let refused = terminal.refuses(&format!("record --for 100ms -o {output}"));
    assert!(refused.contains("server 3 stands still") && refused.contains("`continue 3` or `kill 3`"), "{refused}");
    terminal.says("continue 3");
    // While it is recorded, clients ask.
    let says = std::thread::scope(|scope| {
        let record = scope.spawn(|| terminal.says(&format!("record --for 3s -o {output}")));
        std::thread::sleep(std::time::Duration::from_millis(500));
        terminal.says("append k1 !");
        assert_eq!(terminal.says("get k1"), "before!");
        record.join().unwrap()
    });
    assert!(says.contains("it begins behind slot"), "{says}");
    assert!(says.contains("with 0 servers down"), "{says}");
    assert!(says.contains("messages are byte for byte what the laboratory sends"), "{says}");
    assert!(says.contains("no invariant is broken") && !says.contains("not decided"), "{says}");
    let json = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let run = Run::from_json(&json, "run").unwrap();
    let down = |server: &quorum_core::log::Checkpoint| server.memory.is_none();
    assert_eq!(run.config.begins().unwrap().servers.iter().map(down).collect::<Vec<_>>(), [false; 3]);
    let history = Run { cursor: run.length, ..run.clone() }.replay().unwrap_or_else(|error| panic!("{error}"));
    let operations: Vec<_> = history.now().observer().log().unwrap().history().collect();
    // Of what was asked before, a server that was down may be the only one that knew the answer.
    let mut asked = operations.iter().filter(|operation| operation.call > 0);
    assert!(asked.all(|operation| operation.returned.is_some()), "{operations:?}");
    // A page that comes now follows them from now on.
    let followed = followed(&terminal, &["\"live\"", "\"begins\"", "\"steps\":["]);
    assert!(!followed.contains("ended"), "{followed}");
}
