//! The echo client that `scripts/autobahn` tests against a fuzzing server:
//! `cargo run --example autobahn_client -- 127.0.0.1:9001`.

use std::{
    env,
    error::Error,
    io::{Read, Write},
    net::TcpStream,
};

use bytes::{Buf, BytesMut};
use ws_frame::{Assembler, Close, CloseState, Limits, Message, Role, handshake::Offer};

const AGENT: &str = "ws-frame";

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).ok_or("no address of a fuzzing server")?;
    let cases = case_count(&address)?;
    for case in 1..=cases {
        // What went wrong is in the server's report.
        let _: Result<(), _> = run(&address, &format!("/runCase?case={case}&agent={AGENT}"));
    }
    // The server writes the report, then drops the connection without ceremony.
    let _: Result<(), _> = run(&address, &format!("/updateReports?agent={AGENT}"));
    Ok(())
}

/// A connection that is open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    input: BytesMut,
    assembler: Assembler,
}

/// The number of cases the server has for us.
fn case_count(address: &str) -> Result<u32, Box<dyn Error>> {
    let mut connection = Connection::open(address, "/getCaseCount")?;
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
fn run(address: &str, path: &str) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(address, path)?;
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
            reply.encode_masked(getrandom::u32()?.to_ne_bytes(), &mut output)?;
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
    fn open(address: &str, path: &str) -> Result<Self, Box<dyn Error>> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let offer = Offer::new(nonce, &[])?;
        let mut connection = Self {
            stream: TcpStream::connect(address)?,
            buffer: vec![0; 64 * 1024],
            input: BytesMut::new(),
            assembler: Assembler::new(Role::Client, Limits::default()),
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
        offer.verify(head.code.unwrap_or_default(), fields)?;
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
