//! Servers: `AsyncAPI` wants host, path and protocol apart, and one server per protocol.

use crate::api::Api;
use crate::emit::Emitter;
use crate::hub::Transport;
use crate::server::Server;
use crate::value::{Object, Value};

/// The servers whose address is absolute; a relative one has no host to name.
pub(super) struct Servers<'a> {
    addresses: Vec<Address<'a>>,
    has_websocket: bool,
}

struct Address<'a> {
    server: &'a Server,
    host: &'a str,
    path: Option<&'a str>,
    secure: bool,
    /// Keeps names apart where there are several addresses.
    suffix: String,
}

/// What is spoken on a channel.
#[derive(Clone, Copy)]
pub(super) enum Protocol {
    Http,
    WebSocket,
}

impl<'a> Servers<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let mut addresses: Vec<Address<'a>> = Vec::new();
        for server in &api.servers {
            let (secure, rest) = match server.url.split_once("://") {
                Some(("https" | "wss", rest)) => (true, rest),
                Some(("http" | "ws", rest)) => (false, rest),
                _ => continue,
            };
            let (host, path) = match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
                Some((host, "/")) => (host, None),
                Some((host, path)) => (host, Some(path)),
                None => (rest, None),
            };
            let suffix = match addresses.len() {
                0 => String::new(),
                earlier => (earlier + 1).to_string(),
            };
            addresses.push(Address {
                server,
                host,
                path,
                secure,
                suffix,
            });
        }
        let has_websocket = api
            .hubs()
            .any(|hub| hub.transports.contains(&Transport::WebSocket));
        Self {
            addresses,
            has_websocket,
        }
    }

    pub(super) fn emit(&self) -> Option<Object> {
        let mut servers = Object::new();
        for address in &self.addresses {
            if self.has_websocket {
                servers.insert(
                    address.name(Protocol::WebSocket),
                    address.emit(Protocol::WebSocket),
                );
            }
            servers.insert(address.name(Protocol::Http), address.emit(Protocol::Http));
        }
        Some(servers).filter(|servers| !servers.is_empty())
    }

    /// References for a channel.
    pub(super) fn references(&self, protocol: Protocol, emitter: &mut Emitter) -> Option<Value> {
        let references: Vec<Object> = self
            .addresses
            .iter()
            .map(|address| emitter.reference(format!("#/servers/{}", address.name(protocol))))
            .collect();
        Some(references)
            .filter(|references| !references.is_empty())
            .map(Value::from)
    }
}

impl Address<'_> {
    fn name(&self, protocol: Protocol) -> String {
        let kind = match protocol {
            Protocol::Http => "http",
            Protocol::WebSocket => "websocket",
        };
        format!("{kind}{}", self.suffix)
    }

    fn emit(&self, protocol: Protocol) -> Object {
        let mut object = Object::from([("host", self.host)]);
        object.insert_some("pathname", self.path);
        object.insert(
            "protocol",
            match (protocol, self.secure) {
                (Protocol::Http, false) => "http",
                (Protocol::Http, true) => "https",
                (Protocol::WebSocket, false) => "ws",
                (Protocol::WebSocket, true) => "wss",
            },
        );
        object.insert_some("description", self.server.description.as_ref());
        object.insert_some("variables", self.server.emit_variables());
        object
    }
}
