use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use ws_frame::{
    Assembler, Close, CloseCode, DecodeError, Frame, Limits, Opcode, Role, deflate::Params,
};

use super::{Closed, Ending, Message, compression::Compression};
use crate::{config::WebSocketConfig, websocket::Outgoing};

/// From this size on a payload goes to the socket as it is instead of being copied into the queue.
const LARGE: usize = 1024;

/// What a connection has read and not taken, and what it is to write: all but its socket.
///
/// Messages are taken out of what was read only when they are wanted, so that no more than one
/// waits, however small they are.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) input: BytesMut,
    assembler: Assembler,
    /// Taken out ahead, to find the control frames behind the message before it.
    next: Option<Message>,
    pub(super) outgoing: Outgoing,
    compression: Option<Compression>,
    /// Whether a message has become whole since that was last asked.
    whole: bool,
    /// Whether what else comes is not to be understood: it follows a close frame or a violation.
    heard_last: bool,
    pub(super) ending: Option<Ending>,
    /// Set once the handler has let go of its handle: what to say then.
    pub(super) goodbye: Option<(CloseCode, String)>,
    /// Who waits for a message.
    reader: Option<Waker>,
    /// Who waits for room.
    writer: Option<Waker>,
    /// The connection's task.
    driver: Option<Waker>,
}

impl Session {
    pub(super) fn new(
        leftover: BytesMut,
        config: &WebSocketConfig,
        deflate: Option<Params>,
    ) -> Self {
        let mut limits = Limits::default();
        limits.max_frame = config.max_message;
        limits.max_message = config.max_message;
        limits.max_fragments = config.max_fragments;
        let assembler = Assembler::new(Role::Server, limits);
        let compression = deflate.map(|agreed| Compression {
            window_bits: agreed.server.window_bits,
            threshold: config.deflate_threshold,
        });
        Self {
            input: leftover,
            assembler: match deflate {
                Some(agreed) => assembler.with_deflate(agreed),
                None => assembler,
            },
            compression,
            next: None,
            outgoing: Outgoing::new(config.write_timeout, config.max_queued_bytes),
            whole: false,
            heard_last: false,
            ending: None,
            goodbye: None,
            reader: None,
            writer: None,
            driver: None,
        }
    }

    /// The next message; `None` once there will be none.
    pub(super) fn poll_receive(&mut self, cx: &Context<'_>) -> Poll<Option<Message>> {
        let there = self.look_ahead();
        // It may have waited for us before it read on.
        self.call_driver_from(cx);
        if there || self.ending.is_some() {
            return Poll::Ready(self.next.take());
        }
        wait(&mut self.reader, cx);
        Poll::Pending
    }

