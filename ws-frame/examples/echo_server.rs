//! A WebSocket echo server over blocking sockets: `cargo run --example echo_server`, port 9001.

use std::{
    error::Error,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use bytes::{Buf, BytesMut};
use ws_frame::{Assembler, Close, CloseState, Limits, Message, Role, handshake::Request};

fn main() -> Result<(), Box<dyn Error>> {
    for stream in TcpListener::bind("127.0.0.1:9001")?.incoming() {
        let stream = stream?;
        // A connection that fails ends alone.
        thread::spawn(move || serve(stream).is_ok());
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> Result<(), Box<dyn Error>> {
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut state = CloseState::default();
    let mut is_open = false;
    let mut buffer = [0; 16 * 1024];
    while state != CloseState::Closed {
        let read = stream.read(&mut buffer)?;
        if read == 0 || (!is_open && input.len() > buffer.len()) {
            return Ok(());
        }
        input.extend_from_slice(buffer.get(..read).unwrap_or_default());
        is_open = is_open || open(&mut input, &mut output)?;
        while is_open && state != CloseState::Closed {
            let reply = match assembler.decode(&mut input) {
                Ok(None) => break,
                Ok(Some(Message::Ping(payload))) => Message::Pong(payload),
                Ok(Some(Message::Pong(_))) => continue,
                Ok(Some(Message::Close(close))) => match state.receive(close) {
                    Some(reply) if state.close() => reply,
                    _ => continue,
                },
                Ok(Some(message)) => message,
                Err(error) => {
                    state = CloseState::Closed;
                    Message::Close(Some(Close::new(error.close_code(), "")))
                }
            };
            reply.encode(&mut output)?;
        }
        // All answers to one read leave in one write, also those before a failure.
        stream.write_all(&output)?;
        output.clear();
    }
    Ok(())
}

/// Answers the request once its head is there.
fn open(input: &mut BytesMut, output: &mut BytesMut) -> Result<bool, Box<dyn Error>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(len) = head.parse(input)? else {
        return Ok(false);
    };
    let request = Request::parse(head.headers.iter().map(|h| (h.name.as_bytes(), h.value)))?;
    output.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in request.accept(&[]).fields() {
        output.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    output.extend_from_slice(b"\r\n");
    input.advance(len);
    Ok(true)
}
