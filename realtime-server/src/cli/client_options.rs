use std::num::NonZeroU32;

use clap::{Args, ValueEnum};

use crate::config::{ClientLimits, HttpConfig, Network, ProxyFields, Rate, ServerConfig};

/// What one client may take, and who it is where proxies are in between.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Clients and proxies")]
pub(super) struct ClientOptions {
    /// Connections at the same time, of all clients.
    #[arg(
        long,
        value_name = "CONNECTIONS",
        default_value_t = 10_000,
        env = "REALTIME_MAX_CONNECTIONS"
    )]
    max_connections: usize,
    /// Connections of one client (an IPv4 address, the first half of an IPv6 address) at the same
    /// time; "off" for no limit.
    #[arg(
        long,
        value_name = "CONNECTIONS",
        default_value = "1000",
        value_parser = most,
        env = "REALTIME_CLIENT_CONNECTIONS"
    )]
    client_connections: Most,
    /// Requests of one client at the same time, with its open streams and sockets.
    #[arg(
        long,
        value_name = "REQUESTS",
        default_value = "1000",
        value_parser = most,
        env = "REALTIME_CLIENT_REQUESTS"
    )]
    client_requests: Most,
    /// New connections of one client: so many a second or a minute, and so many at once.
    #[arg(
        long,
        value_name = "N/s|N/min[:BURST]",
        default_value = "50/s:500",
        value_parser = rate,
        env = "REALTIME_CONNECTION_RATE"
    )]
    connection_rate: Often,
    /// Requests of one client.
    #[arg(
        long,
        value_name = "RATE",
        default_value = "200/s:2000",
        value_parser = rate,
        env = "REALTIME_REQUEST_RATE"
    )]
    request_rate: Often,
    /// Requests that show one token.
    #[arg(
        long,
        value_name = "RATE",
        default_value = "200/s:2000",
        value_parser = rate,
        env = "REALTIME_TOKEN_RATE"
    )]
    token_rate: Often,
    /// Negotiations of one client with hubs.
    #[arg(
        long,
        value_name = "RATE",
        default_value = "20/s:200",
        value_parser = rate,
        env = "REALTIME_NEGOTIATION_RATE"
    )]
    negotiation_rate: Often,
    /// Tokens of one client that are not good; beyond it all its tokens are refused for a while.
    #[arg(
        long,
        value_name = "RATE",
        default_value = "20/min",
        value_parser = rate,
        env = "REALTIME_BAD_TOKEN_RATE"
    )]
    bad_token_rate: Often,
    /// Clients without these limits, as addresses or networks.
    #[arg(
        long = "exempt-client",
        value_name = "NETWORK",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1",
        env = "REALTIME_EXEMPT_CLIENTS"
    )]
    exempt_clients: Vec<Network>,
    /// A proxy, or a network of them, that names the client it asks for; can be given several times.
    #[arg(
        long = "trusted-proxy",
        value_name = "NETWORK",
        value_delimiter = ',',
        env = "REALTIME_TRUSTED_PROXIES"
    )]
    trusted_proxies: Vec<Network>,
    /// By which fields it does. It must set or remove all of them.
    #[arg(
        long,
        value_name = "FIELDS",
        default_value = "x-forwarded",
        env = "REALTIME_PROXY_FIELDS"
    )]
    proxy_fields: Fields,
    /// Have every connection begin with the PROXY protocol, of trusted proxies only.
    #[arg(long, env = "REALTIME_PROXY_PROTOCOL")]
    pub(super) proxy_protocol: bool,
}

/// By which fields a proxy names its client.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Fields {
    /// X-Forwarded-For, -Proto and -Host.
    XForwarded,
    /// Forwarded (RFC 7239).
    Forwarded,
}

/// How many, if there is a limit. Not an `Option`: that would be a flag that need not be given.
#[derive(Clone, Copy, Debug)]
struct Most(Option<usize>);

/// How often, if there is a limit.
#[derive(Clone, Copy, Debug)]
struct Often(Option<Rate>);

impl ClientOptions {
    pub(super) fn limits(&self) -> ClientLimits {
        ClientLimits {
            exempt: self.exempt_clients.clone(),
            max_connections: self.client_connections.0,
            max_requests: self.client_requests.0,
            connections: self.connection_rate.0,
            requests: self.request_rate.0,
            token_requests: self.token_rate.0,
            negotiations: self.negotiation_rate.0,
            failed_authentications: self.bad_token_rate.0,
            ..ClientLimits::default()
        }
    }

    pub(super) fn set_server(&self, config: &mut ServerConfig) {
        config.max_connections = self.max_connections;
        config.proxy_protocol = self.proxy_protocol;
    }

    pub(super) fn set_http(&self, config: &mut HttpConfig) {
        config.trusted_proxies.clone_from(&self.trusted_proxies);
        config.proxy_fields = match self.proxy_fields {
            Fields::XForwarded => ProxyFields::XForwarded,
            Fields::Forwarded => ProxyFields::Forwarded,
        };
    }
}

fn most(text: &str) -> Result<Most, &'static str> {
    match text {
        "off" => Ok(Most(None)),
        _ => match text.parse() {
            Ok(most) => Ok(Most(Some(most))),
            Err(_) => Err("expected a number, or \"off\""),
        },
    }
}

fn rate(text: &str) -> Result<Often, &'static str> {
    if text == "off" {
        return Ok(Often(None));
    }
    parse_rate(text)
        .map(|rate| Often(Some(rate)))
        .ok_or("expected a rate such as 20/s, 20/min or 20/s:200 (200 at once), or \"off\"")
}

fn parse_rate(text: &str) -> Option<Rate> {
    let (text, burst) = match text.split_once(':') {
        Some((text, burst)) => (text, Some(burst)),
        None => (text, None),
    };
    let (times, period) = text.split_once('/')?;
    let times: NonZeroU32 = times.parse().ok()?;
    let rate = match period {
        "s" => Rate::per_second(times),
        "min" => Rate::per_minute(times),
        _ => return None,
    };
    match burst {
        Some(burst) => Some(rate.with_burst(burst.parse().ok()?)),
        None => Some(rate),
    }
}
