//! Whether anybody is at the other end, and has anything to do there.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use h2::{Ping, PingPong};
use tokio::time::{Instant, Sleep, sleep};

use crate::config::HttpConfig;

/// The one timer of a connection.
pub(super) struct Health {
    pings: PingPong,
    timer: Pin<Box<Sleep>>,
    phase: Phase,
    /// Whether a ping is on its way.
    asked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is no stream.
    Idle,
    /// There are streams.
    Busy,
    /// There is no stream, and the client was told that there will be none.
    Leaving,
}

/// What is to be done with a connection.
pub(super) enum Verdict {
    /// It has been without a stream for too long.
    Idle,
    /// Nobody answers.
    Dead,
}

impl Health {
    /// Of a connection that has just begun.
    pub(super) fn new(pings: PingPong, config: &HttpConfig) -> Self {
        Self {
            pings,
            timer: Box::pin(sleep(config.keep_alive_timeout)),
            phase: Phase::Idle,
            asked: false,
        }
    }

    /// Looks at a connection; `idle` says that it has no stream.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        idle: bool,
        config: &HttpConfig,
    ) -> Poll<Verdict> {
        match (self.phase, idle) {
            (Phase::Idle | Phase::Leaving, false) => {
                self.enter(Phase::Busy, config.http2.ping_interval);
            }
            (Phase::Busy, true) => self.enter(Phase::Idle, config.keep_alive_timeout),
            _ => {}
        }
        loop {
            if self.asked && self.pings.poll_pong(cx).is_ready() {
                self.asked = false;
                if self.phase == Phase::Busy {
                    self.enter(Phase::Busy, config.http2.ping_interval);
                }
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            match self.phase {
                Phase::Busy if !self.asked => {
                    self.asked = self.pings.send_ping(Ping::opaque()).is_ok();
                    self.enter(Phase::Busy, config.http2.ping_timeout);
                }
                Phase::Busy | Phase::Leaving => return Poll::Ready(Verdict::Dead),
                Phase::Idle => {
                    self.enter(Phase::Leaving, config.http2.ping_timeout);
                    return Poll::Ready(Verdict::Idle);
                }
            }
        }
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.timer.as_mut().reset(Instant::now() + time);
    }
}
