use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use signalr_protocol::Transport;
use tokio::sync::Semaphore;

use super::line::{Arrival, Left, Line, Refused};
use crate::{config::HubConfig, hub::Principal, id, throttle::Place};

/// The connections of a hub by their tokens, from their negotiation to their end.
pub(super) struct Table {
    /// How long a client may take to come for the first time.
    connect_timeout: Duration,
    /// How long it may stay away after that.
    disconnect_timeout: Duration,
    /// Places for connections that are negotiated and have no transport yet.
    waiting: Arc<Semaphore>,
    /// Places for connections that can live without a request.
    polling: Arc<Semaphore>,
    lines: Mutex<HashMap<Box<str>, Arc<Line>>>,
}

/// As many connections are waiting as there may be.
#[derive(Debug)]
pub(super) struct TooManyPending;

/// What one look at all connections has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Expired {
    /// Negotiated ones that nobody came for.
    pub(super) negotiated: u64,
    /// Long polling ones whose client did not poll again.
    pub(super) polling: u64,
}

impl Expired {
    pub(super) fn any(self) -> bool {
        self != Self::default()
    }
}

/// A connection's place in its table, for as long as its task runs.
pub(super) struct Listed {
    table: Arc<Table>,
    line: Arc<Line>,
}

impl Table {
    pub(super) fn new(config: &HubConfig) -> Self {
        let places = |most: usize| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self {
            connect_timeout: config.connect_timeout,
            disconnect_timeout: config.disconnect_timeout,
            waiting: places(config.max_pending),
            polling: places(config.max_polling),
            lines: Mutex::default(),
        }
    }

    /// A new connection of `principal`, as the negotiation of `version` makes it; `stateful` if a lost
    /// socket of it can be replaced, and `seat` its place among those of its user.
    pub(super) fn issue(
        &self,
        version: i32,
        stateful: bool,
        principal: Principal,
        seat: Option<Place>,
    ) -> Result<Arc<Line>, TooManyPending> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_full| TooManyPending)?;
        let token = id::base64url();
        // Version 0 does not tell the secret from the name.
        let id = if version > 0 {
            id::base64url().into()
        } else {
            token.as_str().into()
        };
        let line = Arc::new(Line::new(
            id,
            token.into(),
            stateful,
            principal,
            place,
            seat,
        ));
        self.lock().insert(line.token.clone(), Arc::clone(&line));
        Ok(line)
    }

    /// The connection with this token, unless its client has come too late.
    pub(super) fn find(&self, token: &str) -> Option<Arc<Line>> {
        let line = self.lock().get(token).cloned()?;
        (!self.is_expired(&line)).then_some(line)
    }

    /// A request of `transport` has come for `line`. With the first one its task begins, for which it
    /// is listed.
    pub(super) fn arrive(
        self: &Arc<Self>,
        line: &Arc<Line>,
        transport: Transport,
    ) -> Result<Option<Listed>, Refused> {
        let arrival = line.arrive(transport, &self.polling)?;
        Ok((arrival == Arrival::First).then(|| Listed {
            table: Arc::clone(self),
            line: Arc::clone(line),
        }))
    }

    pub(super) fn remove(&self, line: &Line) {
        self.lock().remove(&line.token);
    }

    /// Ends the connections whose clients did not come in time.
    pub(super) fn expire(&self) -> Expired {
        let mut expired = Expired::default();
        self.lock().retain(|_, line| {
            let over = self.is_expired(line);
            if over {
                match line.transport() {
                    None => expired.negotiated += 1,
                    Some(_) if line.has_ended() => {}
                    Some(_) => expired.polling += 1,
                }
                line.leave(Left::Lost);
            }
            !over
        });
        expired
    }

    fn is_expired(&self, line: &Line) -> bool {
        line.is_idle_for(self.connect_timeout, self.disconnect_timeout)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// However the task has ended, requests learn of it.
impl Drop for Listed {
    fn drop(&mut self) {
        self.line.end(&mut Vec::new());
        if !self.line.owes_an_end() {
            self.table.remove(&self.line);
        }
    }
}
