use crate::{
    config::{CorsConfig, Origins},
    http::{Head, HeaderValue, Method, Problem, Response, Status},
};

/// The CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>.
pub(super) struct Cors {
    pub(super) config: CorsConfig,
    /// The request fields that pages may send.
    fields: HeaderValue,
}

const VARY: HeaderValue = HeaderValue::from_static("Origin");
const VARY_PREFLIGHT: HeaderValue =
    HeaderValue::from_static("Access-Control-Request-Method, Access-Control-Request-Headers");
/// What scripts of other origins may read beside what they always may.
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Retry-After, WWW-Authenticate");

/// What the answer to one request says to the browser that asked.
#[derive(Clone, Debug)]
pub(super) enum Grant {
    /// Nothing: pages of other origins are nobody's business here.
    Unspoken,
    /// The answer is another one for other origins; this one may not see it.
    Denied,
    /// Everybody may see it.
    Anybody,
    /// Pages of this origin may see it.
    To(HeaderValue),
}

impl Cors {
    pub(super) fn new(config: CorsConfig) -> Self {
        let own = config.fields.iter().map(AsRef::as_ref);
        let fields: Vec<&str> = CorsConfig::FIELDS.into_iter().chain(own).collect();
        // A field that cannot be in a header value cannot be in a request either.
        let fields = HeaderValue::try_from(fields.join(", "));
        Self {
            config,
            fields: fields.unwrap_or(const { HeaderValue::from_static("content-type") }),
        }
    }

    /// Whether pages of the origin that asks may do so, and what to tell their browser.
    pub(super) fn decide(&self, own: Option<&Origins>, head: &Head) -> (bool, Grant) {
        let origins = own.unwrap_or(&self.config.origins);
        let admitted = head.comes_from(origins);
        let grant = match origins {
            Origins::Any => Grant::Anybody,
            Origins::Listed(_) => match head.headers.text("origin").map(HeaderValue::try_from) {
                Some(Ok(origin)) if admitted => Grant::To(origin),
                _ => Grant::Denied,
            },
            _ => Grant::Unspoken,
        };
        (admitted, grant)
    }

    /// The answer to a preflight, where `head` is one and pages of other origins have business here.
    pub(super) fn preflight(
        &self,
        head: &Head,
        grant: &Grant,
        methods: impl FnOnce() -> HeaderValue,
    ) -> Option<Response> {
        let asks = head
            .headers
            .first("access-control-request-method")
            .is_some();
        if head.method != Method::Options || !asks || head.headers.first("origin").is_none() {
            return None;
        }
        match grant {
            Grant::Unspoken => None,
            Grant::Denied => Some(foreign("ask for this")),
            Grant::Anybody | Grant::To(_) => Some(
                Response::empty(Status::NO_CONTENT)
                    .header("access-control-allow-methods", methods())
                    .header("access-control-allow-headers", self.fields.clone())
                    .header(
                        "access-control-max-age",
                        self.config.max_age.as_secs().into(),
                    )
                    .header("vary", VARY_PREFLIGHT),
            ),
        }
    }

    /// Tells the browser what it may do with an answer, unless the application has done so.
    pub(super) fn tell(&self, grant: Grant, response: Response) -> Response {
        if response.has("access-control-allow-origin") {
            return response;
        }
        let vary = |response: Response| response.header("vary", VARY);
        match grant {
            Grant::Unspoken => response,
            Grant::Denied => vary(response),
            Grant::Anybody => response
                .header(
                    "access-control-allow-origin",
                    const { HeaderValue::from_static("*") },
                )
                .header("access-control-expose-headers", EXPOSED),
            Grant::To(origin) => {
                let response = vary(response)
                    .header("access-control-allow-origin", origin)
                    .header("access-control-expose-headers", EXPOSED);
                if self.config.credentials {
                    response.header(
                        "access-control-allow-credentials",
                        const { HeaderValue::from_static("true") },
                    )
                } else {
                    response
                }
            }
        }
    }
}

/// What a page is told that may not do what it asks for.
pub(super) fn foreign(what: &'static str) -> Response {
    Problem::new(Status::FORBIDDEN)
        .with_detail(format!("pages of other origins may not {what}"))
        .with_field("Origin")
        .into()
}
