use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};
use ws_frame::{Assembler, Frame, Limits, Message, Opcode, Role, handshake::Offer};

use super::{Failure, SIZE};

/// Connections that send as many messages as have come back. They end with this.
pub(crate) struct Clients {
    echoed: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Clients {
    pub(crate) async fn open(
        address: SocketAddr,
        connections: usize,
        in_flight: usize,
    ) -> Result<Self, Failure> {
        let echoed = Arc::default();
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let socket = open(address).await?;
            let echoed = Arc::clone(&echoed);
            tasks.spawn(async move {
                // What fails shows as a server that echoes nothing.
                drop(run(socket, in_flight, &echoed).await);
            });
        }
        Ok(Self {
            echoed,
            _tasks: tasks,
        })
    }

    /// Messages that have come back so far.
    pub(crate) fn echoed(&self) -> u64 {
        self.echoed.load(Relaxed)
    }
}

async fn open(address: SocketAddr) -> Result<TcpStream, Failure> {
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut head = format!("GET /echo HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in Offer::new([7; 16], &[])?.fields() {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(socket.read_u8().await?);
    }
    if answer.starts_with(b"HTTP/1.1 101 ") {
        Ok(socket)
    } else {
        Err(String::from_utf8_lossy(&answer).into())
    }
}

async fn run(mut socket: TcpStream, in_flight: usize, echoed: &AtomicU64) -> Result<(), Failure> {
    let mut message = BytesMut::new();
    Frame::new(Opcode::Binary, &[b'x'; SIZE]).encode_masked([1, 2, 3, 4], &mut message)?;
    let mut output = message.repeat(in_flight);
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    let mut input = BytesMut::new();
    loop {
        socket.write_all(&output).await?;
        output.clear();
        input.reserve(64 * 1024);
        if socket.read_buf(&mut input).await? == 0 {
            return Err("the server closed".into());
        }
        let mut count = 0;
        while let Some(Message::Binary(echo)) = assembler.decode(&mut input)? {
            assert_eq!(echo.len(), SIZE);
            output.extend_from_slice(&message);
            count += 1;
        }
        echoed.fetch_add(count, Relaxed);
    }
}
