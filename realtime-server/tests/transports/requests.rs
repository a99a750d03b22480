//! A client that speaks to a hub by requests.

use std::{net::SocketAddr, time::Duration};

use tokio::time::timeout;

use crate::{
    rig::Rig,
    support::{
        client::{Answer, Client, ask, post},
        hub::HANDSHAKE,
    },
};

pub(crate) const EVENTS: &str = "Accept: text/event-stream\r\n";

/// A negotiated connection.
pub(crate) struct Requests {
    pub(crate) address: SocketAddr,
    pub(crate) id: String,
    pub(crate) path: String,
}

impl Requests {
    pub(crate) async fn negotiate(rig: &Rig) -> Self {
        Self::negotiate_at(rig.address(), "/hub").await
    }

    pub(crate) async fn negotiate_at(address: SocketAddr, path: &str) -> Self {
        let negotiate = format!("{path}/negotiate?negotiateVersion=1");
        let answer = post(address, &negotiate, "").await;
        let member = |name| answer.json()[name].as_str().unwrap().to_owned();
        Self {
            address,
            id: member("connectionId"),
            path: format!("{path}?id={}", member("connectionToken")),
        }
    }

    /// A long polling connection after its handshake.
    pub(crate) async fn polling(rig: &Rig) -> Self {
        let requests = Self::negotiate(rig).await;
        assert_eq!(requests.poll().await.status, 200);
        assert_eq!(requests.post(HANDSHAKE).await.status, 200);
        assert_eq!(requests.poll().await.text(), "{}\u{1e}");
        requests
    }

    /// A connection with an open stream after its handshake, and the stream.
    pub(crate) async fn streaming(rig: &Rig) -> (Self, Client) {
        let requests = Self::negotiate(rig).await;
        let mut stream = requests.open(EVENTS).await;
        assert_eq!(stream.head().await.status, 200);
        assert_eq!(stream.chunk().await.unwrap(), ":\r\n");
        assert_eq!(requests.post(HANDSHAKE).await.status, 200);
        assert_eq!(stream.chunk().await.unwrap(), "data: {}\u{1e}\r\n\r\n");
        (requests, stream)
    }

    /// A GET that is not answered yet.
    pub(crate) async fn open(&self, fields: &str) -> Client {
        let mut client = Client::connect(self.address).await;
        client.request(&format!("GET {}", self.path), fields).await;
        client
    }

    pub(crate) async fn poll(&self) -> Answer {
        ask(self.address, &format!("GET {}", self.path)).await
    }

    pub(crate) async fn post(&self, body: &str) -> Answer {
        post(self.address, &self.path, body).await
    }

    /// A POST that is not answered yet.
    pub(crate) async fn begin_post(&self, body: &str) -> Client {
        let mut client = Client::connect(self.address).await;
        let length = format!("Content-Length: {}\r\n", body.len());
        client
            .request(&format!("POST {}", self.path), &length)
            .await;
        client.send(body).await;
        client
    }

    pub(crate) async fn delete(&self) -> Answer {
        ask(self.address, &format!("DELETE {}", self.path)).await
    }

    /// The connection is over and forgotten.
    pub(crate) async fn is_unknown(&self) {
        loop {
            let answer = self.post("").await;
            if answer.text() == "No Connection with that ID" {
                assert_eq!(answer.status, 404);
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Asserts that nothing comes for a while.
pub(crate) async fn stays_silent(client: &mut Client) {
    let silence = timeout(Duration::from_millis(100), client.more()).await;
    assert!(silence.is_err(), "{:?}", client.buffer);
}
