//! Servers of one kind on this machine, with an empty folder, until they are dropped.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::service::{System, leads};

/// How long servers may take until one of them leads.
const LEADS_WITHIN: Duration = Duration::from_secs(20);

pub struct Cluster {
    pub system: System,
    pub addresses: Vec<String>,
    processes: Vec<Child>,
    _folder: TempDir,
}

impl Cluster {
    /// So many servers, all with their files in a new folder of this one.
    pub fn start(system: System, servers: usize, program: &Path, data: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("beside-etcd-").tempdir_in(data)?;
        let ports = free_ports(2 * servers)?;
        let (clients, peers) = ports.split_at(servers);
        let own = clients.iter().enumerate().map(|(number, address)| (number + 1, address));
        let mut processes = Vec::new();
        match system {
            System::Quorum { recorded } => {
                let mut config = "name = \"bench\"\n".to_owned();
                own.clone().for_each(|(id, address)| {
                    config += &format!("[[server]]\nid = {id}\naddress = \"{address}\"\n");
                });
                let path = folder.path().join("cluster.toml");
                fs::write(&path, config)?;
                for (id, _) in own {
                    let mut command = Command::new(program);
                    command.args(["run", "--id", &id.to_string(), "--config"]).arg(&path);
                    command.arg("--data").arg(folder.path().join(format!("server-{id}")));
                    if recorded {
                        command.arg("--notes").arg(folder.path().join(format!("notes-{id}")));
                    }
                    processes.push(quiet(command)?);
                }
            }
            System::Etcd => {
                let named = own.clone().zip(peers).map(|((id, _), peer)| format!("s{id}=http://{peer}"));
                let cluster = named.collect::<Vec<_>>().join(",");
                for ((id, address), peer) in own.zip(peers) {
                    let mut command = Command::new(program);
                    command.args(["--name", &format!("s{id}"), "--log-level", "error", "--logger", "zap"]);
                    command.arg("--data-dir").arg(folder.path().join(format!("server-{id}")));
                    command.args(["--listen-client-urls", &format!("http://{address}")]);
                    command.args(["--advertise-client-urls", &format!("http://{address}")]);
                    command.args(["--listen-peer-urls", &format!("http://{peer}")]);
                    command.args(["--initial-advertise-peer-urls", &format!("http://{peer}")]);
                    command.args(["--initial-cluster", &cluster]);
                    processes.push(quiet(command)?);
                }
            }
        }
        Ok(Self { system, addresses: clients.to_vec(), processes, _folder: folder })
    }

    /// The address of the one that leads, as soon as one does.
    pub async fn leader(&self) -> Result<&str> {
        let deadline = Instant::now() + LEADS_WITHIN;
        while Instant::now() < deadline {
            for address in &self.addresses {
                if leads(self.system, address).await.unwrap_or_default() {
                    return Ok(address);
                }
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("nobody leads the servers of {:?}", self.system)
    }

    /// How long they have kept a processor busy, in seconds, all together.
    pub fn busy(&self) -> f64 {
        self.processes.iter().map(|process| busy(process.id()).unwrap_or_default()).sum()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn quiet(mut command: Command) -> Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().with_context(|| format!("{:?} cannot be started", command.get_program()))
}

/// User and system time of a process, in seconds: the system counts it in hundredths.
fn busy(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let behind_name = stat.rsplit_once(')')?.1;
    let ticks: Vec<f64> = behind_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse().ok()).collect();
    Some(ticks.iter().sum::<f64>() / 100.0)
}

fn free_ports(count: usize) -> Result<Vec<String>> {
    let listeners = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
    listeners.iter().map(|listener| Ok(listener.local_addr()?.to_string())).collect()
}
