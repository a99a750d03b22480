//! The echo server that `scripts/autobahn` tests. It takes any free port of 127.0.0.1 and prints the
//! address: `cargo run --example autobahn_server --features deflate -- deflate`, or without compression
//! if there is no such argument.

#![expect(clippy::print_stdout, reason = "the test script reads the address")]

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
    handshake::Request,
};

/// Every message that a case asks to be compressed is.
const THRESHOLD: usize = 0;

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = env::args().any(|arg| arg == "deflate").then(with_takeover);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        // A connection that fails ends alone.
        thread::spawn(move || serve(stream, wanted).is_ok());
    }
    Ok(())
}

/// All that a client may ask for is left to it, so that each case tests what it means to.
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

/// What is left of the opening handshake.
struct Session {
    assembler: Assembler,
    deflater: Option<Deflater>,
    state: CloseState,
}

fn serve(mut stream: TcpStream, wanted: Option<Params>) -> Result<(), Box<dyn Error>> {
    stream.set_nodelay(true)?;
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let mut buffer = vec![0; 64 * 1024];
    let mut session = loop {
        if let Some(session) = open(&mut input, &mut output, wanted)? {
            break session;
        }
        if read(&mut stream, &mut buffer, &mut input)? == 0 {
            return Ok(());
        }
    };
    loop {
        session.answer(&mut input, &mut output)?;
        // All answers to one read leave in one write, also those before a failure.
        stream.write_all(&output)?;
        output.clear();
        if session.state == CloseState::Closed {
            return hang_up(&mut stream, &mut buffer);
        }
        if read(&mut stream, &mut buffer, &mut input)? == 0 {
            return Ok(());
        }
    }
}

impl Session {
    /// Answers what is there.
    fn answer(
        &mut self,
        input: &mut BytesMut,
        output: &mut BytesMut,
    ) -> Result<(), Box<dyn Error>> {
        while self.state != CloseState::Closed {
            let reply = match self.assembler.decode(input) {
                Ok(None) => break,
                Ok(Some(Message::Ping(payload))) => Message::Pong(payload),
                Ok(Some(Message::Pong(_))) => continue,
                Ok(Some(Message::Close(close))) => match self.state.receive(close) {
                    Some(reply) if self.state.close() => reply,
                    _ => continue,
                },
                Ok(Some(message)) => message,
                Err(error) => {
                    self.state = CloseState::Closed;
                    Message::Close(Some(Close::new(error.close_code(), "")))
                }
            };
            match &mut self.deflater {
                Some(deflater) => deflater.encode(reply, output)?,
                None => reply.encode(output)?,
            }
        }
        Ok(())
    }
}

/// Closes our side and reads what is under way, so that the close frame is not lost to a reset.
fn hang_up(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Box<dyn Error>> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    while stream.read(buffer)? > 0 {}
    Ok(())
}

/// Answers the request once its head is there.
fn open(
    input: &mut BytesMut,
    output: &mut BytesMut,
    wanted: Option<Params>,
) -> Result<Option<Session>, Box<dyn Error>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(len) = head.parse(input)? else {
        return Ok(None);
    };
    let request = Request::parse(head.headers.iter().map(|h| (h.name.as_bytes(), h.value)))?;
    let response = match wanted {
        Some(wanted) => request.accept_with_deflate(&[], wanted),
        None => request.accept(&[]),
    };
    output.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in response.fields() {
        output.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    output.extend_from_slice(b"\r\n");
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut deflater = None;
    if let Some(agreed) = response.deflate() {
        assembler = assembler.with_deflate(agreed);
        deflater = Some(Deflater::new(agreed.server, THRESHOLD));
    }
    input.advance(len);
    Ok(Some(Session {
        assembler,
        deflater,
        state: CloseState::default(),
    }))
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
