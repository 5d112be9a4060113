//! Keys: servers that know each other, and clients that are let in.
//!
//! Where others can reach a server, everything is encrypted, and nobody is believed without proof. A server proves who it is with a
//! certificate: servers know each other's, and take no other. A client proves that it may ask with a **token**, and knows the
//! servers by the authority that signed their certificates.
//!
//! | file | who has it |
//! |---|---|
//! | `ca.pem` | everybody: by it servers are known |
//! | `server-N.pem` | all servers |
//! | `server-N.key` | server N, and nobody else |
//! | `token` | all servers, and clients |
//!
//! The authority's own key is forgotten as soon as it has signed: whoever wants other servers makes all keys anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use quorum_core::paxos::NodeId;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::transport::{Certificate, ClientTlsConfig, Identity, ServerTlsConfig};
use tonic::{Extensions, Request, Status};

use crate::files::{for_everybody, for_oneself};
use crate::token::Token;

/// The name that all servers have for clients.
const NAME: &str = "quorum-node";

/// The name that a server has for other servers.
fn name_of(id: NodeId) -> String {
    format!("server-{id}.{NAME}")
}

/// What one server has.
#[derive(Clone, Debug)]
pub struct Keys {
    authority: Certificate,
    identity: Identity,
    members: BTreeMap<NodeId, CertificateDer<'static>>,
    token: Token,
}

impl Keys {
    /// Reads the keys of one server from a folder.
    ///
    /// # Errors
    /// Which of them is missing or makes no sense.
    pub fn load(folder: &Path, me: NodeId, servers: impl Iterator<Item = NodeId>) -> Result<Self> {
        let read = |name: &str| read(folder, name);
        let own = read(&format!("server-{me}.pem"))?;
        let identity = Identity::from_pem(own, read(&format!("server-{me}.key"))?);
        let mut members = BTreeMap::new();
        for id in servers {
            let name = format!("server-{id}.pem");
            let certificate = CertificateDer::from_pem_slice(&read(&name)?);
            let certificate =
                certificate.with_context(|| format!("{} is no certificate", folder.join(&name).display()))?;
            members.insert(id, certificate);
        }
        let token = read_token(folder)?;
        Ok(Self { authority: Certificate::from_pem(read("ca.pem")?), identity, members, token })
    }

    /// How a server listens: with its certificate, and asking for that of a server.
    pub(crate) fn listens(&self) -> ServerTlsConfig {
        let own = ServerTlsConfig::new().identity(self.identity.clone());
        own.client_ca_root(self.authority.clone()).client_auth_optional(true)
    }

    /// How a server reaches another: with its certificate, and demanding that of the other.
    pub(crate) fn reaches(&self, peer: NodeId) -> ClientTlsConfig {
        let own = ClientTlsConfig::new().identity(self.identity.clone());
        own.ca_certificate(self.authority.clone()).domain_name(name_of(peer))
    }

    /// Whether these are the certificates of this server.
    fn is(&self, id: NodeId, certificates: &[CertificateDer<'_>]) -> bool {
        self.members.get(&id).is_some_and(|own| certificates.first() == Some(own))
    }
}

/// Who is let in: everybody where there are no keys, as on loopback.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access(pub(crate) Option<Arc<Keys>>);

impl Access {
    /// Whether somebody who says to be this server is.
    pub(crate) fn server<T>(&self, request: &Request<T>, id: NodeId) -> Result<(), Status> {
        let certificates = request.peer_certs();
        match &self.0 {
            None => Ok(()),
            Some(keys) if certificates.is_some_and(|certificates| keys.is(id, &certificates)) => Ok(()),
            Some(_) => Err(Status::unauthenticated(format!("this is not the certificate of server {id}"))),
        }
    }

    /// Whether somebody may ask: with the token, or as a server that passes a request on.
    pub(crate) fn client(&self, metadata: &MetadataMap, extensions: &Extensions) -> Result<(), Status> {
        let Some(keys) = &self.0 else { return Ok(()) };
        let said = metadata.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut probe = Request::new(());
        *probe.extensions_mut() = extensions.clone();
        let member = probe.peer_certs().is_some_and(|it| keys.members.keys().any(|id| keys.is(*id, &it)));
        if member || said.strip_prefix("Bearer ").is_some_and(|said| keys.token.is(said)) {
            return Ok(());
        }
        Err(Status::unauthenticated("this cluster wants a token: name the folder with its keys with --keys"))
    }
}

impl Interceptor for Access {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        self.client(request.metadata(), request.extensions())?;
        Ok(request)
    }
}

/// What a client has.
#[derive(Clone, Debug)]
pub struct ClientKeys {
    /// How it reaches a server.
    pub(crate) reaches: ClientTlsConfig,
    /// What proves that it may ask.
    pub(crate) token: Token,
}

impl ClientKeys {
    /// Reads what a client needs from a folder.
    ///
    /// # Errors
    /// Which file is missing.
    pub fn load(folder: &Path) -> Result<Self> {
        let authority = Certificate::from_pem(read(folder, "ca.pem")?);
        let reaches = ClientTlsConfig::new().ca_certificate(authority).domain_name(NAME);
        Ok(Self { reaches, token: read_token(folder)? })
    }
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path = folder.join(name);
    fs::read(&path).with_context(|| format!("{} cannot be read: `quorum-node certs` makes keys", path.display()))
}

fn read_token(folder: &Path) -> Result<Token> {
    let token = Token::new(&String::from_utf8_lossy(&read(folder, "token")?));
    ensure!(token.as_str().len() >= 32, "{} has no token: it has 32 letters or more", folder.join("token").display());
    Ok(token)
}

/// Makes the keys of so many servers, in a folder that is not there yet or is empty.
///
/// # Errors
/// The folder has something in it, or cannot be written.
pub fn make(folder: &Path, servers: impl Iterator<Item = NodeId>) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let taken = fs::read_dir(folder)?.next().is_some();
    ensure!(!taken, "{} has something in it, and keys are never replaced: name a new folder", folder.display());
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "the authority of a quorum-node cluster");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    for_everybody(&folder.join("ca.pem"), params.self_signed(&key)?.pem().as_bytes())?;
    let authority = Issuer::new(params, key);
    for id in servers {
        let mut params = CertificateParams::new(vec![NAME.to_owned(), name_of(id)])?;
        params.distinguished_name.push(DnType::CommonName, name_of(id));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &authority)?;
        for_everybody(&folder.join(format!("server-{id}.pem")), certificate.pem().as_bytes())?;
        for_oneself(&folder.join(format!("server-{id}.key")), key.serialize_pem().as_bytes())?;
    }
    for_oneself(&folder.join("token"), format!("{}\n", Token::random()?.as_str()).as_bytes())
}
