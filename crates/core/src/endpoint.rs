//! Where a message comes from or goes to: servers, and the clients of a replicated log.

use alloc::string::String;

use serde::{Serialize, Serializer};

use crate::json::{FromJson, Json, Malformed};
#[cfg(feature = "log")]
use crate::limits::MAX_NODES;
#[cfg(feature = "log")]
use crate::log::ClientId;
use crate::paxos::NodeId;
use crate::text::Piece;

/// A server or a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// A server.
    Server(NodeId),
    /// A client.
    #[cfg(feature = "log")]
    Client(ClientId),
}

impl Endpoint {
    /// The server that it is, if it is one.
    #[must_use]
    pub const fn server(self) -> Option<NodeId> {
        match self {
            Self::Server(node) => Some(node),
            #[cfg(feature = "log")]
            Self::Client(_) => None,
        }
    }

    /// It with its kind: `server 3`, `client a`.
    #[must_use]
    pub fn named(self) -> String {
        match self {
            Self::Server(node) => text!("server ", node),
            #[cfg(feature = "log")]
            Self::Client(client) => text!("client ", client),
        }
    }

    /// A server's number, 1 to 101; the clients of a simulated world follow, a with 102.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Server(node) => node.get(),
            #[cfg(feature = "log")]
            Self::Client(client) => MAX_NODES + 1 + client.index() as u32,
        }
    }

    /// The client that it is, if it is one.
    #[must_use]
    #[cfg(feature = "log")]
    pub const fn client(self) -> Option<ClientId> {
        match self {
            Self::Server(_) => None,
            Self::Client(client) => Some(client),
        }
    }
}

impl From<NodeId> for Endpoint {
    fn from(node: NodeId) -> Self {
        Self::Server(node)
    }
}

#[cfg(feature = "log")]
impl From<ClientId> for Endpoint {
    fn from(client: ClientId) -> Self {
        Self::Client(client)
    }
}

impl PartialEq<NodeId> for Endpoint {
    fn eq(&self, node: &NodeId) -> bool {
        self.server() == Some(*node)
    }
}

/// A server is its number, and so are clients, behind all servers that a cluster may have. Digests are made of this.
impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Server(node) => node.serialize(serializer),
            #[cfg(feature = "log")]
            Self::Client(client) => serializer.serialize_u64(client.number().saturating_add(u64::from(MAX_NODES) + 1)),
        }
    }
}

/// As in "server 3" and "client a": `3`, `a`.
impl Piece for Endpoint {
    fn put(&self, to: &mut String) {
        match self {
            Self::Server(node) => node.put(to),
            #[cfg(feature = "log")]
            Self::Client(client) => client.put(to),
        }
    }
}

displayed!(Endpoint);

/// A server is a number, a client its letter.
impl From<Endpoint> for Json {
    fn from(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::Server(node) => node.into(),
            #[cfg(feature = "log")]
            Endpoint::Client(client) => client.into(),
        }
    }
}

impl FromJson for Endpoint {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json {
            #[cfg(feature = "log")]
            Json::Text(_) => ClientId::from_json(json, name).map(Self::Client),
            _ => NodeId::from_json(json, name).map(Self::Server),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "log")]
mod tests {
    use super::*;
    use crate::sample::node;

    #[test]
    fn a_server_serialises_as_its_number_and_no_client_as_a_server() {
        let bytes = |endpoint: Endpoint| postcard::to_allocvec(&endpoint).unwrap();
        assert_eq!(bytes(node(3).into()), postcard::to_allocvec(&node(3)).unwrap());
        let first = ClientId::at(0).unwrap();
        assert_ne!(bytes(first.into()), bytes(node(MAX_NODES).into()));
        // Digests of runs are made of these: one byte for each client that has a letter.
        assert_eq!(bytes(first.into()), [MAX_NODES as u8 + 1]);
        assert_eq!(bytes(ClientId::at(25).unwrap().into()), [127]);
    }
}
