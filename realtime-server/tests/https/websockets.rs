//! WebSockets over HTTP/2 (RFC 8441).

use std::future::poll_fn;

use bytes::{Bytes, BytesMut};
use h2::{Reason, RecvStream, SendStream, ext::Protocol};
use http::Request;
use ws_frame::{Assembler, Close, CloseCode, Frame, Limits, Message, Opcode, Role};

use crate::{
    http2::{Client, get, to},
    rig::Rig,
    soon, until,
};

const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

struct Socket {
    outgoing: SendStream<Bytes>,
    incoming: RecvStream,
    buffer: BytesMut,
    assembler: Assembler,
}

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Text(String),
    Closed(Option<u16>),
    End,
}

/// A request for a WebSocket.
fn opening(path: &str) -> http::request::Builder {
    to("CONNECT", path)
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13")
}

async fn open(client: &mut Client, request: Request<()>) -> Result<Socket, u16> {
    let enabled = || client.requests.is_extended_connect_protocol_enabled();
    until(enabled).await;
    let (response, outgoing) = client.begin(request).await;
    let response = soon(response).await.unwrap();
    if response.status() != 200 {
        return Err(response.status().as_u16());
    }
    let fields = response.headers();
    for name in ["upgrade", "connection", "sec-websocket-accept"] {
        assert_eq!(fields.get(name), None);
    }
    Ok(Socket {
        outgoing,
        incoming: response.into_body(),
        buffer: BytesMut::new(),
        assembler: Assembler::new(Role::Client, Limits::default()),
    })
}

impl Socket {
    fn send(&mut self, text: &str) {
        let mut bytes = BytesMut::new();
        Frame::new(Opcode::Text, text.as_bytes())
            .encode_masked(KEY, &mut bytes)
            .unwrap();
        self.outgoing.send_data(bytes.freeze(), false).unwrap();
    }

    async fn next(&mut self) -> Heard {
        loop {
            match self.assembler.decode(&mut self.buffer).unwrap() {
                Some(Message::Text(text)) => return Heard::Text(text.as_str().to_owned()),
                Some(Message::Close(close)) => {
                    return Heard::Closed(close.map(|close| close.code().as_u16()));
                }
                Some(_) => {}
                None => match soon(poll_fn(|cx| self.incoming.poll_data(cx))).await {
                    Some(data) => {
                        let data = data.unwrap();
                        let _ = self.incoming.flow_control().release_capacity(data.len());
                        self.buffer.extend_from_slice(&data);
                    }
                    None => return Heard::End,
                },
            }
        }
    }
}

//= https://www.rfc-editor.org/rfc/rfc8441#section-4
//# A new pseudo-header field :protocol MAY be included on request HEADERS indicating the desired
//# protocol to be spoken on the tunnel created by CONNECT.
#[tokio::test]
async fn messages_go_both_ways_beside_other_requests() {
    let rig = Rig::new("h2-ws").await;
    let mut client = Client::new(&rig).await;
    let request = || opening("/ws").body(()).unwrap();
    let mut first = open(&mut client, request()).await.ok().unwrap();
    let mut second = open(&mut client, request()).await.ok().unwrap();
    first.send("one");
    second.send("two");
    assert_eq!(second.next().await, Heard::Text("two".into()));
    assert_eq!(client.ask(get("/ok")).await.body, "ok");
    assert_eq!(first.next().await, Heard::Text("one".into()));
    let large = "x".repeat(300_000);
    let mut bytes = BytesMut::new();
    Frame::new(Opcode::Text, large.as_bytes())
        .encode_masked(KEY, &mut bytes)
        .unwrap();
    first.outgoing.send_data(bytes.freeze(), false).unwrap();
    assert_eq!(first.next().await, Heard::Text(large));
    assert_eq!(rig.metrics.websocket_connections.value(), 2);
    assert_eq!(rig.metrics.upgrades.value(), 2);
}

#[tokio::test]
async fn a_close_ends_the_stream_and_not_the_connection() {
    let rig = Rig::new("h2-ws-close").await;
    let mut client = Client::new(&rig).await;
    let mut socket = open(&mut client, opening("/ws").body(()).unwrap())
        .await
        .ok()
        .unwrap();
    let mut bytes = BytesMut::new();
    let close = Message::Close(Some(Close::new(CloseCode::NORMAL, "")));
    close.encode_masked(KEY, &mut bytes).unwrap();
    socket.outgoing.send_data(bytes.freeze(), false).unwrap();
    assert_eq!(socket.next().await, Heard::Closed(Some(1000)));
    assert_eq!(socket.next().await, Heard::End);
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn a_hub_is_reached_the_same_way() {
    let mut rig = Rig::new("h2-hub").await;
    let mut client = Client::new(&rig).await;
    let mut socket = open(&mut client, opening("/hub").body(()).unwrap())
        .await
        .ok()
        .unwrap();
    socket.send("{\"protocol\":\"json\",\"version\":1}\u{1e}");
    assert_eq!(socket.next().await, Heard::Text("{}\u{1e}".into()));
    socket.send("{\"type\":1,\"invocationId\":\"0\",\"target\":\"Add\",\"arguments\":[1,2]}\u{1e}");
    let answer = "{\"type\":3,\"invocationId\":\"0\",\"result\":3}\u{1e}";
    assert_eq!(socket.next().await, Heard::Text(answer.into()));
    rig.ask_to_stop();
    let close = "{\"type\":7,\"allowReconnect\":true}\u{1e}";
    assert_eq!(socket.next().await, Heard::Text(close.into()));
    assert_eq!(socket.next().await, Heard::Closed(Some(1000)));
    drop((socket, client));
    rig.stopped().await;
}

#[tokio::test]
async fn a_lost_connection_ends_its_websockets() {
    let rig = Rig::new("h2-ws-lost").await;
    let mut client = Client::new(&rig).await;
    let _socket = open(&mut client, opening("/ws").body(()).unwrap())
        .await
        .ok()
        .unwrap();
    client.connection.abort();
    // The handler has returned, and the server is free to end.
    rig.stopped().await;
}

#[tokio::test]
async fn what_opens_no_websocket_says_so() {
    let rig = Rig::new("h2-ws-refused").await;
    let mut client = Client::new(&rig).await;
    let foreign = opening("/ws").header("origin", "https://evil.example");
    let clear = opening("/ws").header("origin", "http://localhost");
    let version = to("CONNECT", "/ws")
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "12");
    let other = to("CONNECT", "/ws").extension(Protocol::from_static("connect-udp"));
    for (request, status) in [
        (foreign, 403),
        (clear, 403),
        (version, 426),
        (other, 501),
        (opening("/missing"), 404),
        // It would take the answer for a tunnel.
        (opening("/ok"), 501),
        (opening("/ws").header("origin", "https://localhost"), 200),
    ] {
        let request = request.body(()).unwrap();
        let shown = format!("{:?} {:?}", request.uri(), request.headers());
        let opened = open(&mut client, request).await;
        assert_eq!(
            opened.map_or_else(|status| status, |_| 200),
            status,
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_reset_is_a_lost_socket() {
    let rig = Rig::new("h2-ws-reset").await;
    let mut client = Client::new(&rig).await;
    let mut socket = open(&mut client, opening("/ws").body(()).unwrap())
        .await
        .ok()
        .unwrap();
    socket.outgoing.send_reset(Reason::CANCEL);
    rig.stopped().await;
}
