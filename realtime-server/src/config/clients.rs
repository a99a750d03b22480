use std::num::NonZeroU32;

use super::{Network, Rate};

/// What one client may take of the server, so that no client takes all of it.
///
/// A client is an IPv4 address, or the first 64 bits of an IPv6 address: who has one such address
/// usually has all of them. It is the address at the other end of the socket, unless a proxy that is
/// [trusted](super::HttpConfig::trusted_proxies) names another.
///
/// ```
/// use realtime_server::config::ClientLimits;
///
/// let mut limits = ClientLimits::default();
/// limits.max_connections = Some(100);
/// limits.requests = None;
/// # let _ = limits;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientLimits {
    /// Clients without these limits: this machine, `127.0.0.0/8` and `::1`.
    pub exempt: Vec<Network>,
    /// Connections of one client at the same time: 1,000. Beyond it: 429 and a close. Those of
    /// trusted proxies are not counted: they belong to many.
    pub max_connections: Option<usize>,
    /// Requests of one client that are being answered at the same time, with its open streams and
    /// WebSockets: 1,000. Beyond it: 429.
    pub max_requests: Option<usize>,
    /// New connections of one client: 50 a second, 500 at once. Beyond it: 429 and a close.
    pub connections: Option<Rate>,
    /// Requests of one client: 200 a second, 2,000 at once. Beyond it: 429.
    pub requests: Option<Rate>,
    /// Requests that show one token: as many. Beyond it: 429.
    pub token_requests: Option<Rate>,
    /// Negotiations of one client with hubs: 20 a second, 200 at once. Beyond it: 429.
    pub negotiations: Option<Rate>,
    /// Tokens of one client that are refused with 401: 20 a minute. Beyond it, requests that show a
    /// token are answered with 429, whether or not it is good.
    pub failed_authentications: Option<Rate>,
    /// Clients and tokens that are remembered, each: 32,768. Beyond it, those that took the least
    /// lately are forgotten. It is rounded up to a power of two.
    pub max_remembered: usize,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            exempt: Network::loopback(),
            max_connections: Some(1_000),
            max_requests: Some(1_000),
            connections: Some(rate(50).with_burst(number(500))),
            requests: Some(rate(200).with_burst(number(2_000))),
            token_requests: Some(rate(200).with_burst(number(2_000))),
            negotiations: Some(rate(20).with_burst(number(200))),
            failed_authentications: Some(Rate::per_minute(number(20))),
            max_remembered: 32_768,
        }
    }
}

fn rate(times: u32) -> Rate {
    Rate::per_second(number(times))
}

/// The numbers above are none of them zero.
fn number(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN)
}
