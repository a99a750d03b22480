use std::{
    task::{Context, Poll},
    time::Duration,
};

use bytes::BytesMut;
use signalr_protocol::Message;
use tokio::time;
use tracing::debug;

use super::{Connection, encoded};
use crate::{
    hub::Disconnect,
    signalr::{farewell::Farewell, lookahead::Lookahead},
};

/// How long a client waits for an Ack at most.
const ACK_PERIOD: Duration = Duration::from_secs(1);

/// What a connection does besides, whose client may replace its socket.
impl Connection {
    /// Tells a client from time to time what it need not keep any more.
    pub(super) fn poll_ack(&mut self, cx: &mut Context<'_>) {
        let owing = self.resume.as_mut().filter(|resume| resume.owes_ack());
        let Some(resume) = owing.filter(|_| !self.wire.is_detached()) else {
            return;
        };
        let timer = self
            .ack_timer
            .get_or_insert_with(|| Box::pin(time::sleep(ACK_PERIOD)));
        if timer.as_mut().poll(cx).is_ready() {
            self.ack_timer = None;
            let ack = resume.ack();
            self.push_message(&ack);
        }
    }

    /// Reads on to an Ack, where nothing more can be sent without one; says whether anything came.
    pub(super) fn look_ahead(&mut self, cx: &mut Context<'_>) -> Result<bool, Farewell> {
        let full = self.resume.as_mut().filter(|resume| resume.is_full());
        let Some(resume) = full.filter(|_| !self.wire.is_detached()) else {
            return Ok(false);
        };
        if self.lookahead.is_none() {
            let mut lookahead = Lookahead::new(self.session.fresh_decoder());
            lookahead.look(&self.records, resume);
            self.lookahead = Some(lookahead);
            return Ok(true);
        }
        let most = self.dispatch.core.config.stateful_lookahead;
        if self.records.len() >= most {
            debug!(most, "a client sends and sends, and acknowledges nothing");
            return Err(Farewell::silent(Disconnect::Slow));
        }
        let mut arrived = BytesMut::new();
        match self.wire.poll_receive(cx, &mut arrived) {
            Poll::Ready(Ok(())) => {
                if let Some(lookahead) = &mut self.lookahead {
                    lookahead.look(&arrived, resume);
                }
                self.records.extend_from_slice(&arrived);
                Ok(true)
            }
            Poll::Ready(Err(gone)) => {
                // Nobody will take what answers it, nor acknowledge what is sent.
                self.records.clear();
                Err(self.gone(gone))
            }
            Poll::Pending => Ok(false),
        }
    }

    /// The client has come back: what it may have lost is sent again.
    pub(super) fn restart(&mut self) {
        self.records.clear();
        self.lookahead = None;
        self.session.restart();
        let Some(resume) = &mut self.resume else {
            return;
        };
        let (sequence, kept) = resume.restart();
        let record = encoded(&sequence, self.session.protocol());
        let form = self.dispatch.seat.member().form();
        self.wire.push(form.frame(record));
        kept.for_each(|frame| self.wire.push(frame.clone()));
    }

    /// Sends a message that holds no payload, past the outbox.
    fn push_message(&mut self, message: &Message<'_>) {
        let record = encoded(message, self.session.protocol());
        let form = self.dispatch.seat.member().form();
        self.wire.push(form.frame(record));
    }
}
