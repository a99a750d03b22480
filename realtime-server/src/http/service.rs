//! What the connection asks: where does this request go?

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Head, Params, Request, Response};

/// Answers a request whose body has arrived in full.
pub type Handler = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// Decides by the head alone, before any byte of the body is read.
pub trait Service: Send + Sync + 'static {
    /// Says what happens with a request.
    ///
    /// A `HEAD` request comes as such and is routed like `GET`: the connection drops the content
    /// of the answer. A method that is not served ([`Method::Trace`](super::Method::Trace),
    /// [`Method::Other`](super::Method::Other)) comes too; it can be refused, and is otherwise
    /// answered with 501.
    fn route(&self, head: &Head) -> Decision;
}

/// What happens with a request.
pub enum Decision {
    /// It is answered without its body: that is read and dropped if it is small, otherwise the
    /// connection closes after the answer.
    Answer(Response),
    /// Its body is read, and the handler called.
    Call {
        /// The largest body in bytes; beyond it 413. [`HttpConfig::max_body_ceiling`] stays above
        /// it. A route that reads no body should still allow some: every method can carry one.
        ///
        /// [`HttpConfig::max_body_ceiling`]: crate::config::HttpConfig::max_body_ceiling
        body_limit: usize,
        /// The parameters found in the path.
        params: Params,
        /// Makes the answer.
        handler: Handler,
        /// How long it may take.
        pace: Pace,
    },
}

/// How long a handler may take, and what a client that leaves means to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Within [`HttpConfig::handler_timeout`]; beyond it 503. A client that has closed its
    /// sending side is answered all the same.
    ///
    /// [`HttpConfig::handler_timeout`]: crate::config::HttpConfig::handler_timeout
    #[default]
    Prompt,
    /// As long as the client stays: for long polls. Once the client closes its side, the handler
    /// is dropped. At a stop it has to answer by itself.
    Held,
}
