use std::{fmt, net::IpAddr, sync::Arc};

use futures_util::future::join_all;
use tracing::debug;

use super::{
    Denied, QueryToken, Tickets, TokenError, Verifier,
    credential::{Credential, shown},
    digest::Digest,
};
use crate::{
    clock,
    config::Origins,
    http::{Head, Method, Version},
    identity::Identity,
    metrics::Metrics,
};

/// Who is known: whoever shows a token that is good and, if the application says so, whoever asks
/// from this machine.
#[derive(Default)]
pub struct Access {
    tokens: Vec<(Digest, Arc<Identity>)>,
    verifiers: Vec<Verifier>,
    tickets: Option<Arc<Tickets>>,
    cookie: Option<(Box<str>, Origins)>,
    local: Option<Arc<Identity>>,
}

/// What is known of who asks.
#[derive(Debug)]
pub(super) enum Known {
    Somebody(Arc<Identity>),
    /// Nothing before keys are fetched.
    Later,
}

impl Access {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows who shows `token`, as `who`. Only a digest of it is kept.
    #[must_use]
    pub fn with_token(mut self, token: &str, who: Identity) -> Self {
        let digest = Digest::of(token.as_bytes());
        self.tokens.push((digest, Arc::new(who)));
        self
    }

    /// Knows who shows a token that `verifier` finds good.
    #[must_use]
    pub fn with_verifier(mut self, verifier: Verifier) -> Self {
        self.verifiers.push(verifier);
        self
    }

    /// Knows who shows one of these tickets.
    #[must_use]
    pub fn with_tickets(mut self, tickets: &Arc<Tickets>) -> Self {
        self.tickets = Some(Arc::clone(tickets));
        self
    }

