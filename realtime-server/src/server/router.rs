use std::{fmt, sync::Arc};

use crate::{
    auth::{Access, Guard},
    http::{
        Decision, Handler, Head, HeaderValue, Method, Pace, Problem, Response, Service, Status,
    },
    metrics::Metrics,
};

use super::{
    gate::{Entrance, pass},
    pattern::Pattern,
    route::Description,
};

/// What every answer goes through before it is sent.
pub(super) type AnswerFilter = Arc<dyn Fn(&Head, Response) -> Response + Send + Sync>;

/// The table of routes.
#[derive(Default)]
pub(super) struct Router {
    pub(super) resources: Vec<Resource>,
    pub(super) filter: Option<AnswerFilter>,
    pub(super) metrics: Arc<Metrics>,
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

impl Service for Router {
    fn route(&self, head: &Head) -> Decision {
        let decision = self.decide(head);
        let Some(filter) = &self.filter else {
            return decision;
        };
        match decision {
            Decision::Answer(response) => Decision::Answer(filter(head, response)),
            Decision::Call {
                body_limit,
                params,
                handler,
                pace,
            } => {
                let filter = Arc::clone(filter);
                let handler: Handler = Arc::new(move |request| {
                    let (filter, head) = (Arc::clone(&filter), request.head.clone());
                    let answer = handler(request);
                    Box::pin(async move { filter(&head, answer.await) })
                });
                Decision::Call {
                    body_limit,
                    params,
                    handler,
                    pace,
                }
            }
        }
    }
}

impl Router {
    fn decide(&self, head: &Head) -> Decision {
        let path = head.target.path();
        let found = self.resources.iter().find_map(|resource| {
            resource
                .pattern
                .matches(path)
                .map(|params| (resource, params))
        });
        let Some((resource, params)) = found else {
            let missing = Problem::new(Status::NOT_FOUND).with_detail("nothing is at this path");
            return Decision::Answer(missing.into());
        };
        // HEAD is answered by GET; the connection leaves the content out.
        let wanted = if head.method == Method::Head {
            Method::Get
        } else {
            head.method
        };
        match resource.endpoint(wanted) {
            Some(endpoint) => match pass(endpoint, head, &self.metrics) {
                Ok(handler) => Decision::Call {
                    body_limit: endpoint.body_limit,
                    params,
                    handler,
                    pace: endpoint.pace,
                },
                Err(refusal) => Decision::Answer(refusal),
            },
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
