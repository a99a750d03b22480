//! A WebSocket echo server over blocking sockets: `cargo run --example echo_server --features deflate`.
//! Arguments: where to listen, else 127.0.0.1:9001; `deflate` to compress where the client can.
//! `scripts/autobahn` tests it.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::{
    env,
    error::Error,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use bytes::{Buf, BytesMut};
use ws_frame::{
    Assembler, Close, CloseState, Limits, Message, Role,
    deflate::{Deflater, Direction, Params},
    handshake::{Request, Response},
};

/// The longest head of a request, in bytes, but for one read.
const MAX_HEAD: usize = 16 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut address = "127.0.0.1:9001".to_owned();
    let mut wanted = None;
    for argument in env::args().skip(1) {
        match &*argument {
            "deflate" => wanted = Some(with_takeover()),
            _ => address = argument,
        }
    }
    let listener = TcpListener::bind(address)?;
    println!("{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        // A connection that fails ends alone.
        thread::spawn(move || serve(stream, wanted).is_ok());
    }
    Ok(())
}

/// What a client may ask for that takes less memory is left to the client.
fn with_takeover() -> Params {
    let wanted = Direction {
        context_takeover: true,
        ..Direction::default()
    };
    Params {
        server: wanted,
        client: wanted,
    }
}

fn serve(mut stream: TcpStream, wanted: Option<Params>) -> Result<(), Box<dyn Error>> {
    stream.set_nodelay(true)?;
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let Some(agreed) = open(&mut stream, &mut input, wanted)? else {
        return hang_up(&mut stream);
    };
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut deflater = None;
    if let Some(agreed) = agreed.deflate() {
        assembler = assembler.with_deflate(agreed);
        // However short a message is.
        deflater = Some(Deflater::new(agreed.server, 0));
    }
    let mut state = CloseState::default();
    loop {
        while state != CloseState::Closed {
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
            match &mut deflater {
                Some(deflater) => deflater.encode(reply, &mut output)?,
                None => reply.encode(&mut output)?,
            }
        }
        // All answers to one read leave in one write, also those before a failure.
        stream.write_all(&output)?;
        output.clear();
        if state == CloseState::Closed {
            return hang_up(&mut stream);
        }
        if read(&mut stream, &mut input)? == 0 {
            return Ok(());
        }
    }
}

/// Answers the request. `None` if that is no opening handshake: then the answer says why.
fn open(
    stream: &mut TcpStream,
    input: &mut BytesMut,
    wanted: Option<Params>,
) -> Result<Option<Response<'static>>, Box<dyn Error>> {
    while input.len() < MAX_HEAD && read(stream, input)? > 0 {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        let len = match head.parse(input) {
            Ok(httparse::Status::Complete(len)) => len,
            Ok(httparse::Status::Partial) => continue,
            Err(_) => break,
        };
        if head.method != Some("GET") {
            answer(stream, "405 Method Not Allowed", [("Allow", "GET")])?;
            return Ok(None);
        }
        let fields = head.headers.iter().map(|h| (h.name.as_bytes(), h.value));
        let response = match Request::parse(fields) {
            Ok(request) => match wanted {
                Some(wanted) => request.accept_with_deflate(&[], wanted),
                None => request.accept(&[]),
            },
            Err(error) => {
                let status = format!("{} {error}", error.status());
                answer(stream, &status, error.fields().iter().copied())?;
                return Ok(None);
            }
        };
        answer(stream, "101 Switching Protocols", response.fields())?;
        input.advance(len);
        return Ok(Some(response));
    }
    answer(stream, "400 Bad Request", [])?;
    Ok(None)
}

fn answer<'a>(
    stream: &mut TcpStream,
    status: &str,
    fields: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> Result<(), Box<dyn Error>> {
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in fields {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    Ok(stream.write_all(head.as_bytes())?)
}

/// Closes our side and drops what is under way, so that our last words are not lost to a reset.
fn hang_up(stream: &mut TcpStream) -> Result<(), Box<dyn Error>> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut dropped = BytesMut::new();
    while dropped.len() < 1024 * 1024 && read(stream, &mut dropped)? > 0 {}
    Ok(())
}

fn read(stream: &mut TcpStream, input: &mut BytesMut) -> Result<usize, Box<dyn Error>> {
    let mut buffer = [0; 16 * 1024];
    let read = stream.read(&mut buffer)?;
    input.extend_from_slice(buffer.get(..read).unwrap_or_default());
    Ok(read)
}
