//! What waits for the socket.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::task::{Context, Poll};
use std::time::Duration;

use super::patience::{Patience, Stall};
use crate::config::HttpConfig;
use bytes::{Buf, Bytes, BytesMut};

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
    patience: Patience,
    /// There only while the socket does not take all of it.
    stall: Option<Box<Stall>>,
}

impl SendQueue {
    /// An empty queue that may stay without progress for `write_timeout`.
    #[must_use]
    pub fn new(write_timeout: Duration) -> Self {
        Self::with(Patience::for_progress(write_timeout))
    }

    /// An empty queue for answers, which have to be taken at the least rate as well.
    pub(super) fn for_answers(config: &HttpConfig) -> Self {
        Self::with(Patience::for_answers(config))
    }

    fn with(patience: Patience) -> Self {
        Self {
            pieces: VecDeque::new(),
            piece_bytes: 0,
            tail: BytesMut::new(),
            patience,
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
        let Some(front) = self.pieces.front_mut() else {
            return Bytes::new();
        };
        let taken = if max < front.len() {
            front.split_to(max)
        } else {
            self.pieces.pop_front().unwrap_or_default()
        };
        self.piece_bytes -= taken.len();
        self.moved(taken.len() as u64);
        taken
    }

    /// So many bytes are on their way to the client.
    pub(super) fn moved(&mut self, bytes: u64) {
        if bytes > 0
            && let Some(stall) = &mut self.stall
        {
            stall.moved(bytes, &self.patience);
        }
    }

    /// Nothing waits for the client.
    pub(super) fn calm(&mut self) {
        self.stall = None;
    }

    /// Ready when the client is too slow, while the socket takes nothing.
    pub(super) fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let patience = &self.patience;
        self.stall
            .get_or_insert_with(|| Box::new(Stall::begin(patience)))
            .poll(cx)
    }
}
