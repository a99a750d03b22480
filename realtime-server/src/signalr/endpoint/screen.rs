use super::{HubEndpoint, not_allowed};
use crate::http::{Head, HeaderValue, Method, Response};

impl HubEndpoint {
    /// The answer to a request of `{path}/negotiate` that is refused whatever its body says.
    pub(crate) fn screen_negotiation(head: &Head) -> Option<Response> {
        let allow = const { HeaderValue::from_static("POST, OPTIONS") };
        (head.method != Method::Post).then(|| not_allowed(allow))
    }

    /// The answer to a request of the hub's path that is refused whatever its body says: so nothing
    /// is held for who has no connection.
    pub(crate) fn screen(&self, head: &Head) -> Option<Response> {
        match head.method {
            Method::Get => None,
            Method::Post | Method::Delete => {
                let token = head.target.value("id");
                self.look_up(token.as_deref()).err().map(Response::from)
            }
            _ => Some(not_allowed(
                const { HeaderValue::from_static("GET, POST, DELETE, OPTIONS") },
            )),
        }
    }
}
