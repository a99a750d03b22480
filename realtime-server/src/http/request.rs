//! A request as routing and handlers see it.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;

use super::framing::Framing;
use super::{Headers, Method, Scheme, Target, origin};
use crate::{config::Origins, identity::Identity};

/// The version of a request that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `HTTP/1.0`: no chunks, no 1xx, closed by default.
    Http10,
    /// `HTTP/1.1`.
    Http11,
    /// `HTTP/2`.
    Http2,
}

/// Everything that is known before the body.
#[derive(Debug, Clone)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The target.
    pub target: Target,
    /// The version.
    pub version: Version,
    /// The header lines.
    pub headers: Headers,
    /// How the body is delimited.
    pub framing: Framing,
    /// Who asks: the other end of the socket, or whom a
    /// [trusted proxy](crate::config::HttpConfig::trusted_proxies) there names; port 0 if it names
    /// none.
    pub peer: SocketAddr,
    /// The address of ours that the client or its proxy has connected to, where it is known.
    pub(crate) local: Option<IpAddr>,
    /// Whether it came over TLS, to us or to that proxy.
    pub scheme: Scheme,
    /// The authority that a trusted proxy was asked for.
    pub(in crate::http) forwarded_host: Option<Box<str>>,
    /// Who asks, once a [`Guard`](crate::auth::Guard) has found it out.
    pub identity: Option<Arc<Identity>>,
}

impl Head {
    /// The authority that the request is for: the one that a trusted proxy was asked for, else that
    /// of the target if it names one, else `Host`; with its port, if it has one. It is valid; whether
    /// it is ours is another question.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
    //# When an origin server receives a request with an absolute-form of request-target, the
    //# origin server MUST ignore the received Host header field (if any) and instead use the host
    //# information of the request-target.
    pub fn authority(&self) -> Option<&str> {
        self.forwarded_host
            .as_deref()
            .or_else(|| self.target.authority())
            .or_else(|| self.headers.text("host"))
    }

    /// Whether the client asks to change to `protocol` and may: HTTP/1.1, `Connection: upgrade`,
    /// and no body. What HTTP/2 asks for by an extended CONNECT (RFC 8441) looks the same here.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-7.8
    //# A server MUST ignore an Upgrade header field that is received in an HTTP/1.0 request.
    pub fn asks_for(&self, protocol: &str) -> bool {
        self.may_upgrade() && self.headers.has_token("upgrade", protocol)
    }

    /// Whether the request comes from a page of these origins, or from no page at all.
    pub(crate) fn comes_from(&self, origins: &Origins) -> bool {
        origin::admits(origins, self)
    }

    pub(crate) fn may_upgrade(&self) -> bool {
        self.version >= Version::Http11
            && self.framing == Framing::None
            && self.headers.has_token("connection", "upgrade")
    }
}

/// A request with its whole body.
#[derive(Clone)]
pub struct Request {
    /// Everything before the body.
    pub head: Head,
    /// What routing found in the path.
    pub params: Params,
    /// The body, without its framing.
    pub body: Bytes,
}

impl Request {
    /// The method.
    pub fn method(&self) -> Method {
        self.head.method
    }

    /// The path as it was sent.
    pub fn path(&self) -> &str {
        self.head.target.path()
    }

    /// The decoded value of the first query member with this name; case does not matter.
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        self.head.target.value(name)
    }

    /// The first header line with this name, which is in lower case, if it is UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.text(name)
    }

    /// The decoded path parameter with this name.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }
}

impl fmt::Debug for Request {
    /// Without the body, which can be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("head", &self.head)
            .field("params", &self.params)
            .field("body", &self.body.len())
            .finish()
    }
}

/// Names and decoded values of the parameters in a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(Arc<str>, String)>);

impl Params {
    /// Parameters in the order of the path; the values are decoded.
    #[must_use]
    pub fn new(pairs: Vec<(Arc<str>, String)>) -> Self {
        Self(pairs)
    }

    /// The values in the order of the path.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }

    /// The value of the first parameter with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| value.as_str())
    }
}
