//! A server with TLS on a free port, and what the tests ask it.

use std::{
    fmt::Write,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use realtime_server::{
    config::{HttpConfig, ServerConfig, StreamConfig, TlsConfig, WebSocketConfig},
    endpoint::EventStream,
    http::{Request, Response, Source, Status, Tls},
    hub::{Caller, Hub},
    metrics::Metrics,
    server::{Listener, ServerBuilder},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::client::TlsStream;

use crate::{
    authority::{Authority, NAME},
    soon,
};

pub(crate) type Secure = TlsStream<TcpStream>;

/// What of a server a test can set.
pub(crate) struct Settings {
    pub(crate) authority: Authority,
    pub(crate) tls: TlsConfig,
    pub(crate) http: HttpConfig,
    pub(crate) server: ServerConfig,
    pub(crate) stream: StreamConfig,
}

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) authority: Authority,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tls: Arc<Tls>,
    /// What is streamed at `/events`.
    pub(crate) events: EventStream,
    /// How often the source of `/endless` was asked.
    pub(crate) asked: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

/// Has always 16 KiB more.
struct Endless(Arc<AtomicUsize>);

impl Source for Endless {
    fn poll_next(&mut self, _: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        self.0.fetch_add(1, Ordering::Relaxed);
        out.push(Bytes::from_static(&[b'x'; 16 * 1024]));
        Poll::Ready(true)
    }
}

/// 16 KiB, so many times, which is said before.
struct Sized(u64);

impl Source for Sized {
    fn poll_next(&mut self, _: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        self.0 -= 1;
        out.push(Bytes::from_static(&[b'z'; 16 * 1024]));
        Poll::Ready(self.0 > 0)
    }

    fn length(&self) -> Option<u64> {
        Some(self.0 * 16 * 1024)
    }
}

/// Begins, and then breaks.
struct Broken(bool);

impl Source for Broken {
    fn poll_next(&mut self, _: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        assert!(!std::mem::replace(&mut self.0, true), "as it should");
        out.push(Bytes::from_static(b"begun"));
        Poll::Ready(true)
    }
}

impl Rig {
    /// A server with the defaults. `test` names its files.
    pub(crate) async fn new(test: &str) -> Self {
        Self::with(test, |_| ()).await
    }

    pub(crate) async fn with(test: &str, set: impl FnOnce(&mut Settings)) -> Self {
        let authority = Authority::new(test);
        let files = authority.write("first", NAME);
        let mut settings = Settings {
            authority,
            tls: TlsConfig::new(files.chain, files.key),
            http: HttpConfig::default(),
            server: ServerConfig::default(),
            stream: StreamConfig::default(),
        };
        settings.tls.reload_interval = Duration::ZERO;
        set(&mut settings);
        let mut server = ServerBuilder::new();
        server.http_config(settings.http);
        server.config(settings.server);
        let events = EventStream::new(settings.stream, Arc::clone(server.metrics()));
        let asked = Arc::new(AtomicUsize::new(0));
        install(&mut server, &events, &asked);
        let metrics = Arc::clone(server.metrics());
        let tls = Tls::load(settings.tls, Arc::clone(&metrics)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listeners = vec![Listener::tls(listener, Arc::clone(&tls))];
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.build().unwrap().serve_all(listeners, async move {
            // A dropped sender stops it, too.
            let _ = stopped.await;
        }));
        Self {
            address,
            authority: settings.authority,
            metrics,
            tls,
            events,
            asked,
            stop: Some(stop),
            serving,
        }
    }

    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has returned.
    pub(crate) async fn stopped(mut self) {
        self.ask_to_stop();
        soon(&mut self.serving).await.unwrap();
    }

    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A client for which the kernel holds little, so that a server soon notices when it does not
    /// read.
    pub(crate) async fn narrow(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// A client that has agreed on HTTP/1.1.
    pub(crate) async fn http1(&self) -> Secure {
        let greeting = self.authority.client(&["http/1.1"]);
        soon(greeting.open(self.tcp().await)).await.unwrap()
    }

    /// That the server still serves others.
    pub(crate) async fn is_well(&self) {
        let answer = ask(&mut self.http1().await, "GET /ok", "Connection: close\r\n").await;
        assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
    }
}

/// Sends a request of HTTP/1.1 that is to be the last, and reads up to the end, which must be one of
/// TLS.
pub(crate) async fn ask(stream: &mut Secure, method_and_path: &str, fields: &str) -> String {
    let head = format!("{method_and_path} HTTP/1.1\r\nHost: {NAME}\r\n{fields}\r\n");
    soon(stream.write_all(head.as_bytes())).await.unwrap();
    let mut answer = Vec::new();
    soon(stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn install(server: &mut ServerBuilder, events: &EventStream, asked: &Arc<AtomicUsize>) {
    server
        .get("/ok", async |_| Response::text(Status::OK, "ok"))
        .unwrap();
    let mirror = async |request: Request| Response::text(Status::OK, request.body);
    server.post("/mirror", mirror).unwrap();
    let inspect = async |request: Request| Response::text(Status::OK, inspect(&request));
    server.get("/inspect", inspect).unwrap();
    let large = async |_| Response::text(Status::OK, vec![b'y'; 1024 * 1024]);
    server.get("/large", large).unwrap();
    server
        .get("/never", async |_| std::future::pending::<Response>().await)
        .unwrap();
    server
        .get("/panics", async |_| -> Response { panic!("as it should") })
        .unwrap();
    let asked = Arc::clone(asked);
    let endless = move |_| {
        let source = Box::new(Endless(Arc::clone(&asked)));
        std::future::ready(Response::stream("text/plain", source))
    };
    server.get("/endless", endless).unwrap();
    let sized = async |_| Response::stream("text/plain", Box::new(Sized(256)));
    server.get("/sized", sized).unwrap();
    let broken = async |_| Response::stream("text/plain", Box::new(Broken(false)));
    server.get("/broken", broken).unwrap();
    server.stream("/events", events).unwrap();
    server
        .websocket("/ws", WebSocketConfig::default(), |mut socket| async move {
            while let Some(message) = socket.receive().await {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
        })
        .unwrap();
    let add = async |_, _: Caller, (a, b): (i64, i64)| Ok(a + b);
    server.hub("/hub", Hub::new(()).method("Add", add)).unwrap();
}

/// How a handler sees a request.
fn inspect(request: &Request) -> String {
    let head = &request.head;
    let mut seen = format!(
        "{:?} {} {}\n",
        head.version,
        head.scheme,
        head.authority().unwrap_or("-")
    );
    for (name, value) in head.headers.iter() {
        let [name, value] = [name, value].map(String::from_utf8_lossy);
        writeln!(seen, "{name}: {value}").unwrap();
    }
    seen
}
