use std::{collections::VecDeque, error::Error, fmt};

use bytes::Bytes;
use signalr_protocol::Message;

/// What both sides of a connection have to know so that a lost socket can be replaced with nothing
/// lost and nothing twice: numbers of messages, and the ones that may have to be sent again. It
/// knows no socket and no time.
///
/// Messages that call, answer or stream are counted, each side on its own and from 1; pings, Close,
/// Ack and Sequence are not.
#[derive(Debug)]
pub(super) struct Resume {
    /// The one message in an outbox that does not count, as it is sent.
    ping: Bytes,
    limit: usize,
    /// Sent, and not acknowledged.
    kept: VecDeque<Bytes>,
    kept_bytes: usize,
    /// The number of the first one that is kept, or of the next one to be sent.
    oldest: i64,
    /// The number of the next one to be sent.
    next_sent: i64,
    /// The number of the next one to come, which a Sequence sets back.
    next_received: i64,
    /// The highest number that has come.
    received: i64,
    /// Whether the client may not know that the latest one has come.
    owes_ack: bool,
    /// Whether a new socket has begun and its Sequence has not come.
    awaits_sequence: bool,
}

/// What a client's numbers break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResumeError {
    /// A Sequence leaves messages out.
    Gap,
    /// An Ack for messages that were not sent.
    NotSent,
}

impl Resume {
    /// The state of a new connection that may keep `limit` bytes, and to which `ping` is sent as a
    /// sign of life.
    pub(super) fn new(limit: usize, ping: Bytes) -> Self {
        Self {
            ping,
            limit,
            kept: VecDeque::new(),
            kept_bytes: 0,
            oldest: 1,
            next_sent: 1,
            next_received: 1,
            received: 0,
            owes_ack: false,
            awaits_sequence: false,
        }
    }

    /// Whether so much is unacknowledged that nothing more may be sent.
    pub(super) fn is_full(&self) -> bool {
        self.kept_bytes >= self.limit
    }

    /// Counts what is sent, and keeps it until it is acknowledged.
    pub(super) fn sent(&mut self, frame: &Bytes) {
        if *frame != self.ping {
            self.kept_bytes += frame.len();
            self.kept.push_back(frame.clone());
            self.next_sent += 1;
        }
    }

    /// Counts what has come; says whether it is to be worked off.
    pub(super) fn received(&mut self, message: &Message<'_>) -> Result<bool, ResumeError> {
        match message {
            Message::Sequence { sequence_id } => {
                if *sequence_id > self.next_received {
                    return Err(ResumeError::Gap);
                }
                self.next_received = *sequence_id;
                self.awaits_sequence = false;
                Ok(false)
            }
            // Of before the client knew that the socket is a new one; it will come again.
            _ if self.awaits_sequence => Ok(false),
            Message::Ack { sequence_id } => self.acknowledge(*sequence_id).map(|()| false),
            Message::Ping | Message::Close(_) => Ok(true),
            _ => {
                let number = self.next_received;
                self.next_received += 1;
                // The latest one again: the Ack for it was lost.
                self.owes_ack |= number >= self.received;
                let new = number > self.received;
                self.received = self.received.max(number);
                Ok(new)
            }
        }
    }

    /// The client has all up to `number`.
    pub(super) fn acknowledge(&mut self, number: i64) -> Result<(), ResumeError> {
        if number >= self.next_sent {
            return Err(ResumeError::NotSent);
        }
        while self.oldest <= number
            && let Some(frame) = self.kept.pop_front()
        {
            self.kept_bytes -= frame.len();
            self.oldest += 1;
        }
        Ok(())
    }

    /// Whether the client is owed an Ack.
    pub(super) fn owes_ack(&self) -> bool {
        self.owes_ack
    }

    /// The Ack that is sent now.
    pub(super) fn ack(&mut self) -> Message<'static> {
        self.owes_ack = false;
        Message::Ack {
            sequence_id: self.received,
        }
    }

    /// A new socket begins: with the Sequence and then with the frames that are given.
    ///
    /// The specification's prose says that the number is the highest one sent, plus one. Every
    /// implementation sends that of the first message that it sends again, and messages would be
    /// lost otherwise.
    pub(super) fn restart(&mut self) -> (Message<'static>, impl Iterator<Item = &Bytes>) {
        self.awaits_sequence = true;
        let sequence = Message::Sequence {
            sequence_id: self.oldest,
        };
        (sequence, self.kept.iter())
    }
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gap => "Sequence ID greater than amount of messages we've received.",
            Self::NotSent => "Ack ID greater than amount of messages we've sent.",
        })
    }
}

impl Error for ResumeError {}
