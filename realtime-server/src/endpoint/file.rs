use std::{
    fs::File,
    io::{self, Read},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::warn;

use crate::http::{Problem, Response, Source, Status};

/// What is held of a file at a time.
const PIECE: u64 = 64 * 1024;

/// A response with the content of `file`, which has `size` bytes.
pub(super) async fn send(file: File, size: u64, media_type: &'static str) -> Response {
    if size > PIECE {
        return Response::stream(media_type, Box::new(Pieces::of(file)));
    }
    match Pieces::of(file).reading.await {
        Ok(Ok((_, content))) => Response::bytes(Status::OK, media_type, content),
        failed => {
            warn!(error = ?failed.err(), "a file cannot be read");
            Problem::new(Status::INTERNAL_SERVER_ERROR).into()
        }
    }
}

/// A large file, read while it is sent.
struct Pieces {
    reading: JoinHandle<io::Result<(File, Bytes)>>,
}

impl Pieces {
    /// Begins to read the next piece, on a thread that may wait for a disk.
    fn of(mut file: File) -> Self {
        let reading = spawn_blocking(move || {
            let mut piece = Vec::new();
            file.by_ref().take(PIECE).read_to_end(&mut piece)?;
            Ok((file, piece.into()))
        });
        Self { reading }
    }
}

impl Source for Pieces {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        match ready!(self.reading.poll_unpin(cx)) {
            Ok(Ok((_, piece))) if piece.is_empty() => Poll::Ready(false),
            Ok(Ok((file, piece))) => {
                out.push(piece);
                *self = Self::of(file);
                Poll::Ready(true)
            }
            // The connection cuts a stream whose source panics: a body that ended in order here
            // would pass for the whole file.
            Ok(Err(error)) => panic!("a file cannot be read on: {error}"),
            Err(error) => panic!("a file cannot be read on: {error}"),
        }
    }
}
