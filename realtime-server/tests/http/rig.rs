//! A server on a free port, and the routes that the tests use.

use std::net::SocketAddr;
use std::sync::Arc;

use realtime_server::config::HttpConfig;
use realtime_server::http::{
    Decision, Handler, Head, Pace, Params, Problem, Request, Response, Service, Socket, Status,
    serve,
};
use realtime_server::metrics::Metrics;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::{Answer, Client};

/// The largest body of `/mirror`.
pub(crate) const MIRROR_LIMIT: usize = 1000;

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) drain: CancellationToken,
    /// Ends with the first connection.
    pub(crate) first: JoinHandle<()>,
}

struct Routes<F>(F);

impl<F: Fn(&Head) -> Decision + Send + Sync + 'static> Service for Routes<F> {
    fn route(&self, head: &Head) -> Decision {
        self.0(head)
    }
}

impl Rig {
    /// The usual routes and limits.
    pub(crate) async fn new() -> Self {
        Self::with(HttpConfig::default(), routes).await
    }

    pub(crate) async fn with(
        config: HttpConfig,
        route: impl Fn(&Head) -> Decision + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Arc::new(Metrics::default());
        let drain = CancellationToken::new();
        let service: Arc<dyn Service> = Arc::new(Routes(route));
        let config = Arc::new(config);
        let (counted, stop) = (Arc::clone(&metrics), drain.clone());
        let serve_one = move |stream, peer| {
            let (service, config) = (Arc::clone(&service), Arc::clone(&config));
            let (metrics, drain) = (Arc::clone(&counted), stop.clone());
            tokio::spawn(serve(
                Socket::new(stream, peer),
                service,
                config,
                metrics,
                drain,
            ))
        };
        let first = tokio::spawn(async move {
            let (stream, peer) = listener.accept().await.unwrap();
            let first = serve_one(stream, peer);
            tokio::spawn(async move {
                while let Ok((stream, peer)) = listener.accept().await {
                    serve_one(stream, peer);
                }
            });
            first.await.unwrap();
        });
        Self {
            address,
            metrics,
            drain,
            first,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Sends `bytes` on a new connection and reads the first answer.
    pub(crate) async fn ask(&self, bytes: impl AsRef<[u8]>) -> (Answer, Client) {
        let mut client = self.client().await;
        client.send(bytes).await;
        (client.answer().await, client)
    }

    /// Asserts that `bytes` get this status as the last answer of their connection.
    pub(crate) async fn refuses(&self, bytes: impl AsRef<[u8]>, status: Status) {
        let bytes = bytes.as_ref();
        let (answer, mut client) = self.ask(bytes).await;
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        assert_eq!(
            answer.status,
            status.code(),
            "{shown:?} got {}",
            answer.text()
        );
        assert_eq!(answer.header("connection"), Some("close"), "{shown:?}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{shown:?}"
        );
        assert!(answer.header("date").is_some(), "{shown:?}");
        client.ends().await;
    }

    /// Asserts that `bytes` get this status and leave the connection usable and in sync.
    pub(crate) async fn keeps(&self, bytes: impl AsRef<[u8]>, status: Status) -> Answer {
        let bytes = bytes.as_ref();
        let (answer, mut client) = self.ask(bytes).await;
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        assert_eq!(
            answer.status,
            status.code(),
            "{shown:?} got {}",
            answer.text()
        );
        assert_eq!(answer.header("connection"), None, "{shown:?}");
        client.send(get("/ok")).await;
        assert_eq!(client.answer().await.text(), "ok", "{shown:?}");
        answer
    }
}

/// A plain request without a body.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A request to `/mirror`, with these further lines (each with its line end) and this body.
pub(crate) fn post(lines: &str, body: &str) -> String {
    format!("POST /mirror HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}")
}

/// A decision for a handler that answers at once.
pub(crate) fn reply(
    body_limit: usize,
    answer: impl Fn(Request) -> Response + Send + Sync + 'static,
) -> Decision {
    let handler: Handler = Arc::new(move |request| {
        let response = answer(request);
        Box::pin(async { response })
    });
    Decision::Call {
        body_limit,
        params: Params::default(),
        handler,
        pace: Pace::Prompt,
    }
}

pub(crate) fn routes(head: &Head) -> Decision {
    match head.target.path() {
        "/ok" => reply(MIRROR_LIMIT, |_| Response::text(Status::OK, "ok")),
        "/mirror" => reply(MIRROR_LIMIT, |request| {
            Response::text(Status::OK, request.body)
        }),
        "/none" => reply(0, |_| Response::empty(Status::NO_CONTENT)),
        "/empty" => reply(0, |_| Response::empty(Status::OK)),
        "/inspect" => reply(MIRROR_LIMIT, |request| {
            Response::text(Status::OK, inspect(&request))
        }),
        _ => Decision::Answer(Problem::new(Status::NOT_FOUND).into()),
    }
}

/// How a handler sees a request: method, raw path, authority, query pairs, header lines.
fn inspect(request: &Request) -> String {
    use std::fmt::Write;

    let head = &request.head;
    let mut seen = format!("{} {}\n", request.method(), request.path());
    writeln!(seen, "authority {}", head.authority().unwrap_or("-")).unwrap();
    for (name, value) in head.target.pairs() {
        writeln!(seen, "query {name}={value}").unwrap();
    }
    for (name, value) in head.headers.iter() {
        let (name, value) = (
            String::from_utf8_lossy(name),
            String::from_utf8_lossy(value),
        );
        writeln!(seen, "{name}: {value}").unwrap();
    }
    seen
}
