use std::{fmt, sync::Arc};

use super::{
    gate::{Entrance, pass},
    pattern::Pattern,
    route::Description,
};
use crate::{
    auth::{Access, Guard},
    config::Origins,
    http::{
        Decision, Handler, Head, HeaderValue, Method, Pace, Params, Problem, Refusal, Response,
        Status,
    },
    metrics::Metrics,
};

/// The answer to a request whose body is not wanted.
pub(super) type Screen = Arc<dyn Fn(&Head) -> Option<Response> + Send + Sync>;

/// The table of routes.
#[derive(Default)]
pub(super) struct Router {
    pub(super) resources: Vec<Resource>,
}

/// What is at the paths of one pattern.
pub(super) struct Resource {
    pub(super) pattern: Pattern,
    pub(super) methods: Vec<Endpoint>,
}

/// What answers one method at one pattern.
pub(super) struct Endpoint {
    pub(super) method: Method,
    pub(super) body_limit: usize,
    pub(super) pace: Pace,
    /// Refuses by the head alone what the handler would refuse anyway.
    pub(super) screen: Option<Screen>,
    /// Whether all that it does is to refuse, so that its method is not named as one that is taken.
    pub(super) refuses: bool,
    pub(super) handler: Handler,
    pub(super) description: Description,
    /// Which pages may ask for it, where it says so itself.
    pub(super) origins: Option<Origins>,
    pub(super) negotiates: bool,
    pub(super) entrance: Entrance,
    pub(super) guard: Option<Guard>,
}

impl Router {
    /// Adds an endpoint, unless its place is taken.
    pub(super) fn add(&mut self, pattern: Pattern, endpoint: Endpoint) -> Option<&mut Endpoint> {
        let known = self
            .resources
            .iter()
            .position(|known| known.pattern.is_same_as(&pattern));
        if known.is_none() {
            self.resources.push(Resource {
                pattern,
                methods: Vec::new(),
            });
        }
        let resource = match known {
            Some(index) => self.resources.get_mut(index),
            None => self.resources.last_mut(),
        }?;
        if resource.endpoint(endpoint.method).is_some() {
            return None;
        }
        resource.methods.push(endpoint);
        resource.methods.last_mut()
    }

    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.resources.iter().flat_map(|resource| &resource.methods)
    }

    /// What the guards know people by, each once.
    pub(super) fn accesses(&self) -> Vec<Arc<Access>> {
        let mut accesses: Vec<Arc<Access>> = Vec::new();
        for guard in self
            .endpoints()
            .filter_map(|endpoint| endpoint.guard.as_ref())
        {
            if !accesses
                .iter()
                .any(|known| Arc::ptr_eq(known, guard.access()))
            {
                accesses.push(Arc::clone(guard.access()));
            }
        }
        accesses
    }

    pub(super) fn routes(&self) -> impl Iterator<Item = (Method, &str)> {
        self.resources.iter().flat_map(|resource| {
            let path = resource.pattern.as_str();
            resource
                .methods
                .iter()
                .map(move |endpoint| (endpoint.method, path))
        })
    }
}

impl Router {
    /// What there is for a request.
    pub(super) fn find(&self, head: &Head) -> Found<'_> {
        let path = head.target.path();
        let found = self.resources.iter().find_map(|resource| {
            let params = resource.pattern.matches(path)?;
            Some((resource, params))
        });
        // HEAD is answered by GET; the connection leaves the content out.
        let wanted = match head.method {
            Method::Head => Method::Get,
            // A preflight asks for somebody else.
            Method::Options => requested_method(head),
            method => method,
        };
        Found {
            endpoint: found.as_ref().and_then(|(at, _)| at.endpoint(wanted)),
            resource: found,
            router: self,
        }
    }
}

fn requested_method(head: &Head) -> Method {
    let requested = head.headers.text("access-control-request-method");
    requested.map_or(Method::Options, Method::parse)
}

/// What there is for a request, if anything.
pub(super) struct Found<'a> {
    router: &'a Router,
    resource: Option<(&'a Resource, Params)>,
    endpoint: Option<&'a Endpoint>,
}

