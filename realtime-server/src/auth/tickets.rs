use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{id, identity::Identity};

/// Tickets that are out: random names, each of which stands for somebody once, within 30 s. So what
/// stands in a URL, and in the logs of proxies, is worth nothing by then.
#[derive(Default)]
pub struct Tickets {
    out: Mutex<HashMap<String, Ticket>>,
}

struct Ticket {
    holder: Arc<Identity>,
    until: Instant,
}

impl Tickets {
    /// How long a ticket is good for.
    pub const LIFETIME: Duration = Duration::from_secs(30);
    /// Tickets that are out and good at the same time.
    pub const MOST: usize = 10_000;

    /// No tickets yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A ticket for `holder`; none when too many are out.
    pub fn issue(&self, holder: Arc<Identity>) -> Option<String> {
        let now = Instant::now();
        let mut out = self.out();
        if out.len() >= Self::MOST {
            out.retain(|_, ticket| now < ticket.until);
        }
        if out.len() >= Self::MOST {
            return None;
        }
        let name = id::uuid();
        let until = now + Self::LIFETIME;
        out.insert(name.clone(), Ticket { holder, until });
        Some(name)
    }

    /// Whether this could be a ticket, known or not.
    #[must_use]
    pub fn is_ticket(text: &str) -> bool {
        canonical(text).is_some()
    }

    /// Who it was made out to, if it is good. It is not good a second time, whoever comes first.
    pub fn redeem(&self, text: &str) -> Option<Arc<Identity>> {
        let ticket = self.out().remove(&canonical(text)?)?;
        (Instant::now() < ticket.until).then_some(ticket.holder)
    }

    fn out(&self) -> MutexGuard<'_, HashMap<String, Ticket>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A ticket in the form in which it was issued. It is a UUID, of which clients may have changed the
/// case or left out the hyphens.
fn canonical(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|char| *char != '-').collect();
    let is_uuid = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_uuid.then(|| id::hyphenate(&digits.to_ascii_lowercase()))
}

impl fmt::Debug for Tickets {
    /// Without the tickets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets")
            .field("out", &self.out().len())
            .finish()
    }
}
