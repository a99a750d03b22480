//! Names of the groups in a stream's registry, by which subscribers are reached and counted. The
//! prefix keeps a topic from posing as a user.

use std::{net::IpAddr, sync::Arc};

pub(super) fn topic(name: &str) -> Arc<str> {
    format!("topic/{name}").into()
}

pub(super) fn user(name: &str) -> Arc<str> {
    format!("user/{name}").into()
}

pub(super) fn tenant(name: &str) -> Arc<str> {
    format!("tenant/{name}").into()
}

pub(super) fn address(peer: IpAddr) -> Arc<str> {
    format!("address/{}", peer.to_canonical()).into()
}
