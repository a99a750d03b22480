use std::fmt;

use openapi_emit::Operation;

use super::{gate::Entrance, router::Endpoint};
use crate::{auth::Guard, config::Origins, description::Schemas};

/// A route that was just registered, to say more about it.
pub struct Route<'a> {
    pub(super) endpoint: &'a mut Endpoint,
    pub(super) schemas: &'a mut Schemas,
}

/// What documents say of a route.
pub(super) enum Description {
    /// Only what the route itself tells.
    Plain,
    /// Nothing.
    Hidden,
    /// What its author said.
    Operation(Box<Operation>),
    /// That it is where clients of this hub connect.
    Hub(Box<openapi_emit::Hub>),
    /// Nothing: the hub tells.
    PartOfHub,
}

impl Route<'_> {
    /// Lets in only whom `guard` does, before anything of the body is read. The handler finds them
    /// in [`Head::identity`](crate::http::Head::identity).
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the route has its guard all the same"
    )]
    pub fn guard(self, guard: &Guard) -> Self {
        self.endpoint.guard = Some(guard.clone());
        self
    }

    /// Lets everybody in, whatever [`ServerBuilder::guard`](super::ServerBuilder::guard) says.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the route is open all the same"
    )]
    pub fn open(self) -> Self {
        self.endpoint.guard = None;
        self
    }

    /// Takes a token out of the query member `access_token`, too: for a route whose answer is a
    /// stream, because a browser cannot set a header on its requests.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the route takes it all the same"
    )]
    pub fn takes_query_token(self) -> Self {
        self.endpoint.entrance = Entrance::Stream;
        self
    }

    /// Describes the route for the documents about the server.
    ///
    /// ```
    /// use realtime_server::{http::{Response, Status}, openapi_emit::Operation, server::ServerBuilder};
    ///
    /// let mut server = ServerBuilder::new();
    /// server
    ///     .get("/count", async |_| Response::json(Status::OK, &1))?
    ///     .describe(|schemas| Operation::new("count").response(200, schemas.json::<u32>("How many.")));
    /// # Ok::<(), realtime_server::server::SetupError>(())
    /// ```
    pub fn describe(self, describe: impl FnOnce(&mut Schemas) -> Operation) {
        let operation = describe(self.schemas);
        self.endpoint.description = Description::Operation(Box::new(operation));
    }

    /// Says which pages may ask for it, instead of those that the
    /// [server](crate::config::CorsConfig) admits. Routes of one path should all say the same.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "the route has its origins all the same"
    )]
    pub fn origins(self, origins: Origins) -> Self {
        self.endpoint.origins = Some(origins);
        self
    }

    /// Leaves the route out of the documents: it is a file of a page, or nobody's business.
    pub fn hide(self) {
        self.endpoint.description = Description::Hidden;
    }
}

impl fmt::Debug for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("method", &self.endpoint.method)
            .finish_non_exhaustive()
    }
}
