use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::id;

/// The connections that are negotiated and have no transport yet, by the secret token that their
/// transport has to show.
#[derive(Debug)]
pub(super) struct Pending {
    lifetime: Duration,
    most: usize,
    waiting: Mutex<HashMap<String, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    id: Arc<str>,
    until: Instant,
}

/// A new connection: the public id and the secret token, which version 0 does not tell apart.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) id: Arc<str>,
    pub(super) token: String,
}

/// As many connections are waiting as there may be.
#[derive(Debug)]
pub(super) struct TooManyPending;

impl Pending {
    pub(super) fn new(lifetime: Duration, most: usize) -> Self {
        Self {
            lifetime,
            most,
            waiting: Mutex::default(),
        }
    }

    pub(super) fn issue(&self, version: i32) -> Result<Ticket, TooManyPending> {
        let token = id::base64url();
        let id: Arc<str> = if version > 0 {
            id::base64url().into()
        } else {
            token.as_str().into()
        };
        let waiting = Waiting {
            id: Arc::clone(&id),
            until: Instant::now() + self.lifetime,
        };
        let mut table = self.lock();
        if table.len() >= self.most {
            return Err(TooManyPending);
        }
        table.insert(token.clone(), waiting);
        Ok(Ticket { id, token })
    }

    /// Takes the connection with this token out; its id, if it was there in time.
    pub(super) fn take(&self, token: &str) -> Option<Arc<str>> {
        let waiting = self.lock().remove(token)?;
        (Instant::now() < waiting.until).then_some(waiting.id)
    }

    pub(super) fn contains(&self, token: &str) -> bool {
        self.lock()
            .get(token)
            .is_some_and(|waiting| Instant::now() < waiting.until)
    }

    /// Forgets those whose time is over; says how many they were.
    pub(super) fn expire(&self) -> usize {
        let mut table = self.lock();
        let before = table.len();
        let now = Instant::now();
        table.retain(|_, waiting| now < waiting.until);
        before - table.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
