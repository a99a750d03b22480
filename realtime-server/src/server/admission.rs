use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};
use tracing::{debug, warn};

use super::proxy_protocol;
use crate::{
    config::{ClientLimits, HttpConfig, Network, Rate, ServerConfig},
    http::{Response, Status},
    metrics::Metrics,
    throttle::{Place, Places, Table},
};

/// What is metered of each client. Their order is that of the meters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Connection,
    Request,
    Negotiation,
    FailedAuthentication,
}

/// Decides by the client whether a connection or a request may be.
pub(super) struct Admission {
    limits: ClientLimits,
    trusted_proxies: Vec<Network>,
    /// How long the PROXY protocol may take, where connections begin with it.
    preamble: Option<Duration>,
    connections: Arc<Places>,
    requests: Arc<Places>,
    clients: Table<4>,
    tokens: Table<1>,
    metrics: Arc<Metrics>,
}

/// Why somebody may not, and how long to stay away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub(super) retry_after: Duration,
}

/// How long to stay away where that depends on others.
const A_WHILE: TooMany = TooMany {
    retry_after: Duration::from_secs(5),
};

/// A connection that may be, until this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The client, or a proxy that asks for many.
    pub(super) peer: SocketAddr,
    _place: Option<Place>,
}

/// Why a connection may not be.
#[derive(Debug)]
enum Refused {
    /// There is nobody to whom that could be said.
    Silently,
    TooMany(TooMany),
}

impl Admission {
    pub(super) fn new(
        limits: ClientLimits,
        http: &HttpConfig,
        server: ServerConfig,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            clients: Table::new(limits.max_remembered),
            tokens: Table::new(limits.max_remembered),
            limits,
            trusted_proxies: http.trusted_proxies.clone(),
            preamble: server
                .proxy_protocol
                .then_some(server.proxy_protocol_timeout),
            connections: Arc::default(),
            requests: Arc::default(),
            metrics,
        }
    }

    /// Who connects, if it may; else what to tell it, if there is anybody to whom that could be said.
    pub(super) async fn admit(
        &self,
        stream: &mut TcpStream,
        peer: SocketAddr,
    ) -> Result<Admitted, Option<Response>> {
        self.connection(stream, peer)
            .await
            .map_err(|refused| match refused {
                Refused::Silently => None,
                Refused::TooMany(too_many) => {
                    let refusal = Response::empty(Status::TOO_MANY_REQUESTS);
                    Some(refusal.header("retry-after", too_many.seconds().into()))
                }
            })
    }

    /// Says whose connection this is, and whether it may be. Where connections begin with the PROXY
    /// protocol, that is read off it.
    async fn connection(
        &self,
        socket: &mut TcpStream,
        peer: SocketAddr,
    ) -> Result<Admitted, Refused> {
        let peer = match self.preamble {
            Some(time) => self.named_client(socket, peer, time).await?,
            None => peer,
        };
        let admitted = |place| Admitted {
            peer,
            _place: place,
        };
        if self.is_exempt(peer.ip()) || self.is_trusted(peer.ip()) {
            return Ok(admitted(None));
        }
        let key = key(peer.ip());
        let refused = |too_many: TooMany, what: &str| {
            self.metrics.connections_limited.incr();
            debug!(%peer, what, "connection refused: one client may not have more");
            Refused::TooMany(too_many)
        };
        self.meter(key, Kind::Connection, self.limits.connections)
            .map_err(|too_many| refused(too_many, "too many new ones"))?;
        let Some(most) = self.limits.max_connections else {
            return Ok(admitted(None));
        };
        match self.connections.enter(key, most) {
            Some(place) => Ok(admitted(Some(place))),
            None => Err(refused(A_WHILE, "too many at once")),
        }
    }

    async fn named_client(
        &self,
        socket: &mut TcpStream,
        peer: SocketAddr,
        time: Duration,
    ) -> Result<SocketAddr, Refused> {
        let refused = |why: &str| {
            self.metrics.proxy_headers_refused.incr();
            debug!(%peer, why, "connection refused: no PROXY protocol");
            Refused::Silently
        };
        if !self.is_trusted(peer.ip()) {
            // Not at the level of what peers do wrong: it is most often a forgotten setting.
            warn!(%peer, "connection refused: the PROXY protocol is for trusted proxies");
            return Err(refused("it is no trusted proxy"));
        }
        match timeout(time, proxy_protocol::read(socket)).await {
            Ok(Ok(client)) => Ok(client.unwrap_or(peer)),
            Ok(Err(error)) => Err(refused(&error.to_string())),
            Err(_elapsed) => Err(refused("it did not come in time")),
        }
    }

    /// Counts a request of a client, and says whether it may be.
    pub(super) fn request(&self, client: IpAddr, token: Option<&[u8]>) -> Result<(), TooMany> {
        if self.is_exempt(client) {
            return Ok(());
        }
        let key = key(client);
        self.meter(key, Kind::Request, self.limits.requests)?;
        let Some(token) = token else { return Ok(()) };
        if let Some(rate) = self.limits.token_requests {
            let digest = self.tokens.digest(token);
            let counted = self.tokens.take(digest, 0, rate);
            counted.map_err(|retry_after| TooMany { retry_after })?;
        }
        let Some(rate) = self.limits.failed_authentications else {
            return Ok(());
        };
        let wait = self
            .clients
            .wait(key, Kind::FailedAuthentication as usize, rate);
        if wait.is_zero() {
            Ok(())
        } else {
            Err(TooMany { retry_after: wait })
        }
    }

    /// A place for a request that is being answered; `Ok(None)` where they are not counted.
    pub(super) fn place(&self, client: IpAddr) -> Result<Option<Place>, TooMany> {
        match self.limits.max_requests {
            Some(most) if !self.is_exempt(client) => {
                let place = self.requests.enter(key(client), most);
                place.map(Some).ok_or(A_WHILE)
            }
            _ => Ok(None),
        }
    }

    /// Counts a negotiation of a client, and says whether it may be.
    pub(super) fn negotiation(&self, client: IpAddr) -> Result<(), TooMany> {
        if self.is_exempt(client) {
            return Ok(());
        }
        self.meter(key(client), Kind::Negotiation, self.limits.negotiations)
    }

    /// Counts a token of a client that was not good.
    pub(super) fn failed_authentication(&self, client: IpAddr) {
        if let Some(rate) = self.limits.failed_authentications
            && !self.is_exempt(client)
        {
            let kind = Kind::FailedAuthentication as usize;
            // What is over the limit is refused before it gets so far.
            let _ = self.clients.take(key(client), kind, rate);
        }
    }

    fn meter(&self, key: u128, kind: Kind, rate: Option<Rate>) -> Result<(), TooMany> {
        match rate {
            Some(rate) => self
                .clients
                .take(key, kind as usize, rate)
                .map_err(|retry_after| TooMany { retry_after }),
            None => Ok(()),
        }
    }

    fn is_exempt(&self, address: IpAddr) -> bool {
        let mut exempt = self.limits.exempt.iter();
        exempt.any(|network| network.contains(address))
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        let mut trusted = self.trusted_proxies.iter();
        trusted.any(|network| network.contains(address))
    }
}

/// What a client is known by: an IPv4 address, or the network that an IPv6 address is in.
fn key(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

impl TooMany {
    /// In whole seconds, at least one: less cannot be said.
    pub(super) fn seconds(self) -> u64 {
        self.retry_after.as_secs() + u64::from(self.retry_after.subsec_nanos() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let same = |one: &str, two: &str| {
            let [one, two] = [one, two].map(|text| key(text.parse().expect("an address")));
            one == two
        };
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::2"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    }
}
