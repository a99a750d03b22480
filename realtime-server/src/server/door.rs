use std::{future::Future, sync::Arc};

use futures_util::FutureExt;
use tokio::{sync::Semaphore, task::JoinSet};
use tracing::debug;

use super::{admission::Admission, farewell::Farewells, listener::Accepted, tuning};
use crate::http::{self, HeaderValue, Response, Serving, Socket, Status};

/// What a connection comes through before it is served.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) admission: Arc<Admission>,
    pub(super) farewells: Arc<Farewells>,
    pub(super) serving: Serving,
    /// One for each connection that may be.
    pub(super) permits: Arc<Semaphore>,
}

impl Door {
    /// Lets a connection run among the others, if there is a place for it.
    pub(super) fn enter(&self, accepted: Accepted, connections: &mut JoinSet<()>) {
        tuning::tune(&accepted.stream, accepted.peer);
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            // The permit is kept for as long as the connection runs, on whatever way it ends. (A
            // future that awaits another one would hold it twice.)
            let connection = self.clone().serve(accepted);
            connections.spawn(connection.map(move |()| drop(permit)));
            return;
        }
        let Accepted { stream, peer, tls } = accepted;
        self.serving.metrics.connections_refused.incr();
        debug!(%peer, "refused: as many connections as there may be");
        // Only where it could be read without a handshake.
        if tls.is_none()
            && let Some(farewell) = self.farewells.say(&full(), stream, peer)
        {
            connections.spawn(farewell);
        }
    }

    fn serve(self, accepted: Accepted) -> impl Future<Output = ()> + Send + 'static {
        let Self {
            admission,
            farewells,
            serving,
            permits,
        } = self;
        let Accepted {
            mut stream,
            peer,
            tls,
        } = accepted;
        // Only what is in clear text is not boxed: it needs less room.
        async move {
            let client = match admission.admit(&mut stream, peer).await {
                Ok(client) => client,
                Err(refused) => {
                    let answer = refused.filter(|_| tls.is_none());
                    let said = answer.and_then(|answer| farewells.say(&answer, stream, peer));
                    if let Some(farewell) = said {
                        farewell.await;
                    }
                    return;
                }
            };
            match tls {
                Some(tls) => Box::pin(tls.serve(stream, client.peer, serving, permits)).await,
                None => http::run(Socket::new(stream, client.peer), serving).await,
            }
        }
    }
}

/// What a client over the limit of connections is told. Its request is not read.
fn full() -> Response {
    Response::empty(Status::SERVICE_UNAVAILABLE)
        .header("retry-after", const { HeaderValue::from_static("5") })
}
