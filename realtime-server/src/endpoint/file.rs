use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::warn;

use crate::http::{Problem, Response, Source, Status};

/// What is held of a file at a time.
const PIECE: u64 = 64 * 1024;

/// A response with `length` bytes of `file`, from `start` on.
pub(super) async fn send(
    mut file: File,
    start: u64,
    length: u64,
    media_type: &'static str,
) -> Response {
    if start > 0
        && let Err(error) = file.seek(SeekFrom::Start(start))
    {
        warn!(%error, "a part of a file cannot be found");
        return Problem::new(Status::INTERNAL_SERVER_ERROR).into();
    }
    let pieces = Pieces::of(file, length);
    if length > PIECE {
        return Response::stream(media_type, Box::new(pieces));
    }
    match pieces.reading.await {
        Ok(Ok((_, content))) if u64::try_from(content.len()) == Ok(length) => {
            Response::bytes(Status::OK, media_type, content)
        }
        failed => {
            let error = failed.map(Result::err);
            warn!(?error, "a file cannot be read, or not all of it");
            Problem::new(Status::INTERNAL_SERVER_ERROR).into()
        }
    }
}

/// A large file, read while it is sent.
struct Pieces {
    reading: JoinHandle<io::Result<(File, Bytes)>>,
    /// What is to come, with what is being read.
    left: u64,
}

impl Pieces {
    /// Begins to read the next piece, on a thread that may wait for a disk.
    fn of(mut file: File, left: u64) -> Self {
        let reading = spawn_blocking(move || {
            let wanted = left.min(PIECE);
            let mut piece = Vec::new();
            file.by_ref().take(wanted).read_to_end(&mut piece)?;
            Ok((file, piece.into()))
        });
        Self { reading, left }
    }
}

impl Source for Pieces {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        match ready!(self.reading.poll_unpin(cx)) {
            Ok(Ok((file, piece))) => {
                let read = u64::try_from(piece.len()).unwrap_or(u64::MAX);
                // The connection cuts a stream whose source panics: a body that ended in order here
                // would pass for the whole file.
                assert!(
                    read == self.left.min(PIECE),
                    "a file was cut while it was sent"
                );
                out.push(piece);
                let left = self.left - read;
                if left == 0 {
                    return Poll::Ready(false);
                }
                *self = Self::of(file, left);
                Poll::Ready(true)
            }
            Ok(Err(error)) => panic!("a file cannot be read on: {error}"),
            Err(error) => panic!("a file cannot be read on: {error}"),
        }
    }

    fn length(&self) -> Option<u64> {
        Some(self.left)
    }
}
