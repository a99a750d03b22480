//! What the conformance server serves; its tests install the same.

mod answers;
mod authorized;
mod client_result;
mod http_echo;
mod plain;
mod raw_echo;
mod redirects;
mod sse;
mod test_hub;
mod uncreatable;

use realtime_server::{
    config::HubConfig,
    endpoint::Directory,
    server::{ServerBuilder, SetupError},
};

/// The directories that files are served from.
pub(crate) struct Files {
    pub(crate) all: Directory,
    /// What is below `/lib` is looked for here first.
    pub(crate) lib: Option<Directory>,
    /// What is below `/dist` is looked for here first.
    pub(crate) dist: Option<Directory>,
}

/// How all hubs here are set up, apart from what flags change.
pub(crate) fn hub_config() -> HubConfig {
    let mut config = HubConfig::default();
    config.detailed_errors = true;
    config.allow_stateful_reconnect = true;
    // The peer that this follows makes senders wait, and ends nobody for what is queued.
    config.max_queued_messages = 20_000;
    config.max_queued_bytes = 16 * 1024 * 1024;
    config.stateful_lookahead = 4 * 1024 * 1024;
    config.max_streams = 10_000;
    config.max_client_results = 10_000;
    config
}

pub(crate) fn install(
    server: &mut ServerBuilder,
    hubs: &HubConfig,
    files: Option<&Files>,
) -> Result<(), SetupError> {
    answers::install(server);
    plain::install(server)?;
    http_echo::install(server)?;
    redirects::install(server)?;
    sse::install(server)?;
    raw_echo::install(server, hubs)?;
    let clients = server.hub("/testhub", test_hub::hub(hubs))?;
    let mut no_sockets = *hubs;
    no_sockets.transports.web_sockets = false;
    server.hub("/testhub-nowebsockets", test_hub::hub(&no_sockets))?;
    server.hub("/uncreatable", uncreatable::hub(hubs))?;
    authorized::install(server, hubs)?;
    client_result::install(server, clients)?;
    if let Some(Files { all, lib, dist }) = files {
        let before = |first: &Option<Directory>| match first {
            Some(first) => first.clone().or(all.clone()),
            None => all.clone(),
        };
        server.directory("/static", all.clone())?;
        server.directory("/lib", before(lib))?;
        server.directory("/dist", before(dist))?;
    }
    Ok(())
}