    /// Takes a token out of the cookie `name`, too, where a page of `origins` asks, or no page. A
    /// browser sends cookies whatever page makes it ask; so a page of another origin is refused. So is
    /// what changes something or upgrades and does not say its origin, unless the browser says by
    /// `Sec-Fetch-Site` that it is a page of ours, or none.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, origins: Origins) -> Self {
        self.cookie = Some((name.into(), origins));
        self
    }

    /// Knows, as `who`, whoever shows no token but asks directly and from this machine: for a
    /// server that listens on loopback only. Pages of other origins and names stay out, and what
    /// shows a sign of a proxy: `Via`, `Forwarded`, `X-Real-IP`, `X-Forwarded-…` or HTTP/1.0. A proxy
    /// on this machine that shows none makes everybody local: behind one, use tokens.
    #[must_use]
    pub fn with_local(mut self, who: Identity) -> Self {
        self.local = Some(Arc::new(who));
        self
    }

    /// Whether somebody is known who shows nothing.
    pub(crate) fn knows_local(&self) -> bool {
        self.local.is_some()
    }

    /// The name of the cookie that may carry a token.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.cookie.as_ref().map(|(name, _)| &**name)
    }

    /// Keeps keys that are fetched or read from files as they should be; runs until it is dropped.
    pub async fn run(&self, metrics: &Metrics) {
        join_all(
            self.verifiers
                .iter()
                .map(|verifier| verifier.keys().run(metrics)),
        )
        .await;
    }

    /// Reads files of keys again, and fetches what is fetched, soon.
    pub fn reload(&self) {
        for verifier in &self.verifiers {
            verifier.keys().reload();
        }
    }

    /// Waits for fresh keys, for as long as a fetch may take.
    pub(super) async fn refresh(&self) {
        join_all(
            self.verifiers
                .iter()
                .map(|verifier| verifier.keys().refresh()),
        )
        .await;
    }

    /// Says who sends a request, as far as `head` tells.
    pub(super) fn recognise(&self, head: &Head, query: QueryToken) -> Result<Known, Denied> {
        match shown(head, self.cookie(), query == QueryToken::Taken)? {
            Some(credential) => {
                if credential.is_ambient {
                    self.check_page(head)?;
                }
                self.find(&credential)
            }
            None => self.find_local(head).map(Known::Somebody),
        }
    }

    fn find(&self, credential: &Credential<'_>) -> Result<Known, Denied> {
        if let Some(who) = self.find_fixed(&credential.secret) {
            return Ok(Known::Somebody(Arc::clone(who)));
        }
        let text = str::from_utf8(&credential.secret).map_err(|_not_ascii| Denied::Unknown)?;
        if let Some(tickets) = &self.tickets
            && Tickets::is_ticket(text)
        {
            return tickets
                .redeem(text)
                .map(Known::Somebody)
                .ok_or(Denied::Unknown);
        }
        self.verify(text)
    }

    /// Whose fixed token it is. All are compared, so that no answer comes earlier than others.
    fn find_fixed(&self, secret: &[u8]) -> Option<&Arc<Identity>> {
        if self.tokens.is_empty() {
            return None;
        }
        let digest = Digest::of(secret);
        self.tokens
            .iter()
            .filter(|(token, _)| token.is_same(&digest))
            .fold(None, |found, (_, who)| found.or(Some(who)))
    }

    fn verify(&self, token: &str) -> Result<Known, Denied> {
        let now = clock::unix_seconds();
        let mut is_late = false;
        for verifier in &self.verifiers {
            match verifier.verify(token, now) {
                Ok(who) => return Ok(Known::Somebody(Arc::new(who))),
                Err(error) => {
                    is_late |= error == TokenError::UnknownKey && verifier.keys().may_refresh();
                    debug!(%error, "a token is no good");
                }
            }
        }
        if is_late {
            return Ok(Known::Later);
        }
        Err(Denied::Unknown)
    }

    //= https://www.rfc-editor.org/rfc/rfc6455#section-10.2
    //# Servers that are not intended to process input from any web page but only for certain sites
    //# SHOULD verify the |Origin| field is an origin they expect.
    fn check_page(&self, head: &Head) -> Result<(), Denied> {
        let origins = self.cookie.as_ref().map(|(_, origins)| origins);
        let admits = origins.is_some_and(|origins| head.comes_from(origins));
        let site = head.headers.first("sec-fetch-site");
        let is_own = matches!(site, Some(b"same-origin" | b"none"));
        let is_foreign = site == Some(b"cross-site");
        let changes = !matches!(head.method, Method::Get | Method::Head | Method::Options);
        let says_none = head.headers.first("origin").is_none();
        let is_open = !changes && !is_foreign && !head.asks_for("websocket");
        if !admits || says_none && !is_own && !is_open {
            return Err(Denied::Foreign);
        }
        Ok(())
    }

    fn find_local(&self, head: &Head) -> Result<Arc<Identity>, Denied> {
        let local = self.local.as_ref().ok_or(Denied::Missing)?;
        if is_passed_on(head) || !head.peer.ip().to_canonical().is_loopback() {
            return Err(Denied::Missing);
        }
        // A page can make a browser ask without a preflight, and rename its own host to ours.
        if !head.comes_from(&Origins::Same) || !head.authority().is_some_and(names_this_machine) {
            return Err(Denied::Foreign);
        }
        Ok(Arc::clone(local))
    }
}

impl fmt::Debug for Access {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("tokens", &self.tokens.len())
            .field("verifiers", &self.verifiers.len())
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

/// Whether a proxy may have sent a request for somebody else. One that is not told to may say nothing
/// of it; then HTTP/1.0 tells, which nginx speaks by default and no browser does.
fn is_passed_on(head: &Head) -> bool {
    let tells = |name: &[u8]| {
        matches!(name, b"via" | b"forwarded" | b"x-real-ip") || name.starts_with(b"x-forwarded-")
    };
    head.version == Version::Http10 || head.headers.iter().any(|(name, _)| tells(name))
}

/// Whether an authority, with or without a port, is a name for loopback.
fn names_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || address
            .unwrap_or(host)
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}