impl Found<'_> {
    /// Which pages may ask for it, if it says so itself. At a path that takes another method, all
    /// methods say the same.
    pub(super) fn origins(&self) -> Option<&Origins> {
        let (resource, _) = self.resource.as_ref()?;
        let endpoint = self.endpoint.or_else(|| resource.methods.first())?;
        endpoint.origins.as_ref()
    }

    /// Whether it opens a connection, so that even a GET changes something.
    pub(super) fn opens(&self) -> bool {
        self.endpoint
            .is_some_and(|endpoint| endpoint.entrance != Entrance::Route)
    }

    /// Whether it negotiates with clients of a hub.
    pub(super) fn negotiates(&self) -> bool {
        self.endpoint.is_some_and(|endpoint| endpoint.negotiates)
    }

    /// The name of the cookie that may carry a token.
    pub(super) fn cookie(&self) -> Option<&str> {
        let guard = self.endpoint?.guard.as_ref();
        guard.and_then(|guard| guard.access().cookie())
    }

    /// The methods that are taken here.
    pub(super) fn methods(&self) -> HeaderValue {
        let resource = self.resource.as_ref();
        resource.map_or(const { HeaderValue::from_static("OPTIONS") }, |found| {
            found.0.allow()
        })
    }

    pub(super) fn decide(self, head: &Head, metrics: &Arc<Metrics>) -> Decision {
        if !head.method.is_served() {
            return Decision::Answer(Refusal::Method.into());
        }
        //= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.7
        //# An OPTIONS request with an asterisk ("*") as the request target (Section 7.1) applies to
        //# the server in general rather than to a specific resource.
        if head.target.path() == "*" {
            let allow = allow(self.router.endpoints());
            return Decision::Answer(Response::empty(Status::NO_CONTENT).header("allow", allow));
        }
        let Some((resource, params)) = self.resource else {
            let missing = Problem::new(Status::NOT_FOUND).with_detail("nothing is at this path");
            return Decision::Answer(missing.into());
        };
        let endpoint = match head.method {
            Method::Options => resource.endpoint(Method::Options),
            _ => self.endpoint,
        };
        match endpoint {
            Some(endpoint) => {
                match endpoint.admit(head, || resource.pattern.path(&params), metrics) {
                    Ok(handler) => Decision::Call {
                        body_limit: endpoint.body_limit,
                        params,
                        handler,
                        pace: endpoint.pace,
                    },
                    Err(refusal) => Decision::Answer(refusal),
                }
            }
            None if head.method == Method::Options => Decision::Answer(
                Response::empty(Status::NO_CONTENT).header("allow", resource.allow()),
            ),
            None => {
                let refusal = Problem::new(Status::METHOD_NOT_ALLOWED)
                    .with_detail("this path takes only the methods in the Allow header");
                Decision::Answer(Response::from(refusal).header("allow", resource.allow()))
            }
        }
    }
}

impl Endpoint {
    /// The handler for a request whose body is wanted.
    fn admit(
        &self,
        head: &Head,
        path: impl FnOnce() -> String,
        metrics: &Arc<Metrics>,
    ) -> Result<Handler, Response> {
        let handler = pass(self, head, path, metrics)?;
        match self.screen.as_ref().and_then(|screen| screen(head)) {
            Some(refusal) => Err(refusal),
            None => Ok(handler),
        }
    }
}

impl Resource {
    fn endpoint(&self, method: Method) -> Option<&Endpoint> {
        self.methods
            .iter()
            .find(|endpoint| endpoint.method == method)
    }

    /// The value of `Allow`.
    fn allow(&self) -> HeaderValue {
        allow(self.methods.iter())
    }
}

/// The methods of endpoints, as the value of `Allow`.
fn allow<'a>(endpoints: impl Iterator<Item = &'a Endpoint>) -> HeaderValue {
    let mut names: Vec<&str> = Vec::new();
    let mut add = |method: Method| {
        if !names.contains(&method.as_str()) {
            names.push(method.as_str());
        }
    };
    for endpoint in endpoints.filter(|endpoint| !endpoint.refuses) {
        add(endpoint.method);
        // A hub takes none.
        if endpoint.method == Method::Get && endpoint.entrance != Entrance::Hub {
            add(Method::Head);
        }
    }
    add(Method::Options);
    // Names of methods hold no control characters.
    HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self
            .resources
            .iter()
            .map(|resource| resource.pattern.to_string());
        f.debug_list().entries(routes).finish()
    }
}
