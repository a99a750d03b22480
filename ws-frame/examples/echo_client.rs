//! Says something, prints the echo and closes: `cargo run --example echo_client -- hello`.

#![expect(clippy::print_stdout, reason = "it is what the example does")]

use std::{
    env,
    error::Error,
    io::{Read, Write},
    net::TcpStream,
};

use bytes::{Buf, BytesMut};
use ws_frame::{Assembler, Close, CloseCode, CloseState, Limits, Message, Role, handshake::Offer};

fn main() -> Result<(), Box<dyn Error>> {
    let text = env::args().nth(1).unwrap_or_else(|| "hello".to_owned());
    let mut stream = TcpStream::connect("127.0.0.1:9001")?;
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());

    open(&mut stream, &mut input)?;
    Message::text(&text).encode_masked(getrandom::u32()?.to_ne_bytes(), &mut output)?;

    let mut assembler = Assembler::new(Role::Client, Limits::default());
    let mut state = CloseState::default();
    while state != CloseState::Closed {
        stream.write_all(&output)?;
        output.clear();
        read(&mut stream, &mut input)?;
        while let Some(message) = assembler.decode(&mut input)? {
            let reply = match message {
                Message::Ping(payload) => Message::Pong(payload),
                Message::Close(close) => match state.receive(close) {
                    Some(reply) if state.close() => reply,
                    _ => continue,
                },
                Message::Text(text) if state.close() => {
                    println!("{text}");
                    Message::Close(Some(Close::new(CloseCode::NORMAL, "heard enough")))
                }
                _ => continue,
            };
            reply.encode_masked(getrandom::u32()?.to_ne_bytes(), &mut output)?;
        }
    }
    Ok(())
}

/// Opens the connection; what came behind the server's answer stays in `input`.
fn open(stream: &mut TcpStream, input: &mut BytesMut) -> Result<(), Box<dyn Error>> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    let offer = Offer::new(nonce, &[])?;
    write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n")?;
    for (name, value) in offer.fields() {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    loop {
        read(stream, input)?;
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        if let httparse::Status::Complete(len) = head.parse(input)? {
            let fields = head.headers.iter().map(|h| (h.name.as_bytes(), h.value));
            offer.verify(head.code.unwrap_or_default(), fields)?;
            input.advance(len);
            return Ok(());
        }
    }
}

fn read(stream: &mut TcpStream, input: &mut BytesMut) -> Result<(), Box<dyn Error>> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer)? {
        0 => return Err("the server hung up".into()),
        read => input.extend_from_slice(buffer.get(..read).unwrap_or_default()),
    }
    Ok(())
}
