use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

use super::conditions::{Validators, Verdict};
use crate::http::{HeaderValue, Problem, Request, Response, Status};

/// What a page may load and who may frame it: our own files, and nobody.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// A file whose content is known when the server starts.
#[derive(Clone, Debug)]
pub struct Asset {
    content_type: &'static str,
    content: Bytes,
    /// A strong validator: the same bytes, the same tag (RFC 9110 section 8.8.3).
    validators: Validators,
}

impl Asset {
    /// A file with this media type and content.
    #[must_use]
    pub fn new(content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let tag = hasher.finish();
        Self {
            content_type,
            content,
            validators: Validators {
                tag: format!("\"{tag:016x}\""),
                modified: None,
            },
        }
    }

    /// The file; 304 where the client has it, 412 where it wants another one.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Response {
        let response = match self.validators.judge(request) {
            Verdict::Met => Response::bytes(Status::OK, self.content_type, self.content.clone()),
            Verdict::Known => Response::empty(Status::NOT_MODIFIED),
            Verdict::Failed => return Problem::new(Status::PRECONDITION_FAILED).into(),
        };
        let response = match HeaderValue::try_from(self.validators.tag.as_str()) {
            Ok(tag) => response.header("etag", tag),
            Err(_) => response,
        };
        response
            .header(
                "cache-control",
                const { HeaderValue::from_static("no-cache") },
            )
            .header("content-security-policy", POLICY)
            .header(
                "referrer-policy",
                const { HeaderValue::from_static("no-referrer") },
            )
            .header(
                "cross-origin-opener-policy",
                const { HeaderValue::from_static("same-origin") },
            )
            .header(
                "permissions-policy",
                const { HeaderValue::from_static("camera=(), microphone=(), geolocation=()") },
            )
    }
}
