use std::{
    borrow::Cow,
    sync::Arc,
    task::{Context, Poll},
};

use signalr_protocol::{Arguments, Close, Completion, Headers, Message, StreamItem};
use tokio::time::Instant;
use tracing::debug;

use super::{
    farewell::Farewell,
    invocation::Invocation,
    invocations::{Invocations, Step},
    refusal::Refusal,
    uploads::Uploads,
};
use crate::{
    config::Rate,
    fanout::Seat,
    hub::{Begin, Caller, Connection, Core, Disconnect, OpenUploads, Panicked, Reply, Scope},
    throttle::Meter,
};

/// What a connection is doing for its client.
pub(super) struct Dispatch {
    pub(super) core: Arc<Core>,
    pub(super) connection: Arc<Connection>,
    pub(super) seat: Seat,
    pub(super) invocations: Invocations,
    pub(super) uploads: Uploads,
    invoked: Meter,
    /// Whether the client has pinged: from then on it owes a sign of life.
    pings: bool,
    /// Whether it has begun a message and owes the rest.
    owes_rest: bool,
    /// Whether its silence counts at the moment.
    awaited: bool,
}

/// An invocation of either kind.
struct Call<'a> {
    id: Option<Cow<'a, str>>,
    target: Cow<'a, str>,
    headers: Headers<'a>,
    arguments: Arguments<'a>,
    stream_ids: Vec<Cow<'a, str>>,
    wants_stream: bool,
}

impl Dispatch {
    pub(super) fn new(core: Arc<Core>, connection: Arc<Connection>) -> Self {
        let seat = core.registry.seat(Arc::clone(&connection.member));
        core.enter(&seat);
        let who = connection.principal.identity();
        core.extend(connection.id(), who.as_deref());
        Self {
            invocations: Invocations::new(Arc::clone(&connection), &core.config),
            core,
            connection,
            seat,
            uploads: Uploads::default(),
            invoked: Meter::new(Instant::now()),
            pings: false,
            owes_rest: false,
            awaited: false,
        }
    }

    /// Whether one more message may be read: no invocation waits for a slot, no upload is full, and
    /// the client takes its answers.
    pub(super) fn has_room(&mut self, cx: &Context<'_>) -> bool {
        self.connection.wake_for_room(cx);
        !self.invocations.are_waiting()
            && !self.uploads.are_full()
            && !self.seat.member().outbox().is_half_full()
    }

    /// The client is not listened to for now, so that it cannot be blamed for its silence.
    pub(super) fn forgive_silence(&mut self) {
        if self.awaited {
            self.seat.forgive();
            self.awaited = false;
        }
    }

    /// Something came from the client. That is no sign of life while the rest of a message is due:
    /// its beginning would be kept for as long as a byte comes now and then.
    pub(super) fn heard(&mut self) {
        if self.pings && !self.owes_rest {
            self.listen();
        }
    }

    /// A whole message came.
    pub(super) fn heard_message(&mut self) {
        if std::mem::take(&mut self.owes_rest) {
            self.heard();
        }
    }

    /// All that has come is worked off, but for the beginning of a message perhaps: a client that
    /// does not go on from there in time is silent, whether or not it pings.
    pub(super) fn await_rest(&mut self, has_begun: bool) {
        if has_begun {
            if !self.owes_rest || !self.awaited {
                self.listen();
            }
            self.owes_rest = true;
            return;
        }
        self.heard_message();
        if !self.pings {
            self.forgive_silence();
        }
    }

    /// The time in which something has to come starts anew.
    fn listen(&mut self) {
        self.seat.expect_to_hear();
        self.awaited = true;
    }

    /// Goes on with the invocations at work; says whether one has begun or ended.
    pub(super) fn poll_invocations(&mut self, cx: &mut Context<'_>) -> bool {
        let mut changed = false;
        while let Poll::Ready(step) = self.invocations.poll(cx) {
            if let Step::Ended(done) = step {
                self.uploads.close(&done.invocation.uploads);
                if let Some(completion) = done.completion(&self.core) {
                    self.connection.tell(completion);
                }
            }
            changed = true;
        }
        if changed && self.has_room(cx) {
            // It is listened to again: its time of silence starts anew.
            self.heard();
        }
        changed
    }

