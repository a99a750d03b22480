//! What the demo says by itself.

use std::{
    env, fs,
    future::Future,
    thread,
    time::{Duration, Instant},
};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::time;
use tracing::error;

use crate::{
    clock,
    hub::{Broadcaster, EncodeError},
    server::ServerBuilder,
};

const HEARTBEAT_PERIOD: Duration = Duration::from_secs(30);
const ADMIN_PERIOD: Duration = Duration::from_secs(60);
const ADMINS: &str = "Admins";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Heartbeat {
    r#type: &'static str,
    server_time: String,
    uptime: String,
    connected_clients: usize,
    message: &'static str,
}

/// How the server is.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminUpdate {
    r#type: &'static str,
    system_info: SystemInfo,
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    message: &'static str,
}

/// Where the server runs.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SystemInfo {
    processor_count: Option<usize>,
    machine_name: Option<String>,
    user_name: Option<String>,
}

pub(super) fn install(server: &mut ServerBuilder, broadcaster: &Broadcaster) {
    let started = Instant::now();
    let hub = broadcaster.clone();
    server.task(every(HEARTBEAT_PERIOD, move || {
        let hub = hub.clone();
        async move { heartbeat(&hub, started.elapsed()).await }
    }));
    let hub = broadcaster.clone();
    server.task(every(ADMIN_PERIOD, move || {
        let hub = hub.clone();
        async move { admin_update(&hub).await }
    }));
}

/// Runs `job` again and again, for the first time after one period; never two at once.
async fn every<F, Fut>(period: Duration, job: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), EncodeError>>,
{
    let mut ticks = time::interval_at(time::Instant::now() + period, period);
    loop {
        ticks.tick().await;
        if let Err(error) = job().await {
            error!(%error, "a scheduled message cannot be written");
        }
    }
}

async fn heartbeat(hub: &Broadcaster, uptime: Duration) -> Result<(), EncodeError> {
    let heartbeat = Heartbeat {
        r#type: "Heartbeat",
        server_time: clock::timestamp(),
        uptime: time_span(uptime),
        connected_clients: hub.clients().count(),
        message: "Server heartbeat from scheduled task",
    };
    hub.event("ServerHeartbeat", heartbeat).await
}

async fn admin_update(hub: &Broadcaster) -> Result<(), EncodeError> {
    let update = AdminUpdate {
        r#type: "AdminUpdate",
        system_info: system_info(),
        timestamp: clock::timestamp(),
        message: "Scheduled admin status update",
    };
    hub.to_group(ADMINS, "ReceiveAdminUpdate", update).await
}

fn system_info() -> SystemInfo {
    SystemInfo {
        processor_count: thread::available_parallelism().ok().map(Into::into),
        machine_name: fs::read_to_string("/proc/sys/kernel/hostname")
            .map(|name| name.trim().to_owned())
            .or_else(|_| env::var("HOSTNAME"))
            .ok(),
        user_name: env::var("USER").or_else(|_| env::var("LOGNAME")).ok(),
    }
}

/// `hh:mm:ss.fffffff`, the days in front where there are any: .NET's constant format.
fn time_span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest, ticks) = (seconds / 60 % 60, seconds % 60, span.subsec_nanos() / 100);
    let time = format!("{hours:02}:{minutes:02}:{rest:02}.{ticks:07}");
    if days == 0 {
        time
    } else {
        format!("{days}.{time}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_time_spans_as_dot_net_does() {
        let span = Duration::from_secs(86_400 + 2 * 3_600 + 3 * 60 + 4) + Duration::from_millis(5);
        assert_eq!(time_span(span), "1.02:03:04.0050000");
        assert_eq!(
            time_span(Duration::from_nanos(1_234_567_899)),
            "00:00:01.2345678"
        );
    }
}
