//! The MessagePack protocol on each transport.

use bytes::BytesMut;
use signalr_protocol::{
    Completion, Decoder, Invocation, Limits, Message, Outcome, Protocol, Typed,
};
use ws_frame::{Frame, Opcode};

use crate::{
    requests::{EVENTS, Requests},
    rig::Rig,
    support::{
        client::Client,
        hub::{HubClient, masked},
        until,
    },
};

const HANDSHAKE: &str = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";

fn call(id: &str, method: &str, numbers: (i64, i64)) -> BytesMut {
    let mut bytes = BytesMut::new();
    let mut call = Invocation::new(method, Typed(&numbers));
    call.invocation_id = Some(id.into());
    call.encode(Protocol::MessagePack, &mut bytes).unwrap();
    bytes
}

fn sum(id: &str, sum: i64) -> BytesMut {
    let mut bytes = BytesMut::new();
    Completion::new(id, Outcome::Result(Typed(&sum)))
        .encode(Protocol::MessagePack, &mut bytes)
        .unwrap();
    bytes
}

fn told(text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    Invocation::new("Told", Typed(&(text,)))
        .encode(Protocol::MessagePack, &mut bytes)
        .unwrap();
    bytes
}

/// The next frame of a server, which is not masked.
async fn frame(client: &mut Client) -> (u8, BytesMut) {
    while client.buffer.len() < 2 || client.buffer.len() < 2 + usize::from(client.buffer[1]) {
        assert!(client.more().await);
    }
    let length = usize::from(client.buffer[1]);
    assert!(length < 126);
    let mut frame = client.buffer.split_to(2 + length);
    let payload = frame.split_off(2);
    (frame[0], payload)
}

#[tokio::test]
async fn goes_in_binary_frames_and_so_does_the_answer_to_the_handshake() {
    let rig = Rig::new().await;
    let mut hub = HubClient::connect(Client::connect(rig.address()).await, "/hub").await;
    hub.text(HANDSHAKE).await;
    let binary = 0x80 | 0x2;
    let accepted = (binary, BytesMut::from("{}\u{1e}"));
    assert_eq!(frame(&mut hub.client).await, accepted);
    let bytes = masked(&[Frame::new(Opcode::Binary, &call("0", "Add", (1, 2)))]);
    hub.client.send(bytes).await;
    assert_eq!(frame(&mut hub.client).await, (binary, sum("0", 3)));
    rig.clients.all().send("Told", ("news",)).await.unwrap();
    assert_eq!(frame(&mut hub.client).await, (binary, told("news")));
}

#[tokio::test]
async fn goes_in_polls_beside_clients_that_speak_json() {
    let rig = Rig::new().await;
    let other = Requests::polling(&rig).await;
    let requests = Requests::negotiate(&rig).await;
    requests.poll().await;
    requests.post(HANDSHAKE).await;
    assert_eq!(requests.poll().await.text(), "{}\u{1e}");
    let mut client = Client::connect(rig.address()).await;
    let body = call("0", "Add", (1, 2));
    let length = format!("Content-Length: {}\r\n", body.len());
    client
        .request(&format!("POST {}", requests.path), &length)
        .await;
    client.send(&body).await;
    assert_eq!(client.answer().await.status, 200);
    assert_eq!(requests.poll().await.body, sum("0", 3));
    rig.clients.all().send("Told", ("news",)).await.unwrap();
    assert_eq!(requests.poll().await.body, told("news"));
    let json = "{\"type\":1,\"target\":\"Told\",\"arguments\":[\"news\"]}\u{1e}";
    assert_eq!(other.poll().await.text(), json);
}

#[tokio::test]
async fn is_refused_on_server_sent_events() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    let mut stream = requests.open(EVENTS).await;
    stream.head().await;
    stream.chunk().await;
    requests.post(HANDSHAKE).await;
    let refusal = "data: {\"error\":\"Cannot use the 'messagepack' protocol on the current \
        transport. The transport does not support 'Binary' transfer format.\"}\u{1e}\r\n\r\n";
    assert_eq!(stream.chunk().await.unwrap(), refusal);
    assert_eq!(stream.chunk().await, None);
}

#[tokio::test]
async fn ends_with_a_close_message_of_its_own() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    requests.poll().await;
    requests.post(HANDSHAKE).await;
    assert_eq!(requests.poll().await.text(), "{}\u{1e}");
    // No message of MessagePack.
    requests.post("\u{1}\u{1}").await;
    let last = requests.poll().await;
    let mut bytes = BytesMut::from(&last.body[..]);
    let mut decoder = Decoder::new(Limits::default());
    decoder.set_protocol(Protocol::MessagePack);
    let record = decoder.decode(&mut bytes).unwrap().unwrap();
    let Some(Message::Close(close)) = Message::parse(&record).unwrap() else {
        panic!("{last:?}");
    };
    assert_eq!(
        close.error.as_deref(),
        Some("Connection closed with an error.")
    );
    assert_eq!(requests.poll().await.status, 204);
}

#[tokio::test]
async fn what_it_cannot_say_reaches_the_clients_that_speak_json() {
    let rig = Rig::new().await;
    let mut text = rig.open().await;
    let mut binary = HubClient::connect(Client::connect(rig.address()).await, "/hub").await;
    binary.text(HANDSHAKE).await;
    assert_eq!(frame(&mut binary.client).await.1, "{}\u{1e}");
    until(|| rig.clients.count() == 2).await;
    let ids = rig.clients.all().ids();
    rig.clients.all().send("Told", (u128::MAX,)).await.unwrap();
    rig.clients.all().send("Told", ("next",)).await.unwrap();
    let max = format!(
        r#"{{"type":1,"target":"Told","arguments":[{}]}}"#,
        u128::MAX
    );
    assert_eq!(text.record().await, max);
    let next = r#"{"type":1,"target":"Told","arguments":["next"]}"#;
    assert_eq!(text.record().await, next);
    // Nothing takes the place of what could not be written.
    assert_eq!(frame(&mut binary.client).await.1, told("next"));
    assert_eq!(rig.metrics().hub_messages_unwritten.value(), 1);
    // Who sends to one connection is told.
    let mut refused = 0;
    for id in &ids {
        let client = rig.clients.connection(id);
        refused += usize::from(client.send("Told", (u128::MAX,)).await.is_err());
    }
    assert_eq!(refused, 1);
    assert_eq!(text.record().await, max);
    assert_eq!(rig.metrics().hub_messages_unwritten.value(), 1);
}
