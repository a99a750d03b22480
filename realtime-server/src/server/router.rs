use std::{fmt, sync::Arc};

use super::{
    gate::{Entrance, pass},
    pattern::Pattern,
    route::Description,
};
use crate::{
    auth::{Access, Guard},
    config::Origins,
    http::{Decision, Handler, Head, HeaderValue, Method, Pace, Params, Problem, Response, Status},
    metrics::Metrics,
};

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
            Method::Options => requested_method(head).unwrap_or(Method::Options),
            method => method,
        };
        match found {
            Some((resource, params)) => Found {
                endpoint: resource.endpoint(wanted),
                resource: Some((resource, params)),
            },
            None => Found {
                endpoint: None,
                resource: None,
            },
        }
    }
}

fn requested_method(head: &Head) -> Option<Method> {
    head.headers
        .text("access-control-request-method")
        .and_then(Method::parse)
}

/// What there is for a request, if anything.
pub(super) struct Found<'a> {
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
                match pass(endpoint, head, || resource.pattern.path(&params), metrics) {
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

impl Resource {
    fn endpoint(&self, method: Method) -> Option<&Endpoint> {
        self.methods
            .iter()
            .find(|endpoint| endpoint.method == method)
    }

    /// The value of `Allow`.
    fn allow(&self) -> HeaderValue {
        let mut names: Vec<&str> = Vec::new();
        for endpoint in &self.methods {
            names.push(endpoint.method.as_str());
            if endpoint.method == Method::Get {
                names.push(Method::Head.as_str());
            }
        }
        names.push(Method::Options.as_str());
        // Names of methods hold no control characters.
        HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
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
