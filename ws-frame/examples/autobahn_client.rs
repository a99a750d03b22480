//! The echo client that `scripts/autobahn` tests against a fuzzing server:
//! `cargo run --example autobahn_client --features deflate -- 127.0.0.1:9001 deflate`, or without
//! compression if there is no such argument.

use std::{
    env,
    error::Error,
    io::{Read, Write},
    net::TcpStream,
};

use bytes::{Buf, BytesMut};
use ws_frame::{
    Assembler, Close, CloseState, Limits, Message, Role,
    deflate::{Deflater, Direction, Params},
    handshake::Offer,
};

const AGENT: &str = "ws-frame";

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).ok_or("no address of a fuzzing server")?;
    let wanted = env::args().any(|arg| arg == "deflate").then(with_takeover);
    let cases = case_count(&address)?;
    for case in 1..=cases {
        // What went wrong is in the server's report.
        let _: Result<(), _> = run(
            &address,
            &format!("/runCase?case={case}&agent={AGENT}"),
            wanted,
        );
    }
    // The server writes the report, then drops the connection without ceremony.
    let _: Result<(), _> = run(&address, &format!("/updateReports?agent={AGENT}"), None);
    Ok(())
}

/// All that the server may ask for is left to it, so that each case tests what it means to.
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

/// A connection that is open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    input: BytesMut,
    assembler: Assembler,
    deflater: Option<Deflater>,
}

/// The number of cases the server has for us.
fn case_count(address: &str) -> Result<u32, Box<dyn Error>> {
    let mut connection = Connection::open(address, "/getCaseCount", None)?;
    loop {
        if let Some(message) = connection.assembler.decode(&mut connection.input)? {
            return match message {
                Message::Text(text) => Ok(text.as_str().parse()?),
                _ => Err("no count".into()),
            };
        }
        if connection.read()? == 0 {
            return Err("no count".into());
        }
    }
}

/// Echoes until the server hangs up.
fn run(address: &str, path: &str, wanted: Option<Params>) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(address, path, wanted)?;
    let mut output = BytesMut::new();
    let mut state = CloseState::default();
    loop {
        while state != CloseState::Closed {
            let reply = match connection.assembler.decode(&mut connection.input) {
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
            let key = getrandom::u32()?.to_ne_bytes();
            match &mut connection.deflater {
                Some(deflater) => deflater.encode_masked(reply, key, &mut output)?,
                None => reply.encode_masked(key, &mut output)?,
            }
        }
        // All answers to one read leave in one write, also those before a failure.
        connection.stream.write_all(&output)?;
        output.clear();
        if connection.read()? == 0 {
            return Ok(());
        }
        if state == CloseState::Closed {
            connection.input.clear();
        }
    }
}

impl Connection {
    fn open(address: &str, path: &str, wanted: Option<Params>) -> Result<Self, Box<dyn Error>> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let mut offer = Offer::new(nonce, &[])?;
        if let Some(wanted) = wanted {
            offer = offer.with_deflate(wanted);
        }
        let mut connection = Self {
            stream: TcpStream::connect(address)?,
            buffer: vec![0; 64 * 1024],
            input: BytesMut::new(),
            assembler: Assembler::new(Role::Client, Limits::default()),
            deflater: None,
        };
        connection.stream.set_nodelay(true)?;
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
        for (name, value) in offer.fields() {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.push_str("\r\n");
        connection.stream.write_all(request.as_bytes())?;
        while !connection.verify(&offer)? {
            if connection.read()? == 0 {
                return Err("the server hung up".into());
            }
        }
        Ok(connection)
    }

    /// Judges the answer once its head is there; what came behind it stays in `input`.
    fn verify(&mut self, offer: &Offer) -> Result<bool, Box<dyn Error>> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(len) = head.parse(&self.input)? else {
            return Ok(false);
        };
        let fields = head.headers.iter().map(|h| (h.name.as_bytes(), h.value));
        let opened = offer.verify(head.code.unwrap_or_default(), fields)?;
        if let Some(agreed) = opened.deflate {
            let assembler = Assembler::new(Role::Client, Limits::default());
            self.assembler = assembler.with_deflate(agreed);
            // Every message that a case asks to be compressed is.
            self.deflater = Some(Deflater::new(agreed.client, 0));
        }
        self.input.advance(len);
        Ok(true)
    }

    fn read(&mut self) -> Result<usize, Box<dyn Error>> {
        let read = self.stream.read(&mut self.buffer)?;
        self.input
            .extend_from_slice(self.buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
