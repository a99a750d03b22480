//! Bodies of requests over HTTP/2.

use std::{future::poll_fn, time::Duration};

use bytes::Bytes;

use crate::{
    http2::{Client, get, to, whole},
    rig::Rig,
    soon,
};

/// The limit of `/mirror`.
const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn a_body_may_be_as_large_as_its_route_allows() {
    let rig = Rig::new("h2-body").await;
    let mut client = Client::new(&rig).await;
    for (size, status) in [(LIMIT - 1, 200), (LIMIT, 200), (LIMIT + 1, 413)] {
        // Without a length, and with one.
        let (response, mut stream) = client.begin(to("POST", "/mirror").body(()).unwrap()).await;
        send_slowly(&mut stream, size).await;
        let answer = whole(soon(response).await.unwrap()).await.unwrap();
        assert_eq!(answer.status, status, "{size}");
        let announced = to("POST", "/mirror").header("content-length", size);
        let (response, mut stream) = client.begin(announced.body(()).unwrap()).await;
        send_slowly(&mut stream, size).await;
        assert_eq!(soon(response).await.unwrap().status(), status, "{size}");
    }
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn bodies_share_their_room_with_those_of_other_streams() {
    let rig = Rig::with("h2-room", |settings| {
        settings.server.max_body_memory = 8 * 1024;
    })
    .await;
    let mut client = Client::new(&rig).await;
    for (size, status) in [(8 * 1024, 200), (8 * 1024 + 1, 503), (8 * 1024, 200)] {
        let (response, mut stream) = client.begin(to("POST", "/mirror").body(()).unwrap()).await;
        send_slowly(&mut stream, size).await;
        let response = soon(response).await.unwrap();
        assert_eq!(response.status(), status, "{size}");
        let waits = response.headers().contains_key("retry-after");
        assert_eq!(waits, status == 503);
    }
}

/// As much as the server lets it, in pieces.
async fn send_slowly(stream: &mut h2::SendStream<Bytes>, mut left: usize) {
    while left > 0 {
        stream.reserve_capacity(left.min(8 * 1024));
        // The server may have seen enough.
        let Some(Ok(room)) = soon(poll_fn(|cx| stream.poll_capacity(cx))).await else {
            return;
        };
        let piece = room.min(left);
        left -= piece;
        if stream
            .send_data(vec![b'z'; piece].into(), left == 0)
            .is_err()
        {
            return;
        }
    }
}

#[tokio::test]
async fn a_body_must_come_in_time() {
    let rig = Rig::with("h2-slow-body", |settings| {
        settings.http.body_timeout = Duration::from_millis(50);
    })
    .await;
    let mut client = Client::new(&rig).await;
    let (response, mut stream) = client.begin(to("POST", "/mirror").body(()).unwrap()).await;
    stream
        .send_data(Bytes::from_static(b"begun"), false)
        .unwrap();
    assert_eq!(soon(response).await.unwrap().status(), 408);
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn a_client_that_waits_is_invited() {
    let rig = Rig::new("h2-continue").await;
    let mut client = Client::new(&rig).await;
    let request = to("POST", "/mirror").header("expect", "100-continue");
    let (mut response, mut stream) = client.begin(request.body(()).unwrap()).await;
    let invited = soon(poll_fn(|cx| response.poll_informational(cx))).await;
    assert_eq!(invited.unwrap().unwrap().status(), 100);
    stream.send_data(Bytes::from_static(b"now"), true).unwrap();
    let answer = whole(soon(response).await.unwrap()).await.unwrap();
    assert_eq!(answer.body, "now");
}
