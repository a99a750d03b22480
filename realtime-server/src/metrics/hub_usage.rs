use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use signalr_protocol::Transport;

use super::{Counter, Metrics};

/// Connections of hubs, from their handshake to their end. The names of the parts are those of the
/// metrics of ASP.NET Core.
#[derive(Debug, Default)]
pub struct HubUsage {
    usages: [Usage; Transport::ALL.len()],
}

/// Connections of one transport.
#[derive(Debug, Default)]
pub struct Usage {
    started: Counter,
    ended: [Lives; 3],
}

/// How many connections have ended in one way, and how long they lived together.
#[derive(Debug, Default)]
struct Lives {
    count: Counter,
    milliseconds: Counter,
}

/// How a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Because one side wanted it, or broke off.
    NormalClosure,
    /// Because the client was silent for too long.
    Timeout,
    /// Because the server stops.
    AppShutdown,
}

/// A connection while it lives.
#[derive(Debug)]
pub(crate) struct InUse {
    metrics: Arc<Metrics>,
    transport: Transport,
    since: Instant,
    ended: Ended,
}

impl HubUsage {
    /// The transports with their connections.
    pub fn transports(&self) -> impl Iterator<Item = (Transport, &Usage)> {
        Transport::ALL.into_iter().zip(&self.usages)
    }

    fn of(&self, transport: Transport) -> Option<&Usage> {
        self.transports()
            .find_map(|(of, usage)| (of == transport).then_some(usage))
    }
}

impl Usage {
    /// How many connections there are.
    pub fn active(&self) -> u64 {
        let ended: u64 = self.ended.iter().map(|lives| lives.count.value()).sum();
        // One may end while this is added up.
        self.started.value().saturating_sub(ended)
    }

    /// How connections have ended: in which way, how many, and how long they lived together.
    pub fn ended(&self) -> impl Iterator<Item = (&'static str, u64, Duration)> {
        let names = ["normal_closure", "timeout", "app_shutdown"];
        names.into_iter().zip(&self.ended).map(|(name, lives)| {
            let time = Duration::from_millis(lives.milliseconds.value());
            (name, lives.count.value(), time)
        })
    }
}

impl InUse {
    /// A connection has begun.
    pub(crate) fn new(metrics: &Arc<Metrics>, transport: Transport) -> Self {
        if let Some(usage) = metrics.hub_usage.of(transport) {
            usage.started.incr();
        }
        Self {
            metrics: Arc::clone(metrics),
            transport,
            since: Instant::now(),
            ended: Ended::NormalClosure,
        }
    }

    /// It has ended in that way, once it is dropped.
    pub(crate) fn ends(&mut self, ended: Ended) {
        self.ended = ended;
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let usage = self.metrics.hub_usage.of(self.transport);
        if let Some(lives) = usage.and_then(|usage| usage.ended.get(self.ended as usize)) {
            let lived = self.since.elapsed().as_millis();
            lives.milliseconds.add(lived.try_into().unwrap_or(u64::MAX));
            lives.count.incr();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_active_until_they_end() {
        let metrics = Arc::new(Metrics::default());
        let first = InUse::new(&metrics, Transport::LongPolling);
        let mut second = InUse::new(&metrics, Transport::LongPolling);
        let _other = InUse::new(&metrics, Transport::WebSockets);
        let polling = metrics
            .hub_usage
            .of(Transport::LongPolling)
            .expect("one of three");
        assert_eq!(polling.active(), 2);
        second.ends(Ended::Timeout);
        drop(second);
        assert_eq!(polling.active(), 1);
        drop(first);
        assert_eq!(polling.active(), 0);
        let counts: Vec<_> = polling
            .ended()
            .map(|(name, count, _)| (name, count))
            .collect();
        assert_eq!(
            counts,
            [("normal_closure", 1), ("timeout", 1), ("app_shutdown", 0)]
        );
    }
}
