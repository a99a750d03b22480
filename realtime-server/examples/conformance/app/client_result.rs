use std::sync::Arc;

use realtime_server::{
    http::{Request, Response, Status},
    hub::Clients,
    server::{ServerBuilder, SetupError},
};

pub(super) fn install(server: &mut ServerBuilder, clients: Clients) -> Result<(), SetupError> {
    let clients = Arc::new(clients);
    server.get("/clientresult/{connectionId}", move |request| {
        let clients = Arc::clone(&clients);
        async move { ask(&clients, &request).await }
    })?;
    Ok(())
}

/// What the client method `Result` of a connection returns, or why it returned nothing.
async fn ask(clients: &Clients, request: &Request) -> Response {
    let id = request.param("connectionId").unwrap_or_default();
    let answer = clients.connection(id).invoke::<i32, _>("Result", ()).await;
    let text = answer.map_or_else(|error| error.to_string(), |number| number.to_string());
    Response::text(Status::OK, text)
}
