//! A client of HTTP/2.

use std::future::poll_fn;

use bytes::{Bytes, BytesMut};
use h2::{
    RecvStream, SendStream,
    client::{self, SendRequest},
};
use http::{HeaderMap, Request};
use tokio::{net::TcpStream, task::JoinHandle};

use crate::{authority::NAME, rig::Rig, soon};

pub(crate) struct Client {
    pub(crate) requests: SendRequest<Bytes>,
    /// The connection, and how it ended.
    pub(crate) connection: JoinHandle<Result<(), h2::Error>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.to_str().ok()
    }
}

/// A request of this server.
pub(crate) fn to(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("https://{NAME}{path}"))
}

pub(crate) fn get(path: &str) -> Request<()> {
    to("GET", path).body(()).unwrap()
}

impl Client {
    pub(crate) async fn new(rig: &Rig) -> Self {
        Self::over(rig, rig.tcp().await, &client::Builder::new()).await
    }

    pub(crate) async fn over(rig: &Rig, stream: TcpStream, builder: &client::Builder) -> Self {
        let greeting = rig.authority.client(&["h2"]);
        let stream = soon(greeting.open(stream)).await.unwrap();
        let (requests, connection) = soon(builder.handshake(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let requests = soon(requests.ready()).await.unwrap();
        Self {
            requests,
            connection,
        }
    }

    /// Begins a request whose body follows.
    pub(crate) async fn begin(
        &mut self,
        request: Request<()>,
    ) -> (client::ResponseFuture, SendStream<Bytes>) {
        soon(poll_fn(|cx| self.requests.poll_ready(cx)))
            .await
            .unwrap();
        self.requests.send_request(request, false).unwrap()
    }

    /// Sends a request without a body; gives the head of the answer.
    pub(crate) async fn open(
        &mut self,
        request: Request<()>,
    ) -> Result<http::Response<RecvStream>, h2::Error> {
        soon(poll_fn(|cx| self.requests.poll_ready(cx))).await?;
        let (response, _) = self.requests.send_request(request, true)?;
        soon(response).await
    }

    pub(crate) async fn ask(&mut self, request: Request<()>) -> Answer {
        let response = self.open(request).await.unwrap();
        whole(response).await.unwrap()
    }

    pub(crate) async fn send(&mut self, request: Request<()>, body: &[u8]) -> Answer {
        let (response, mut stream) = self.begin(request).await;
        stream
            .send_data(Bytes::copy_from_slice(body), true)
            .unwrap();
        whole(soon(response).await.unwrap()).await.unwrap()
    }
}

/// Reads an answer to its end.
pub(crate) async fn whole(response: http::Response<RecvStream>) -> Result<Answer, h2::Error> {
    let (parts, mut stream) = response.into_parts();
    let mut body = BytesMut::new();
    while let Some(data) = soon(stream.data()).await {
        let data = data?;
        let _ = stream.flow_control().release_capacity(data.len());
        body.extend_from_slice(&data);
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        fields: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    })
}

/// Reads on until the text of a stream ends with `end`.
pub(crate) async fn up_to(stream: &mut RecvStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let data = soon(stream.data()).await.unwrap().unwrap();
        let _ = stream.flow_control().release_capacity(data.len());
        text += std::str::from_utf8(&data).unwrap();
    }
    text
}