    /// Whether another message may be queued.
    pub(super) fn poll_room(&mut self, cx: &Context<'_>) -> Poll<Result<(), Closed>> {
        if !self.may_send() {
            return Poll::Ready(Err(Closed));
        }
        if self.is_clogged() {
            wait(&mut self.writer, cx);
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn push(&mut self, message: Message) {
        if let Some(compression) = &self.compression {
            let plain = match &message {
                Message::Text(text) => ws_frame::Message::text(text),
                Message::Binary(bytes) => ws_frame::Message::Binary(bytes),
            };
            compression.encode(plain, self.outgoing.queue.tail());
            return;
        }
        let (opcode, payload) = match message {
            Message::Text(text) => (Opcode::Text, Bytes::from(text)),
            Message::Binary(bytes) => (Opcode::Binary, bytes),
        };
        let frame = Frame::new(opcode, &payload);
        if payload.len() < LARGE {
            self.encode(frame);
            return;
        }
        let head = frame.head().encode(self.outgoing.queue.tail());
        head.expect("a message fits into memory");
        self.outgoing.queue.push(payload);
    }

    /// Takes messages out of what has arrived until one is there that the handler has not got;
    /// says whether there is one. Pings are answered on the way.
    pub(super) fn look_ahead(&mut self) -> bool {
        if self.next.is_none() && self.ending.is_none() {
            self.next = self.decode();
            self.whole |= self.next.is_some();
        }
        self.next.is_some()
    }

    /// Drops all messages that have arrived; says whether the client has said goodbye, or nothing
    /// it says will be understood.
    pub(super) fn discard(&mut self) -> bool {
        while self.decode().is_some() {}
        self.heard_last
    }

    /// Whether a message has become whole since the last call.
    pub(super) fn take_whole(&mut self) -> bool {
        std::mem::take(&mut self.whole)
    }

    /// Whether the beginning of a message is there, and not its end.
    pub(super) fn is_within_message(&self) -> bool {
        self.assembler.finish(&self.input) == Err(DecodeError::UnexpectedEnd)
    }

    /// Whether a message waits for the handler.
    pub(super) fn has_next(&self) -> bool {
        self.next.is_some()
    }

    fn decode(&mut self) -> Option<Message> {
        loop {
            match self.assembler.decode(&mut self.input) {
                Ok(None) => return None,
                Ok(Some(ws_frame::Message::Text(text))) => {
                    return Some(Message::Text(text.as_str().to_owned()));
                }
                Ok(Some(ws_frame::Message::Binary(bytes))) => {
                    return Some(Message::Binary(Bytes::copy_from_slice(bytes)));
                }
                Ok(Some(ws_frame::Message::Pong(_))) => {}
                Ok(Some(ws_frame::Message::Ping(payload))) => self.outgoing.answer_ping(payload),
                Ok(Some(ws_frame::Message::Close(close))) => {
                    let code = close.map(|close| close.code());
                    self.outgoing.receive_close(close);
                    self.heard_last = true;
                    self.end(Ending::Closed(code));
                    return None;
                }
                Err(error) => {
                    self.heard_last = true;
                    self.end(Ending::Broken(error));
                    return None;
                }
            }
        }
    }

    /// Queues a frame that is encoded already.
    pub(super) fn push_frame(&mut self, frame: Bytes) {
        if self.may_send() {
            self.outgoing.queue.push(frame);
        }
    }

    /// Queues our close frame: the answer to the client's, if it sent one, else `code`.
    pub(super) fn push_close(&mut self, code: CloseCode, reason: &str) {
        let close = match self.ending {
            Some(Ending::Closed(code)) => code.map(|code| Close::new(code, "")),
            _ => Some(Close::new(code, reason)),
        };
        self.outgoing.close(close);
    }

    /// Whether there is somebody to send to, and we have not said goodbye.
    pub(super) fn may_send(&self) -> bool {
        let over = matches!(self.ending, Some(Ending::Lost | Ending::Stuck));
        self.outgoing.may_send() && !over
    }

    pub(super) fn is_clogged(&self) -> bool {
        self.outgoing.is_clogged()
    }

    /// Notes that nothing more comes; the first reason counts.
    pub(super) fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    /// Wakes who waits for a message, unless that is the task that `own` belongs to.
    pub(super) fn wake_reader(&mut self, own: &Waker) {
        self.reader
            .take()
            .into_iter()
            .filter(|waker| !waker.will_wake(own))
            .for_each(Waker::wake);
    }

    /// Wakes who waits for room, if there is any; says whether that is the task that `own` belongs
    /// to.
    pub(super) fn wake_writer(&mut self, own: &Waker) -> bool {
        if self.is_clogged() && self.may_send() {
            return false;
        }
        let Some(waker) = self.writer.take() else {
            return false;
        };
        if waker.will_wake(own) {
            return true;
        }
        waker.wake();
        false
    }

    /// Wakes everybody who waits.
    pub(super) fn wake_all(&mut self) {
        let waiting = self.reader.take().into_iter().chain(self.writer.take());
        waiting.for_each(Waker::wake);
    }

    /// Notes in which task the connection runs.
    pub(super) fn drive(&mut self, cx: &Context<'_>) {
        wait(&mut self.driver, cx);
    }

    /// Wakes the connection's task, unless it is the one that runs: that looks after the session
    /// as soon as its handler waits.
    pub(super) fn call_driver_from(&self, cx: &Context<'_>) {
        if let Some(driver) = &self.driver
            && !driver.will_wake(cx.waker())
        {
            driver.wake_by_ref();
        }
    }

    /// Wakes the connection's task.
    pub(super) fn call_driver(&self) {
        self.driver.iter().for_each(Waker::wake_by_ref);
    }

    fn encode(&mut self, frame: Frame<'_>) {
        let encoded = frame.encode(self.outgoing.queue.tail());
        encoded.expect("its payload was in a frame, or is short");
    }
}

fn wait(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}
