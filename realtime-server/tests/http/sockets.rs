//! `Socket` and `SendQueue` by themselves.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::poll_immediate;
use proptest::collection::vec;
use proptest::prelude::*;
use realtime_server::http::{SendQueue, Socket};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(5);

async fn pair() -> (Socket, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let (stream, peer) = listener.accept().await.unwrap();
    (Socket::new(stream, peer), client)
}

/// Pieces of these sizes, each with bytes of its own.
fn pieces(sizes: &[usize]) -> Vec<Bytes> {
    let mut next = 0_u8;
    let mut piece = |size| {
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            next = next.wrapping_add(1);
            next
        })
        .take(size)
        .collect();
        Bytes::from(bytes)
    };
    sizes.iter().map(|&size| piece(size)).collect()
}

async fn sent(pieces: &[Bytes]) -> Vec<u8> {
    let (mut socket, mut client) = pair().await;
    let mut queue = SendQueue::new(PATIENCE);
    for piece in pieces {
        queue.push(piece.clone());
    }
    assert_eq!(queue.len_bytes(), pieces.concat().len());
    let mut received = Vec::new();
    let (sent, read) = tokio::join!(
        async move {
            let sent = socket.send(&mut queue).await;
            assert!(queue.is_empty() && queue.len_bytes() == 0);
            sent
        },
        client.read_to_end(&mut received)
    );
    sent.unwrap();
    assert_eq!(read.unwrap(), received.len());
    received
}

#[tokio::test]
async fn writes_more_pieces_than_fit_in_one_system_call() {
    let pieces = pieces(&[2000; 200]);
    assert_eq!(sent(&pieces).await, pieces.concat());
}

#[tokio::test]
async fn writes_more_than_the_socket_takes_at_once() {
    let pieces = pieces(&[3_000_000, 10, 3_000_000, 20, 30, 3_000_000]);
    assert!(
        sent(&pieces).await == pieces.concat(),
        "bytes were lost or moved"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn keeps_the_order_of_small_and_large_pieces(
        sizes in vec(prop_oneof![0..40_usize, 1000..1050_usize, 3000..9000_usize], 0..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let pieces = pieces(&sizes);
        prop_assert!(runtime.block_on(sent(&pieces)) == pieces.concat());
    }
}

#[tokio::test]
async fn reads_at_most_what_is_asked_for() {
    let (mut socket, client) = pair().await;
    client.try_write(b"0123456789").unwrap();
    let mut buffer = BytesMut::from(&b"<"[..]);
    assert_eq!(socket.read(&mut buffer, 4).await.unwrap(), 4);
    assert_eq!(socket.read(&mut buffer, 1).await.unwrap(), 1);
    assert_eq!(socket.read(&mut buffer, 100).await.unwrap(), 5);
    assert_eq!(buffer, &b"<0123456789"[..]);
    drop(client);
    assert_eq!(socket.read(&mut buffer, 100).await.unwrap(), 0);
}

#[tokio::test]
async fn holds_no_memory_while_it_waits() {
    let (mut socket, client) = pair().await;
    let mut buffer = BytesMut::new();
    // Once the runtime only believes that nothing has come, and once it knows.
    for _ in 0..2 {
        buffer.reserve(10_000);
        let mut read = Box::pin(socket.read(&mut buffer, 100));
        assert!(poll_immediate(read.as_mut()).await.is_none());
        drop(read);
        assert_eq!(buffer.capacity(), 0);
    }
    client.try_write(b"x").unwrap();
    assert_eq!(socket.read(&mut buffer, 100).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_progress_times_out() {
    let (mut socket, _client) = pair().await;
    let mut queue = SendQueue::new(PATIENCE);
    queue.push(vec![0; 64 * 1024 * 1024].into());
    let started = tokio::time::Instant::now();
    let error = socket.send(&mut queue).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    assert!(started.elapsed() >= PATIENCE);
    assert!(queue.len_bytes() > 0);
}

#[tokio::test]
async fn knows_both_ends() {
    let (socket, client) = pair().await;
    assert_eq!(socket.peer(), client.local_addr().unwrap());
    assert_eq!(socket.local(), Some(client.peer_addr().unwrap()));
}

/// What a peer that lost its power does cannot be shown on one machine; what the kernel is asked to
/// do about it can.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn has_the_kernel_give_up_a_peer_that_acknowledges_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let (stream, peer) = listener.accept().await.unwrap();
    let other_handle = socket2::SockRef::from(&stream).try_clone().unwrap();
    let socket = Socket::new(stream, peer);
    assert_eq!(other_handle.tcp_user_timeout().unwrap(), None);
    let time = Duration::from_secs(20);
    socket.set_user_timeout(time);
    assert_eq!(other_handle.tcp_user_timeout().unwrap(), Some(time));
}
