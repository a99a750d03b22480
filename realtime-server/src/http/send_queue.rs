//! What waits for the socket.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::time::{Sleep, sleep};

/// Below this size a copy is cheaper than a slice of its own in a system call.
const SMALL: usize = 1024;

/// Copies stop growing one buffer here, so that it need not be moved often.
const TAIL_LIMIT: usize = 16 * 1024;

/// Bytes that wait for the socket, in order.
///
/// Small pieces that follow each other are copied into one; larger ones are kept as they are.
/// What has been written leaves at once, and an empty queue holds no buffer.
#[derive(Debug)]
pub struct SendQueue {
    pieces: VecDeque<Bytes>,
    piece_bytes: usize,
    /// Small pieces, after all of `pieces`.
    tail: BytesMut,
    write_timeout: Duration,
    /// Runs only while the socket takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
}

impl SendQueue {
    /// An empty queue that may stay without progress for `write_timeout`.
    #[must_use]
    pub fn new(write_timeout: Duration) -> Self {
        Self {
            pieces: VecDeque::new(),
            piece_bytes: 0,
            tail: BytesMut::new(),
            write_timeout,
            stall: None,
        }
    }

    /// Appends `piece`.
    pub fn push(&mut self, piece: Bytes) {
        if self.tail.len() >= TAIL_LIMIT || piece.len() >= SMALL {
            self.close_tail();
        }
        if piece.len() >= SMALL || (self.tail.is_empty() && !self.ends_small()) {
            self.push_piece(piece);
        } else {
            self.tail().extend_from_slice(&piece);
        }
    }

    /// The end of the queue, to write small things into.
    pub(crate) fn tail(&mut self) -> &mut BytesMut {
        if self.tail.is_empty() && self.ends_small() {
            let last = self.pieces.pop_back().unwrap_or_default();
            self.piece_bytes -= last.len();
            self.tail.reserve(last.len() + SMALL);
            self.tail.extend_from_slice(&last);
        }
        &mut self.tail
    }

    fn ends_small(&self) -> bool {
        self.pieces.back().is_some_and(|last| last.len() < SMALL)
    }

    fn close_tail(&mut self) {
        let tail = std::mem::take(&mut self.tail).freeze();
        self.push_piece(tail);
    }

    fn push_piece(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.piece_bytes += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.tail.is_empty()
    }

    /// How many bytes wait.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.piece_bytes + self.tail.len()
    }

    /// Puts the first waiting pieces into `slices` and says how many there are.
    pub(super) fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let tail = Some(&*self.tail).filter(|tail| !tail.is_empty());
        let waiting = self.pieces.iter().map(|piece| &**piece).chain(tail);
        slices
            .iter_mut()
            .zip(waiting)
            .map(|(slice, piece)| *slice = IoSlice::new(piece))
            .count()
    }

    /// Forgets `written` bytes at the front.
    pub(super) fn advance(&mut self, mut written: usize) {
        self.stall = None;
        while let Some(front) = self.pieces.front_mut() {
            let part = written.min(front.len());
            self.piece_bytes -= part;
            written -= part;
            if part < front.len() {
                front.advance(part);
                return;
            }
            self.pieces.pop_front();
        }
        if written < self.tail.len() {
            self.tail.advance(written);
        } else {
            self.tail = BytesMut::new();
        }
    }

    /// Takes at most `max` bytes off the front, as many as stand there in one piece.
    pub(super) fn take(&mut self, max: usize) -> Bytes {
        if self.pieces.is_empty() {
            self.close_tail();
        }
        self.stall = None;
        let Some(front) = self.pieces.front_mut() else {
            return Bytes::new();
        };
        let taken = if max < front.len() {
            front.split_to(max)
        } else {
            self.pieces.pop_front().unwrap_or_default()
        };
        self.piece_bytes -= taken.len();
        taken
    }

    /// The socket is not stuck, whatever it seemed.
    pub(super) fn calm(&mut self) {
        self.stall = None;
    }

    /// Ready when the socket has taken nothing for too long.
    pub(super) fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeout = self.write_timeout;
        self.stall
            .get_or_insert_with(|| Box::pin(sleep(timeout)))
            .as_mut()
            .poll(cx)
    }
}
