use std::sync::Arc;

use tracing::debug;

use super::HubEndpoint;
use crate::{
    http::{Head, HeaderValue, Problem, Response, Status},
    hub::Panicked,
    throttle::Place,
};

/// The user that a request belongs to, if the code of the application has found it out.
pub(in crate::signalr) type User = Result<Option<Arc<str>>, Panicked>;

impl HubEndpoint {
    /// Makes `seat` the place of a connection among those of `user`, where they are counted.
    pub(super) fn seat(
        &self,
        seat: &mut Option<Place>,
        user: &User,
        head: &Head,
    ) -> Result<(), Response> {
        let (Some(most), Ok(Some(user))) = (self.config().max_per_user, user) else {
            return Ok(());
        };
        self.users.enter_as(user, most, seat).map_err(|_full| {
            self.application.metrics().hub_connections_limited.incr();
            debug!(peer = %head.peer, "connection refused: the user has too many");
            let problem = Problem::new(Status::TOO_MANY_REQUESTS)
                .with_detail("the user has as many connections as one may have");
            Response::from(problem).header("retry-after", const { HeaderValue::from_static("5") })
        })
    }
}
