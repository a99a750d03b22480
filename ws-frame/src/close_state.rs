use crate::{Close, Message};

/// How far the closing handshake is: who may still send (RFC 6455 section 7.1).
///
/// ```
/// use ws_frame::{Close, CloseCode, CloseState, Message};
///
/// let mut state = CloseState::default();
/// // The peer says goodbye: answer, then nothing may be sent.
/// let reply = state.receive(Some(Close::new(CloseCode::NORMAL, "done")));
/// assert_eq!(reply, Some(Message::Close(Some(Close::new(CloseCode::NORMAL, "")))));
/// assert!(state.close());
/// assert_eq!(state, CloseState::Closed);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CloseState {
    /// Both sides may send.
    #[default]
    Open,
    /// Our close frame is out; the peer's is awaited, under a deadline, and what else arrives may
    /// be dropped.
    Sent,
    /// The peer's close frame is here, ours is due.
    Received,
    /// Both are done. A server closes the TCP connection at once; a client waits for it to do so,
    /// under a deadline.
    Closed,
}

impl CloseState {
    /// Whether messages, pings and pongs may be sent.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
    //# The application MUST NOT send any more data frames after sending a
    //# Close frame.
    #[must_use]
    pub const fn may_send(self) -> bool {
        matches!(self, Self::Open)
    }

    /// Notes that our close frame goes out. `false` if one did before: this one may not follow.
    pub fn close(&mut self) -> bool {
        let (next, first) = match *self {
            Self::Open => (Self::Sent, true),
            Self::Received => (Self::Closed, true),
            state => (state, false),
        };
        *self = next;
        first
    }

    /// Notes the peer's close frame and returns the answer that is due, if ours is not out already:
    /// the same code, or an empty frame for an empty one. Send it and call [`close`](Self::close).
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
    //# If an endpoint receives a Close frame and did not previously send a
    //# Close frame, the endpoint MUST send a Close frame in response.  (When
    //# sending a Close frame in response, the endpoint typically echos the
    //# status code it received.)
    pub fn receive(&mut self, close: Option<Close<'_>>) -> Option<Message<'static>> {
        match *self {
            Self::Open => {
                *self = Self::Received;
                Some(Message::Close(
                    close.map(|close| Close::new(close.code(), "")),
                ))
            }
            Self::Sent => {
                *self = Self::Closed;
                None
            }
            Self::Received | Self::Closed => None,
        }
    }
}
