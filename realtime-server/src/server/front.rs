//! What every request goes through before and after the routing table.

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Duration};

use tracing::{debug, warn};

use super::{
    admission::{Admission, TooMany},
    cors::{Cors, Grant, foreign},
    hardening::harden,
    hosts,
    router::{Found, Router},
};
use crate::{
    auth::Cookies,
    config::Hosts,
    http::{Decision, Handler, Head, Method, Problem, Response, Scheme, Service, Status},
    metrics::Metrics,
    throttle::Place,
};

/// What every answer goes through before it is sent.
pub(super) type AnswerFilter = Arc<dyn Fn(&Head, Response) -> Response + Send + Sync>;

/// The routing table behind what rules it.
pub(super) struct Front {
    router: Arc<Router>,
    rules: Arc<Rules>,
}

/// Who may ask for what, and what every answer says.
pub(super) struct Rules {
    pub(super) admission: Arc<Admission>,
    pub(super) hosts: Hosts,
    /// Whether the server listens on loopback only.
    pub(super) loopback: bool,
    pub(super) cors: Cors,
    pub(super) hsts: Option<Duration>,
    pub(super) filter: Option<AnswerFilter>,
    pub(super) metrics: Arc<Metrics>,
}

/// What has to be known of a request when its answer comes.
#[derive(Clone)]
struct Asked {
    grant: Grant,
    client: IpAddr,
    shows_token: bool,
    hsts: Option<Duration>,
    place: Option<Arc<Place>>,
}

impl Front {
    pub(super) fn new(router: Arc<Router>, rules: Rules) -> Self {
        if rules.hosts == Hosts::ByListener && !rules.loopback {
            warn!("requests are answered for every host name; the server's own can be listed");
        }
        Self {
            router,
            rules: Arc::new(rules),
        }
    }
}

impl Service for Front {
    fn route(&self, head: &Head) -> Decision {
        let found = self.router.find(head);
        let (admitted, grant) = self.rules.cors.decide(found.origins(), head);
        let token = token(head, found.cookie());
        let mut asked = Asked {
            grant,
            client: head.peer.ip(),
            shows_token: token.is_some(),
            hsts: self.rules.hsts(head),
            place: None,
        };
        match self.rules.check(head, token.as_deref(), &found, admitted) {
            Ok(place) => asked.place = place.map(Arc::new),
            Err(refusal) => return Decision::Answer(self.rules.finish(asked, head, refusal)),
        }
        let preflight = self
            .rules
            .cors
            .preflight(head, &asked.grant, || found.methods());
        let decision = match preflight {
            Some(answer) => Decision::Answer(answer),
            None => found.decide(head, &self.rules.metrics),
        };
        match decision {
            Decision::Answer(answer) => Decision::Answer(self.rules.finish(asked, head, answer)),
            Decision::Call {
                body_limit,
                params,
                handler,
                pace,
            } => Decision::Call {
                body_limit,
                params,
                handler: self.rules.behind(handler, asked),
                pace,
            },
        }
    }
}

impl Rules {
    /// Refuses what may not be, whatever there is at the path.
    fn check(
        &self,
        head: &Head,
        token: Option<&[u8]>,
        found: &Found<'_>,
        admitted: bool,
    ) -> Result<Option<Place>, Response> {
        let client = head.peer.ip();
        let limited = |too_many| self.limited(head, too_many);
        self.admission.request(client, token).map_err(limited)?;
        if !hosts::admits(&self.hosts, self.loopback, head) {
            self.metrics.hosts_refused.incr();
            debug!(peer = %head.peer, "request refused: for a name that is not ours");
            return Err(Problem::new(Status::MISDIRECTED_REQUEST)
                .with_detail("the server does not go by this name")
                .with_field("Host")
                .into());
        }
        let connects = found.opens() || head.may_upgrade();
        let changes = !matches!(head.method, Method::Get | Method::Head | Method::Options);
        if !admitted && (connects || changes) && !shows_bearer(head) {
            self.metrics.origins_refused.incr();
            debug!(peer = %head.peer, "request refused: foreign origin");
            return Err(foreign(if connects { "connect" } else { "do this" }));
        }
        if found.negotiates() {
            self.admission.negotiation(client).map_err(limited)?;
        }
        self.admission.place(client).map_err(limited)
    }

    fn limited(&self, head: &Head, too_many: TooMany) -> Response {
        self.metrics.requests_limited.incr();
        debug!(peer = %head.peer, "request refused: too many of one client");
        let refusal = Problem::new(Status::TOO_MANY_REQUESTS)
            .with_detail("one client may not ask more; come back after Retry-After seconds");
        Response::from(refusal).header("retry-after", too_many.seconds().into())
    }

    /// Browsers are kept to TLS where they have come over it by a name that somebody owns.
    fn hsts(&self, head: &Head) -> Option<Duration> {
        let name = hosts::split_port(head.authority()?).0;
        let lasting = head.scheme == Scheme::Https && !hosts::is_nobodys(name);
        self.hsts.filter(|_| lasting)
    }

    fn behind(self: &Arc<Self>, handler: Handler, asked: Asked) -> Handler {
        let rules = Arc::clone(self);
        Arc::new(move |request| {
            let (rules, asked) = (Arc::clone(&rules), asked.clone());
            let head = rules.filter.is_some().then(|| request.head.clone());
            let answer = handler(request);
            Box::pin(async move {
                let answer = answer.await;
                match head {
                    Some(head) => rules.finish(asked, &head, answer),
                    None => rules.finish_unfiltered(asked, answer),
                }
            })
        })
    }

    fn finish(&self, asked: Asked, head: &Head, answer: Response) -> Response {
        let answer = match &self.filter {
            Some(filter) => filter(head, answer),
            None => answer,
        };
        self.finish_unfiltered(asked, answer)
    }

    fn finish_unfiltered(&self, asked: Asked, answer: Response) -> Response {
        if answer.status == Status::UNAUTHORIZED && asked.shows_token {
            self.admission.failed_authentication(asked.client);
        }
        let answer = self.cors.tell(asked.grant, answer);
        let answer = harden(answer, asked.hsts);
        match asked.place {
            Some(place) => answer.holding(place),
            None => answer,
        }
    }
}

/// Whether a request shows a token that no browser adds by itself: for a page of another origin only
/// after a preflight.
fn shows_bearer(head: &Head) -> bool {
    let credentials = head.headers.first("authorization");
    credentials.is_some_and(|credentials| bearer(credentials).is_some())
}

fn bearer(credentials: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = credentials.split_at_checked("bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

/// What a request shows to say who it is from; whether it is good is decided elsewhere. One token is
/// the same wherever it stands: in the header, the cookie of this name, or the query.
fn token<'a>(head: &'a Head, cookie: Option<&str>) -> Option<Cow<'a, [u8]>> {
    if let Some(credentials) = head.headers.first("authorization") {
        return Some(bearer(credentials).unwrap_or(credentials).into());
    }
    let lines = head.headers.all("cookie");
    match cookie.map_or(Ok(None), |name| Cookies::find(lines, name)) {
        Ok(Some(value)) => return Some(value.into()),
        // There is one, and it will be refused.
        Err(_unusable) => return head.headers.first("cookie").map(Cow::Borrowed),
        Ok(None) => {}
    }
    let token = head.target.value("access_token")?;
    Some(Cow::Owned(token.into_owned().into_bytes()))
}
