use bytes::BytesMut;
use signalr_protocol::{Decoder, Message};

use super::resume::Resume;

/// Looks for Acks behind messages that cannot be worked off yet.
///
/// A connection that must not send more before an Ack comes, and reads nothing more because what it
/// sends waits, would wait for ever: the Ack can be behind calls. An Ack is true whenever it comes,
/// so that it may be taken before them, and again after them.
#[derive(Debug)]
pub(super) struct Lookahead {
    decoder: Decoder,
    bytes: BytesMut,
}

impl Lookahead {
    /// One that begins where `decoder` would.
    pub(super) fn new(decoder: Decoder) -> Self {
        Self {
            decoder,
            bytes: BytesMut::new(),
        }
    }

    /// Looks through bytes that follow those of before. What is wrong with them shows when they are
    /// worked off.
    pub(super) fn look(&mut self, bytes: &[u8], resume: &mut Resume) {
        self.bytes.extend_from_slice(bytes);
        while let Ok(Some(record)) = self.decoder.decode(&mut self.bytes) {
            if let Ok(Some(Message::Ack { sequence_id })) = Message::parse(&record) {
                // An Ack for what was never sent shows when it is worked off, too.
                let _ = resume.acknowledge(sequence_id);
            }
        }
    }
}
