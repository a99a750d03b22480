use std::{
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use signalr_protocol::{Arguments, Close, Message};

use super::{
    connection::framed,
    farewell::Farewell,
    invocation::{self, Running},
};
use crate::{
    fanout::{Member, Seat},
    hub::{Caller, Core, Disconnect},
};

/// What a connection is doing for its client.
pub(super) struct Dispatch {
    pub(super) core: Arc<Core>,
    pub(super) caller: Caller,
    pub(super) seat: Seat,
    pub(super) running: FuturesUnordered<Running>,
    /// Whether the client has pinged: from then on it owes a sign of life.
    pings: bool,
    /// Whether its silence counts at the moment.
    awaited: bool,
}

/// An invocation of either kind.
struct Call<'a> {
    id: Option<&'a str>,
    target: &'a str,
    arguments: Arguments<'a>,
    uploads: usize,
    wants_stream: bool,
}

impl Dispatch {
    pub(super) fn new(core: Arc<Core>, member: Arc<Member>) -> Self {
        let caller = Caller::new(Arc::clone(&core), Arc::clone(&member));
        let seat = core.registry.seat(member);
        let running = FuturesUnordered::new();
        Self {
            core,
            caller,
            seat,
            running,
            pings: false,
            awaited: false,
        }
    }

    /// Whether one more invocation may be read: there is a slot, and the client takes its answers.
    pub(super) fn has_room(&self) -> bool {
        self.running.len() < self.core.config.parallel_invocations
            && !self.seat.member().outbox().is_half_full()
    }

    /// The client is not listened to for now, so that it cannot be blamed for its silence.
    pub(super) fn forgive_silence(&mut self) {
        if self.awaited {
            self.seat.forgive();
            self.awaited = false;
        }
    }

    /// Something came from the client.
    pub(super) fn heard(&mut self) {
        if self.pings {
            self.seat.expect_to_hear();
            self.awaited = true;
        }
    }

    /// Goes on with the invocations at work; says whether one has ended.
    pub(super) fn poll_running(&mut self, cx: &mut Context<'_>) -> bool {
        let mut ended = false;
        while let Poll::Ready(Some(done)) = self.running.poll_next_unpin(cx) {
            if let Some(completion) = done.completion(&self.core) {
                self.answer(completion);
            }
            ended = true;
        }
        if ended && self.has_room() {
            // It is listened to again: its time of silence starts anew.
            self.heard();
        }
        ended
    }

    /// Does what a message of the client asks for.
    pub(super) fn take(&mut self, message: Message<'_>) -> Result<(), Farewell> {
        match message {
            Message::Invocation(call) => self.call(&Call {
                id: call.invocation_id.as_deref(),
                target: &call.target,
                arguments: call.arguments,
                uploads: call.stream_ids.len(),
                wants_stream: false,
            }),
            Message::StreamInvocation(call) => self.call(&Call {
                id: Some(&call.invocation_id),
                target: &call.target,
                arguments: call.arguments,
                uploads: call.stream_ids.len(),
                wants_stream: true,
            }),
            Message::Ping => {
                self.pings = true;
                self.heard();
            }
            Message::Close(Close { error, .. }) => {
                let disconnect = match error {
                    Some(error) => Disconnect::ClientError(error.into_owned()),
                    None => Disconnect::Closed,
                };
                return Err(Farewell::orderly(disconnect, false));
            }
            // Of streams and calls that this server has not started: passed over, as unknown ids.
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, call: &Call<'_>) {
        self.core.metrics.invocations.incr();
        let started = invocation::start(
            &self.core,
            &self.caller,
            call.id,
            call.target,
            &call.arguments,
        );
        let refusal = match started {
            Ok(running) => match call.mismatch(running.method()) {
                None => {
                    self.running.push(running);
                    return;
                }
                Some(text) => call.id.map(|id| invocation::failure(id, text)),
            },
            Err(error) => error.completion(call.id, &self.core),
        };
        self.core.metrics.invocations_refused.incr();
        if let Some(refusal) = refusal {
            self.answer(refusal);
        }
    }

    fn answer(&self, completion: bytes::Bytes) {
        self.seat.member().outbox().push(framed(completion));
    }
}

impl Call<'_> {
    /// Why a plain method that takes no streams cannot be called like this.
    fn mismatch(&self, method: &str) -> Option<String> {
        if self.wants_stream {
            return Some(format!(
                "The client attempted to invoke the non-streaming '{method}' method with a \
                 streaming invocation."
            ));
        }
        (self.uploads > 0).then(|| {
            format!(
                "An unexpected error occurred invoking '{method}' on the server. HubException: \
                 Client sent {} stream(s), Hub method expects 0.",
                self.uploads
            )
        })
    }
}
