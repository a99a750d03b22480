//! The echo server that `scripts/autobahn` tests. It takes any free port of 127.0.0.1 and prints the
//! address: `cargo run --example autobahn_server`.

#![expect(clippy::print_stdout, reason = "the test script reads the address")]

use std::{
    error::Error,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use bytes::{Buf, BytesMut};
use ws_frame::{Assembler, Close, CloseState, Limits, Message, Role, handshake::Request};

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        // A connection that fails ends alone.
        thread::spawn(move || serve(stream).is_ok());
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> Result<(), Box<dyn Error>> {
    stream.set_nodelay(true)?;
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let mut buffer = vec![0; 64 * 1024];
    while !open(&mut input, &mut output)? {
        if read(&mut stream, &mut buffer, &mut input)? == 0 {
            return Ok(());
        }
    }
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut state = CloseState::default();
    loop {
        while state != CloseState::Closed {
            match assembler.decode(&mut input) {
                Ok(None) => break,
                Ok(Some(message)) => answer(message, &mut state, &mut output)?,
                Err(error) => {
                    state = CloseState::Closed;
                    let close = Close::new(error.close_code(), "");
                    Message::Close(Some(close)).encode(&mut output)?;
                }
            }
        }
        // All answers to one read leave in one write, also those before a failure.
        stream.write_all(&output)?;
        output.clear();
        if state == CloseState::Closed {
            return hang_up(&mut stream, &mut buffer);
        }
        if read(&mut stream, &mut buffer, &mut input)? == 0 {
            return Ok(());
        }
    }
}

fn answer(
    message: Message<'_>,
    state: &mut CloseState,
    output: &mut BytesMut,
) -> Result<(), Box<dyn Error>> {
    let reply = match message {
        Message::Ping(payload) => Message::Pong(payload),
        Message::Pong(_) => return Ok(()),
        Message::Close(close) => match state.receive(close) {
            Some(reply) if state.close() => reply,
            _ => return Ok(()),
        },
        message => message,
    };
    Ok(reply.encode(output)?)
}

/// Closes our side and reads what is under way, so that the close frame is not lost to a reset.
fn hang_up(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Box<dyn Error>> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    while stream.read(buffer)? > 0 {}
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

fn read(
    stream: &mut TcpStream,
    buffer: &mut [u8],
    input: &mut BytesMut,
) -> Result<usize, Box<dyn Error>> {
    let read = stream.read(buffer)?;
    input.extend_from_slice(buffer.get(..read).unwrap_or_default());
    Ok(read)
}
