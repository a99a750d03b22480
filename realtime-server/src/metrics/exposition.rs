use std::fmt::Write;

use signalr_protocol::Transport;

use super::Metrics;

impl Metrics {
    /// The type of [`exposition`](Self::exposition).
    pub const EXPOSITION_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Everything in the text format of Prometheus, version 0.0.4. Counters are called
    /// `realtime_…_total`; the connections of hubs as in ASP.NET Core, `signalr_server_…`.
    pub fn exposition(&self) -> String {
        let mut text = String::new();
        for (name, help, value) in self.counters() {
            let name = format!("realtime_{name}_total");
            describe(&mut text, &name, help, "counter");
            line(&mut text, &name, &[], value);
        }
        let name = "signalr_server_active_connections";
        describe(&mut text, name, "Hub connections that there are.", "gauge");
        for (transport, usage) in self.hub_usage.transports() {
            let labels = [("signalr_transport", label(transport))];
            line(&mut text, name, &labels, usage.active());
        }
        let name = "signalr_server_connection_duration_seconds";
        let help = "How long hub connections lived that have ended.";
        describe(&mut text, name, help, "summary");
        for (transport, usage) in self.hub_usage.transports() {
            for (status, count, time) in usage.ended() {
                let labels = [
                    ("signalr_transport", label(transport)),
                    ("signalr_connection_status", status),
                ];
                line(
                    &mut text,
                    &format!("{name}_sum"),
                    &labels,
                    time.as_secs_f64(),
                );
                line(&mut text, &format!("{name}_count"), &labels, count);
            }
        }
        text
    }
}

fn describe(text: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a string cannot fail, here and below.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    text.push_str(name);
    for (index, (label, of)) in labels.iter().enumerate() {
        let before = if index == 0 { '{' } else { ',' };
        let _ = write!(text, "{before}{label}=\"{of}\"");
    }
    let after = if labels.is_empty() { "" } else { "}" };
    let _ = writeln!(text, "{after} {value}");
}

const fn label(transport: Transport) -> &'static str {
    match transport {
        Transport::WebSockets => "web_sockets",
        Transport::ServerSentEvents => "server_sent_events",
        Transport::LongPolling => "long_polling",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use super::*;
    use crate::metrics::{Ended, InUse};

    #[test]
    fn every_counter_and_the_connections_of_hubs_are_shown() {
        let metrics = Arc::new(Metrics::default());
        metrics.requests.add(7);
        let _open = InUse::new(&metrics, Transport::WebSockets);
        InUse::new(&metrics, Transport::LongPolling).ends(Ended::Timeout);
        let text = metrics.exposition();
        for line in [
            "# HELP realtime_requests_total Heads that were read and understood.",
            "# TYPE realtime_requests_total counter",
            "realtime_requests_total 7",
            "realtime_key_fetches_failed_total 0",
            "signalr_server_active_connections{signalr_transport=\"web_sockets\"} 1",
            "signalr_server_connection_duration_seconds_count{signalr_transport=\"long_polling\",\
             signalr_connection_status=\"timeout\"} 1",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
        }
        let mut named = HashSet::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            assert!(named.insert(name), "{name} twice");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
