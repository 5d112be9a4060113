//! What servers are asked: the same of both, each in its own words.

use anyhow::{Result, bail, ensure};
use tonic::transport::Channel;

/// Our messages.
#[allow(dead_code, clippy::all)]
pub mod quorum {
    tonic::include_proto!("quorum.v1");
}

/// Those of etcd.
#[allow(dead_code, clippy::all)]
pub mod etcd {
    tonic::include_proto!("etcdserverpb");
}

/// Whose servers they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Quorum { recorded: bool },
    Etcd,
}

/// What is asked again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Put,
    /// Linearizable: ours goes through the log, that of etcd asks a quorum whether its leader still leads.
    Read,
}

/// One client with a connection of its own.
pub enum Client {
    Quorum { store: quorum::key_value_client::KeyValueClient<Channel>, client: u64, seq: u32 },
    Etcd(etcd::kv_client::KvClient<Channel>),
}

impl Client {
    pub async fn connect(system: System, address: &str, number: u64) -> Result<Self> {
        let channel = connect(address).await?;
        Ok(match system {
            System::Quorum { .. } => Self::Quorum {
                store: quorum::key_value_client::KeyValueClient::new(channel),
                client: 1_000_000 + number,
                seq: 0,
            },
            System::Etcd => Self::Etcd(etcd::kv_client::KvClient::new(channel)),
        })
    }

    /// Asks once, and waits for the answer. Anything but that it was done is an error.
    pub async fn ask(&mut self, ask: Ask, key: String, value: String) -> Result<()> {
        match self {
            Self::Quorum { store, client, seq } => {
                *seq += 1;
                let caller = Some(quorum::Caller { client: *client, seq: *seq, forward: false, since: 0 });
                match ask {
                    Ask::Put => {
                        let said = store.put(quorum::PutRequest { caller, key, value }).await?.into_inner().outcome;
                        ensure!(matches!(said, Some(quorum::put_response::Outcome::Slot(_))), "a put came to {said:?}");
                    }
                    Ask::Read => match store.get(quorum::GetRequest { caller, key }).await?.into_inner().outcome {
                        Some(quorum::get_response::Outcome::Found(found)) => {
                            ensure!(found.value.is_some(), "a key that was put has no value");
                        }
                        said => bail!("a read came to {said:?}"),
                    },
                }
            }
            Self::Etcd(store) => match ask {
                Ask::Put => {
                    let put = etcd::PutRequest { key: key.into_bytes(), value: value.into_bytes() };
                    store.put(put).await?;
                }
                Ask::Read => {
                    let range = etcd::RangeRequest { key: key.into_bytes(), serializable: false };
                    ensure!(store.range(range).await?.into_inner().count == 1, "a key that was put has no value");
                }
            },
        }
        Ok(())
    }
}

/// Whether the server at this address leads.
pub async fn leads(system: System, address: &str) -> Result<bool> {
    let channel = connect(address).await?;
    match system {
        System::Quorum { .. } => {
            let mut store = quorum::key_value_client::KeyValueClient::new(channel);
            let leader = store.get_leader(quorum::GetLeaderRequest {}).await?.into_inner().leader;
            Ok(leader.is_some_and(|leader| leader.address == address))
        }
        System::Etcd => {
            let mut asked = etcd::maintenance_client::MaintenanceClient::new(channel);
            let status = asked.status(etcd::StatusRequest {}).await?.into_inner();
            Ok(status.leader != 0 && status.header.is_some_and(|header| header.member_id == status.leader))
        }
    }
}

async fn connect(address: &str) -> Result<Channel> {
    Ok(Channel::from_shared(format!("http://{address}"))?.tcp_nodelay(true).connect().await?)
}
