//! The loop that the documentation of each shows: a message is read, and written back.

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use ws_frame::handshake::Request;

use super::Failure;

pub(crate) async fn serve(name: &str, listener: TcpListener) -> Result<(), Failure> {
    loop {
        let (mut socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        upgrade(&mut socket).await?;
        // What fails shows as a server that echoes nothing.
        match name {
            "tungstenite" => {
                let socket = socket.into_std()?;
                socket.set_nonblocking(false)?;
                std::thread::spawn(move || drop(tungstenite(socket)));
            }
            "fastwebsockets" => drop(tokio::spawn(fastwebsockets(socket))),
            "tokio-websockets" => drop(tokio::spawn(tokio_websockets(socket))),
            "sockudo-ws" => drop(tokio::spawn(sockudo_ws(socket))),
            _ => return Err(format!("there is no server {name}").into()),
        }
    }
}

/// The opening handshake, for all of them by ws-frame.
async fn upgrade(socket: &mut TcpStream) -> Result<(), Failure> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let fields = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let request = Request::parse(fields.map(|(name, value)| (name.as_bytes(), value.as_bytes())))?;
    let mut answer = String::from("HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in request.accept(&[]).fields() {
        answer.extend([name, ": ", value, "\r\n"]);
    }
    answer.push_str("\r\n");
    socket.write_all(answer.as_bytes()).await?;
    Ok(())
}

/// A thread for each connection, since it does without an executor.
fn tungstenite(socket: std::net::TcpStream) -> Result<(), Failure> {
    let role = tungstenite::protocol::Role::Server;
    let mut socket = tungstenite::WebSocket::from_raw_socket(socket, role, None);
    loop {
        let message = socket.read()?;
        socket.send(message)?;
    }
}

async fn fastwebsockets(socket: TcpStream) -> Result<(), Failure> {
    let role = fastwebsockets::Role::Server;
    let socket = fastwebsockets::WebSocket::after_handshake(socket, role);
    let mut socket = fastwebsockets::FragmentCollector::new(socket);
    loop {
        let frame = socket.read_frame().await?;
        socket.write_frame(frame).await?;
    }
}

async fn tokio_websockets(socket: TcpStream) -> Result<(), Failure> {
    let mut socket = tokio_websockets::ServerBuilder::new().serve(socket);
    while let Some(message) = socket.next().await {
        socket.send(message?).await?;
    }
    Ok(())
}

async fn sockudo_ws(socket: TcpStream) -> Result<(), Failure> {
    let config = sockudo_ws::Config::default();
    let mut socket = sockudo_ws::WebSocketStream::server(socket, config);
    while let Some(message) = socket.next().await {
        socket.send(message?).await?;
    }
    Ok(())
}
