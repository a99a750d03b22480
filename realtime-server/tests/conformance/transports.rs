//! The raw echo and the hub without WebSockets, over the transports that they have.

use std::net::SocketAddr;

use ws_frame::{Assembler, Frame, Limits, Message, Opcode, Role};

use crate::{
    start,
    support::{
        client::{Answer, Client, ask, post},
        hub::{Heard, HubClient},
    },
};

const NEGOTIATE: &str = "negotiate?negotiateVersion=1";

/// A negotiated connection below `path`: where its transports are, and those that are offered.
async fn negotiate(address: SocketAddr, path: &str) -> (String, Vec<String>) {
    let answer = post(address, &format!("{path}/{NEGOTIATE}"), "")
        .await
        .json();
    let token = answer["connectionToken"].as_str().unwrap();
    let offered = answer["availableTransports"].as_array().unwrap().iter();
    let offered = offered.map(|offer| offer["transport"].as_str().unwrap().to_owned());
    (format!("{path}?ID={token}"), offered.collect())
}

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.text())
}

#[tokio::test]
async fn the_raw_echo_sends_back_over_all_three() {
    let server = start().await;
    let address = server.address;
    let (path, offered) = negotiate(address, "/echo").await;
    assert_eq!(offered, ["WebSockets", "ServerSentEvents", "LongPolling"]);
    let mut socket = HubClient::connect(Client::connect(address).await, &path).await;
    socket.text("a\u{1e}").await;
    assert_eq!(socket.next().await, Heard::Record("a".to_owned()));

    let (path, _) = negotiate(address, "/Echo").await;
    let mut stream = Client::connect(address).await;
    let accept = "Accept: text/event-stream\r\n";
    stream.request(&format!("GET {path}"), accept).await;
    assert_eq!(stream.head().await.status, 200);
    assert_eq!(stream.chunk().await.unwrap(), ":\r\n");
    assert_eq!(told(&post(address, &path, "b").await), (200, ""));
    assert_eq!(stream.chunk().await.unwrap(), "data: b\r\n\r\n");

    let (path, _) = negotiate(address, "/echo").await;
    let poll = format!("GET {path}");
    assert_eq!(told(&ask(address, &poll).await), (200, ""));
    assert_eq!(told(&post(address, &path, "c").await), (200, ""));
    assert_eq!(told(&ask(address, &poll).await), (200, "c"));
    assert_eq!(ask(address, &format!("DELETE {path}")).await.status, 202);
}

#[tokio::test]
async fn the_raw_echo_sends_no_half_of_a_character_as_text() {
    let server = start().await;
    let (path, _) = negotiate(server.address, "/echo").await;
    let mut client = HubClient::connect(Client::connect(server.address).await, &path).await;
    let text = "\u{1F44B}".repeat(3_000);
    let (front, back) = text.as_bytes().split_at(7_001);
    client.frames(&[Frame::new(Opcode::Binary, front)]).await;
    client.frames(&[Frame::new(Opcode::Binary, back)]).await;
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    let mut echoed = String::new();
    while echoed.len() < text.len() {
        match assembler.decode(&mut client.client.buffer).unwrap() {
            Some(Message::Text(text)) => echoed.push_str(text.as_str()),
            Some(other) => panic!("{other:?}"),
            None => assert!(client.client.more().await),
        }
    }
    assert!(echoed == text);
    assert_eq!(assembler.decode(&mut client.client.buffer).unwrap(), None);
    // What is no text comes back as it is, at the latest after a moment.
    client.frames(&[Frame::new(Opcode::Binary, b"\xE2")]).await;
    while client.client.buffer.len() < 3 {
        assert!(client.client.more().await);
    }
    assert_eq!(&client.client.buffer[..], b"\x82\x01\xE2");
}

#[tokio::test]
async fn a_redirected_raw_echo_keeps_its_query() {
    let server = start().await;
    let answer = ask(server.address, &format!("POST /echoredirect/{NEGOTIATE}")).await;
    let location = answer.field("location").unwrap();
    assert_eq!(
        (answer.status, location),
        (307, "/echo/negotiate?negotiateVersion=1")
    );
    assert_eq!(
        ask(server.address, &format!("POST {location}"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_hub_without_websockets_offers_the_other_two() {
    let server = start().await;
    let (path, offered) = negotiate(server.address, "/testhub-nowebsockets").await;
    assert_eq!(offered, ["ServerSentEvents", "LongPolling"]);
    let client = Client::connect(server.address).await;
    let Err(refusal) = HubClient::upgrade(client, &path, "").await else {
        panic!("a WebSocket was opened");
    };
    assert_eq!(refusal.status, 404);
}
