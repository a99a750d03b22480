use std::fmt;

use openapi_emit::Operation;

use super::router::Endpoint;
use crate::{config::Origins, description::Schemas};

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
    #[must_use]
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
