use std::{future::ready, sync::Arc};

use openapi_emit::{MediaType, Operation, Response as Described, Schema};

use super::Settings;
use crate::{
    auth::Guard,
    http::{Response, Status},
    metrics::Metrics,
    server::{ServerBuilder, SetupError},
};

/// Adds the page that Prometheus reads. How busy a server is, is for those who may publish.
pub(super) fn install(server: &mut ServerBuilder, settings: &Settings) -> Result<(), SetupError> {
    let metrics = Arc::clone(server.metrics());
    server
        .get("/metrics", move |_| ready(page(&metrics)))?
        .guard(&Guard::new(Arc::clone(&settings.publishers)))
        .describe(|schemas| {
            let text = MediaType::of("text/plain", Schema::string());
            Operation::new("getMetrics")
                .tag("Metrics")
                .summary("Read the counters of the server, for Prometheus")
                .response(200, Described::new("The counters.").content(text))
                .response(
                    401,
                    schemas.problem("No token is shown, or one that is not good."),
                )
        });
    Ok(())
}

fn page(metrics: &Metrics) -> Response {
    let text = metrics.exposition();
    Response::bytes(Status::OK, Metrics::EXPOSITION_TYPE, text.into())
}
