//! Messages behind each other into a buffer, as a server and, masked, as a client.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use futures_util::SinkExt as _;
use ws_frame::{Frame, Message, Opcode, Role};

use crate::{
    memory::{Memory, now},
    payload::payload,
    table::{Cell, Run},
};

const MAX: usize = 64 << 20;

/// What is encoded: `messages` times the same payload.
#[derive(Clone)]
struct Work {
    role: Role,
    payload: Bytes,
    messages: usize,
}

pub(crate) fn cells() -> impl Iterator<Item = Cell> {
    let sizes = [16, 125, 1024, 16 * 1024, 1024 * 1024];
    let copied = [Role::Server, Role::Client]
        .into_iter()
        .flat_map(move |role| sizes.map(|size| cell(role, size)));
    let apart = [16 * 1024, 1024 * 1024].map(|size| {
        let mut cell = cell(Role::Server, size);
        cell.name = format!("server, {size} B not copied");
        cell.runs[0] = ws_frame_apart(work(Role::Server, size));
        cell
    });
    copied.chain(apart)
}

fn work(role: Role, size: usize) -> Work {
    Work {
        role,
        payload: payload("binary", size).into(),
        messages: (64 * 1024 / size).max(1),
    }
}

fn cell(role: Role, size: usize) -> Cell {
    let work = work(role, size);
    let name = match role {
        Role::Server => "server",
        Role::Client => "client",
    };
    Cell {
        name: format!("{name}, {size} B"),
        messages: work.messages,
        bytes: work.messages * size,
        runs: [
            ws_frame(work.clone()),
            tungstenite(work.clone()),
            fastwebsockets(work.clone()),
            tokio_websockets(work.clone()),
            sockudo_ws(work.clone()),
            memcpy(work),
        ],
    }
}

fn ws_frame(work: Work) -> Run {
    let mut dst = BytesMut::new();
    let mut key = 0x3D21_FA37_u32;
    Box::new(move || {
        dst.clear();
        for _ in 0..work.messages {
            let message = Message::Binary(black_box(&work.payload));
            match work.role {
                Role::Server => message.encode(&mut dst),
                Role::Client => {
                    // As cheap as the generators of the peers.
                    key ^= key << 13;
                    key ^= key >> 17;
                    key ^= key << 5;
                    message.encode_masked(key.to_ne_bytes(), &mut dst)
                }
            }
            .expect("a data frame");
        }
        black_box(&dst[..]);
        work.messages * work.payload.len()
    })
}

/// Heads in one buffer and the payloads as they are, for a vectored write.
fn ws_frame_apart(work: Work) -> Run {
    let (mut heads, mut payloads) = (BytesMut::new(), Vec::new());
    Box::new(move || {
        heads.clear();
        payloads.clear();
        for _ in 0..work.messages {
            let payload = black_box(&work.payload).clone();
            Frame::new(Opcode::Binary, &payload)
                .head()
                .encode(&mut heads)
                .expect("a data frame");
            payloads.push(payload);
        }
        black_box((&heads[..], &payloads[..]));
        work.messages * work.payload.len()
    })
}

fn tungstenite(work: Work) -> Run {
    use tungstenite::protocol::{self, WebSocket};
    let role = match work.role {
        Role::Server => protocol::Role::Server,
        Role::Client => protocol::Role::Client,
    };
    let mut socket = WebSocket::from_raw_socket(Memory::new(&[], 0), role, None);
    Box::new(move || {
        for _ in 0..work.messages {
            let message = protocol::Message::Binary(black_box(&work.payload).clone());
            socket.write(message).expect("memory");
        }
        socket.flush().expect("memory");
        work.messages * work.payload.len()
    })
}

fn fastwebsockets(work: Work) -> Run {
    use fastwebsockets::{Frame, Payload};
    let mut buffer = Vec::new();
    Box::new(move || {
        for _ in 0..work.messages {
            let mut frame = Frame::binary(Payload::Borrowed(black_box(&work.payload)));
            if work.role == Role::Client {
                frame.mask();
            }
            black_box(frame.write(&mut buffer));
        }
        work.messages * work.payload.len()
    })
}

fn tokio_websockets(work: Work) -> Run {
    use tokio_websockets::{ClientBuilder, Message, ServerBuilder};
    let memory = Memory::new(&[], 0);
    let mut socket = match work.role {
        Role::Server => ServerBuilder::new().serve(memory),
        Role::Client => ClientBuilder::new().take_over(memory),
    };
    Box::new(move || {
        for _ in 0..work.messages {
            let message = Message::binary(black_box(&work.payload).clone());
            now(socket.feed(message)).expect("memory");
        }
        now(socket.flush()).expect("memory");
        work.messages * work.payload.len()
    })
}

fn sockudo_ws(work: Work) -> Run {
    use sockudo_ws::{Role as Side, protocol};
    let role = match work.role {
        Role::Server => Side::Server,
        Role::Client => Side::Client,
    };
    let mut protocol = protocol::Protocol::new(role, MAX, MAX);
    let mut dst = BytesMut::new();
    Box::new(move || {
        dst.clear();
        for _ in 0..work.messages {
            let message = protocol::Message::Binary(black_box(&work.payload).clone());
            protocol
                .encode_message(&message, &mut dst)
                .expect("a data frame");
        }
        black_box(&dst[..]);
        work.messages * work.payload.len()
    })
}

fn memcpy(work: Work) -> Run {
    let mut dst = BytesMut::new();
    Box::new(move || {
        dst.clear();
        for _ in 0..work.messages {
            dst.extend_from_slice(black_box(&work.payload));
        }
        black_box(&dst[..]);
        work.messages * work.payload.len()
    })
}
