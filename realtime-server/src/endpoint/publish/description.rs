use openapi_emit::{MediaType, Operation, Parameter, RequestBody, Response, Schema};

use super::{Publisher, publication::Publication, publisher::Receipt};
use crate::description::Schemas;

impl Publisher {
    /// What documents say of its route.
    pub(crate) fn describe(schemas: &mut Schemas) -> Operation {
        let one = schemas.received::<Publication>();
        let body = Schema::any_of([one.clone(), Schema::array(one)]);
        let body = RequestBody::new(MediaType::json(body))
            .content(MediaType::of("text/plain", Schema::string()))
            .description("One event, a list of events, or the data of one as text.")
            .optional();
        let receipt = schemas.sent::<Receipt>();
        let receipts = Schema::any_of([receipt.clone(), Schema::array(receipt)]);
        Operation::new("publish")
            .tag("Streams")
            .summary("Publish events to a stream")
            .parameter(Parameter::path("stream", Schema::string()).description("Its name."))
            .body(body)
            .response(
                200,
                Response::new("They were sent.").content(MediaType::json(receipts)),
            )
            .response(400, schemas.problem("The body is wrong."))
            .response(401, schemas.problem("The token is missing or unknown."))
            .response(
                403,
                schemas.problem("The caller may not, or a page of another origin asks."),
            )
            .response(404, schemas.problem("There is no such stream."))
            .response(409, schemas.problem("An id was used before."))
            .response(413, schemas.problem("The body or an event is too large."))
    }
}
