//! What of a server keeps strangers at a distance.

use super::ServerBuilder;
use crate::config::{ClientLimits, CorsConfig, Hosts};

impl ServerBuilder {
    /// Replaces what one client may take.
    pub fn client_limits(&mut self, limits: ClientLimits) {
        self.clients = limits;
    }

    /// Replaces the names by which the server may be asked.
    pub fn hosts(&mut self, hosts: Hosts) {
        self.hosts = hosts;
    }

    /// Replaces what pages of other origins may do.
    ///
    /// ```
    /// use realtime_server::{
    ///     config::{CorsConfig, Hosts, Origins},
    ///     server::ServerBuilder,
    /// };
    ///
    /// let mut cors = CorsConfig::default();
    /// cors.origins = Origins::Listed(vec!["https://app.example.com".into()]);
    /// let mut server = ServerBuilder::new();
    /// server.cors(cors);
    /// server.hosts(Hosts::Listed(vec!["push.example.com".into()]));
    /// # drop(server);
    /// ```
    pub fn cors(&mut self, cors: CorsConfig) {
        self.cors = cors;
    }
}