    /// Does what a message of the client asks for.
    pub(super) fn take(&mut self, message: Message<'_>) -> Result<(), Farewell> {
        match message {
            Message::Invocation(call) => self.call(&Call {
                id: call.invocation_id,
                target: call.target,
                headers: call.headers,
                arguments: call.arguments,
                stream_ids: call.stream_ids,
                wants_stream: false,
            })?,
            Message::StreamInvocation(call) => self.call(&Call {
                id: Some(call.invocation_id),
                target: call.target,
                headers: call.headers,
                arguments: call.arguments,
                stream_ids: call.stream_ids,
                wants_stream: true,
            })?,
            Message::StreamItem(item) => self.put(&item),
            Message::Completion(completion) => self.complete(&completion)?,
            Message::CancelInvocation(cancel) => self.cancel(&cancel.invocation_id),
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
            // Of a reconnect that this connection does not take part in.
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, call: &Call<'_>) -> Result<(), Farewell> {
        let limit = self.core.config.max_invocation_id;
        if call.ids().any(|id| id.len() > limit) {
            debug!(limit, "an invocation id is too long");
            let detail = format!("InvalidDataException: An invocation ID exceeds {limit} bytes.");
            return Err(self.broken(&detail));
        }
        self.core.metrics.invocations.incr();
        let reply = Reply {
            protocol: self.connection.origin.protocol,
            id: call.id.as_deref().map(Into::into),
        };
        let mut name = Arc::from(&*call.target);
        if let Err(refusal) = self.begin(call, &reply, &mut name) {
            debug!(method = %name, %refusal, "an invocation was not begun");
            self.core.metrics.invocations_refused.incr();
            let text = refusal.text(&name, self.core.config.detailed_errors);
            if let Some(completion) = reply.failure(&text) {
                self.connection.tell(completion);
            }
        }
        Ok(())
    }

    /// Begins an invocation. `name` becomes that of the method as it was registered.
    fn begin(
        &mut self,
        call: &Call<'_>,
        reply: &Reply,
        name: &mut Arc<str>,
    ) -> Result<(), Refusal> {
        if let Some(rate) = self.core.config.max_invocation_rate.map(Rate::per_second)
            && self.invoked.take(rate, Instant::now()).is_err()
        {
            return Err(Refusal::TooFast);
        }
        let core = Arc::clone(&self.core);
        let scope = Scope::of_invocation(Arc::clone(&self.connection), &call.headers);
        let scope = Arc::new(scope);
        let caller = Caller::new(Arc::clone(&core), Arc::clone(&scope));
        core.before_dispatch(&caller, &call.target)
            .map_err(|_panicked| Refusal::Panicked)?
            .map_err(Refusal::Unwanted)?;
        let method = core.method(&call.target).ok_or(Refusal::UnknownMethod)?;
        *name = Arc::clone(&method.name);
        let begin = Begin {
            scope: Arc::clone(&scope),
            caller,
            arguments: call.arguments,
            reply: reply.clone(),
        };
        let mut uploads = OpenUploads::new(Arc::clone(&self.connection), core.config.upload_buffer);
        let work = core
            .begin(method, begin, &mut uploads)
            .map_err(|_panicked| Refusal::Panicked)?
            .map_err(Refusal::Arguments)?;
        match core.guard("a policy", || core.allows(method, &self.connection)) {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::Unauthorized),
            Err(Panicked) => return Err(Refusal::Panicked),
        }
        match (call.wants_stream, method.streams) {
            (true, false) => return Err(Refusal::AnswersWithResult),
            (false, true) => return Err(Refusal::AnswersWithStream),
            _ => {}
        }
        let (sent, expected) = (call.stream_ids.len(), method.uploads);
        if sent != expected {
            return Err(Refusal::Uploads { sent, expected });
        }
        self.check_ids(call)?;
        let ids: Vec<Arc<str>> = call.stream_ids.iter().map(|id| Arc::from(&**id)).collect();
        let invocation = Invocation::new(&core.path, method, reply.clone(), scope, ids.clone());
        if !self.invocations.begin(invocation, work) {
            return Err(Refusal::TooMany);
        }
        for (id, sink) in ids.into_iter().zip(uploads.into_sinks()) {
            self.uploads.open(id, sink);
        }
        Ok(())
    }

    /// What answers or is sent in many parts needs a name of its own.
    fn check_ids(&mut self, call: &Call<'_>) -> Result<(), Refusal> {
        if call.wants_stream
            && let Some(id) = &call.id
            && self.invocations.unanswered(id).is_some()
        {
            return Err(Refusal::IdInUse(id.as_ref().into()));
        }
        for (at, id) in call.stream_ids.iter().enumerate() {
            if self.uploads.contains(id) || call.stream_ids.iter().take(at).any(|other| other == id)
            {
                return Err(Refusal::IdInUse(id.as_ref().into()));
            }
        }
        Ok(())
    }

    /// Passes an item of an upload on, the type of which is the application's.
    fn put(&mut self, item: &StreamItem<'_>) {
        let (id, uploads) = (&item.invocation_id, &mut self.uploads);
        let put = self.core.guard("an upload", || uploads.put(id, &item.item));
        if put.is_err() {
            self.uploads.spoil(id);
        }
    }

    fn cancel(&mut self, id: &str) {
        let invocation = self.invocations.unanswered(id);
        if let Some(end) = invocation.and_then(Invocation::cancel) {
            self.connection.tell(end);
        }
    }

    /// The client ends an upload, or answers what it was asked.
    fn complete(&mut self, completion: &Completion<'_>) -> Result<(), Farewell> {
        let (id, outcome) = (&*completion.invocation_id, &completion.outcome);
        if self.uploads.end(id, outcome) {
            return Ok(());
        }
        let results = &self.core.client_results;
        let answered = self.core.guard("a client result", || {
            results.answer(id, self.connection.id(), outcome)
        });
        match answered {
            // Who asked is told of a panic, too.
            Ok(Ok(true)) | Err(Panicked) => Ok(()),
            Ok(Ok(false)) => {
                debug!("an answer that nobody waits for was passed over");
                Ok(())
            }
            Ok(Err(error)) => {
                debug!(%error, "a client answered for another one");
                Err(self.broken(&format!("InvalidOperationException: {error}")))
            }
        }
    }

    fn broken(&self, detail: &str) -> Farewell {
        let detail = self.core.config.detailed_errors.then_some(detail);
        Farewell::error(Disconnect::Protocol, true, detail)
    }
}

impl Call<'_> {
    fn ids(&self) -> impl Iterator<Item = &str> {
        let ids = self.stream_ids.iter().chain(&self.id);
        ids.map(|id| &**id)
    }
}
