//! Masked messages out of reads of 64 KiB and of 1400 bytes.

use std::hint::black_box;

use bytes::BytesMut;
use futures_util::StreamExt as _;
use ws_frame::{Assembler, Frame, Limits, Message, Opcode, Role};

use crate::{
    memory::{Memory, now},
    payload::payload,
    table::{Cell, Run},
};

const MAX: usize = 64 << 20;

pub(crate) fn cells() -> impl Iterator<Item = Cell> {
    ["binary", "ascii", "mixed"].into_iter().flat_map(|kind| {
        let sizes = [16, 125, 1024, 16 * 1024, 1024 * 1024];
        // What some of the others read at a time where the messages are large.
        let large = [16 * 1024, 1024 * 1024].map(|size| cell(kind, 8 * 1024, size));
        let all = [64 * 1024, 1400].into_iter();
        all.flat_map(move |read| sizes.map(|size| cell(kind, read, size)))
            .chain(large)
    })
}

fn cell(kind: &str, read: usize, size: usize) -> Cell {
    let opcode = match kind {
        "binary" => Opcode::Binary,
        _ => Opcode::Text,
    };
    let payload = payload(kind, size);
    let frame = Frame::new(opcode, &payload);
    let messages = (64 * 1024 / (frame.encoded_len() + 4)).max(1);
    let mut wire = BytesMut::new();
    for _ in 0..messages {
        let key = [0x37, 0xFA, 0x21, 0x3D];
        frame.encode_masked(key, &mut wire).expect("a data frame");
    }
    Cell {
        name: format!("{kind}, {size} B, reads of {read}"),
        messages,
        bytes: messages * size,
        runs: [
            ws_frame(Memory::new(&wire, read), messages),
            tungstenite(Memory::new(&wire, read), messages),
            fastwebsockets(Memory::new(&wire, read), messages),
            tokio_websockets(Memory::new(&wire, read), messages),
            sockudo_ws(Memory::new(&wire, read), messages),
            memcpy(Memory::new(&wire, read), &wire, messages, size),
        ],
    }
}

fn ws_frame(mut memory: Memory, messages: usize) -> Run {
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut src = BytesMut::new();
    Box::new(move || {
        let (mut sum, mut count) = (0, 0);
        while count < messages {
            let Some(message) = assembler.decode(&mut src).expect("valid frames") else {
                src.extend_from_slice(memory.next(usize::MAX));
                continue;
            };
            sum += match black_box(message) {
                Message::Text(text) => text.as_bytes().len(),
                Message::Binary(bytes) => bytes.len(),
                _ => 0,
            };
            count += 1;
        }
        sum
    })
}

fn tungstenite(memory: Memory, messages: usize) -> Run {
    use tungstenite::protocol::{Role, WebSocket};
    let mut socket = WebSocket::from_raw_socket(memory, Role::Server, None);
    Box::new(move || {
        (0..messages)
            .map(|_| black_box(socket.read().expect("valid frames")).len())
            .sum()
    })
}

fn fastwebsockets(memory: Memory, messages: usize) -> Run {
    use fastwebsockets::{Role, WebSocket};
    let mut socket = WebSocket::after_handshake(memory, Role::Server);
    Box::new(move || {
        (0..messages)
            .map(|_| {
                let frame = now(socket.read_frame()).expect("valid frames");
                black_box(&frame.payload).len()
            })
            .sum()
    })
}

fn tokio_websockets(memory: Memory, messages: usize) -> Run {
    let mut socket = tokio_websockets::ServerBuilder::new().serve(memory);
    Box::new(move || {
        (0..messages)
            .map(|_| {
                let message = now(socket.next()).expect("endless").expect("valid frames");
                black_box(message.as_payload()).len()
            })
            .sum()
    })
}

fn sockudo_ws(mut memory: Memory, messages: usize) -> Run {
    use sockudo_ws::{Role, protocol::Protocol};
    let mut protocol = Protocol::new(Role::Server, MAX, MAX);
    let (mut src, mut out) = (BytesMut::new(), Vec::new());
    let mut left_over = (0, 0);
    Box::new(move || {
        // A read may hold the first messages of the next batch.
        let (mut sum, mut count) = std::mem::take(&mut left_over);
        while count < messages {
            src.extend_from_slice(memory.next(usize::MAX));
            protocol
                .process_into(&mut src, &mut out)
                .expect("valid frames");
            for message in out.drain(..) {
                let len = black_box(message).as_bytes().len();
                if count < messages {
                    sum += len;
                } else {
                    left_over = (left_over.0 + len, left_over.1 + 1);
                }
                count += 1;
            }
        }
        sum
    })
}

/// Copies the reads, which all of them have to do, and keeps them until a whole message is there.
fn memcpy(mut memory: Memory, wire: &[u8], messages: usize, size: usize) -> Run {
    let (total, whole) = (wire.len(), wire.len() / messages);
    let mut src = BytesMut::new();
    Box::new(move || {
        let mut copied = 0;
        while copied < total {
            if src.len() >= whole {
                src.clear();
            }
            let read = memory.next(usize::MAX);
            copied += read.len();
            src.extend_from_slice(read);
            black_box(&src[..]);
        }
        messages * size
    })
}
