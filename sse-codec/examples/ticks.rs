//! One thread sends three events over a socket, another reads them. The HTTP that would be around
//! them is left out.
//!
//! `cargo run -p sse-codec --example ticks`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{
    error::Error,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use bytes::BytesMut;
use sse_codec::{Control, Decoder, EventRef, Item, Limits};

fn send(mut socket: &TcpStream) -> io::Result<()> {
    let hello = Control::new().with_retry(Duration::from_secs(2));
    socket.write_all(&hello.to_bytes().map_err(io::Error::other)?)?;
    let mut wire = BytesMut::new();
    for id in ["1", "2", "3"] {
        let data = format!("tick\nnumber {id}");
        let event = EventRef::new(&data).with_event("tick").with_id(id);
        event.encode(&mut wire).map_err(io::Error::other)?;
        socket.write_all(&wire)?;
        wire.clear();
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = BufReader::new(TcpStream::connect(listener.local_addr()?)?);
    let sender = thread::spawn(move || send(&listener.accept()?.0));

    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::new();
    while let chunk @ [_, ..] = stream.fill_buf()? {
        src.extend_from_slice(chunk);
        let len = chunk.len();
        stream.consume(len);
        while let Some(item) = decoder.decode(&mut src)? {
            if let Item::Event(event) = item {
                println!("{}: {:?}", event.event_type(), event.data());
            }
        }
    }
    println!(
        "to resume: {:?} after {:?}",
        decoder.last_event_id(),
        decoder.retry()
    );
    sender.join().map_err(|_| "the sender panicked")??;
    Ok(())
}
