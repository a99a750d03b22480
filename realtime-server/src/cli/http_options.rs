use std::time::Duration;

use clap::{Args, value_parser};

use crate::config::{HttpConfig, ServerConfig};

/// How large requests may be, and how long anything may take.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Limits of HTTP")]
pub(super) struct HttpOptions {
    /// Bytes of the request line and the fields of a request.
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 32 * 1024,
        value_parser = value_parser!(u32).range(1024..=1024 * 1024),
        env = "REALTIME_MAX_HEAD"
    )]
    max_head: u32,
    /// Bytes of the body of a request, where its route allows so many.
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 1024 * 1024,
        value_parser = value_parser!(u32).range(1024..),
        env = "REALTIME_MAX_BODY"
    )]
    max_body: u32,
    /// MiB that the bodies of all requests take together.
    #[arg(
        long,
        value_name = "MIB",
        default_value_t = 256,
        value_parser = value_parser!(u32).range(1..=1024 * 1024),
        env = "REALTIME_BODY_MEMORY"
    )]
    body_memory: u32,
    /// Seconds from the first byte of a head to its end.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 10,
        value_parser = value_parser!(u64).range(1..=3600),
        env = "REALTIME_HEAD_TIMEOUT"
    )]
    head_timeout: u64,
    /// Seconds for a body.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = value_parser!(u64).range(1..=3600),
        env = "REALTIME_BODY_TIMEOUT"
    )]
    body_timeout: u64,
    /// Seconds that a connection may wait for its next request.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 75,
        value_parser = value_parser!(u64).range(1..=3600),
        env = "REALTIME_IDLE_TIMEOUT"
    )]
    idle_timeout: u64,
    /// Seconds that a handler may take for an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=3600),
        env = "REALTIME_HANDLER_TIMEOUT"
    )]
    handler_timeout: u64,
    /// Seconds within which a client has to go on reading an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=3600),
        env = "REALTIME_WRITE_TIMEOUT"
    )]
    write_timeout: u64,
    /// Seconds that connections have to end when the server stops; a second signal cuts them at once.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 4,
        value_parser = value_parser!(u64).range(0..=3600),
        env = "REALTIME_DRAIN"
    )]
    drain: u64,
}

impl HttpOptions {
    pub(super) fn set_http(&self, config: &mut HttpConfig) {
        config.max_head = size(self.max_head);
        config.max_body_ceiling = size(self.max_body);
        config.head_timeout = Duration::from_secs(self.head_timeout);
        config.body_timeout = Duration::from_secs(self.body_timeout);
        config.keep_alive_timeout = Duration::from_secs(self.idle_timeout);
        config.handler_timeout = Duration::from_secs(self.handler_timeout);
        config.write_timeout = Duration::from_secs(self.write_timeout);
    }

    pub(super) fn set_server(&self, config: &mut ServerConfig) {
        config.max_body_memory = size(self.body_memory).saturating_mul(1024 * 1024);
        config.drain_timeout = Duration::from_secs(self.drain);
    }
}

fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        http: HttpOptions,
    }

    #[test]
    fn defaults_are_those_of_the_library() {
        let matches = Line::command().get_matches_from(["serve"]);
        let line = Line::from_arg_matches(&matches).expect("nothing is required");
        let (mut http, mut server) = (HttpConfig::default(), ServerConfig::default());
        line.http.set_http(&mut http);
        line.http.set_server(&mut server);
        assert_eq!(http, HttpConfig::default());
        let known = ServerConfig::default();
        assert_eq!(server.max_body_memory, known.max_body_memory);
        assert_eq!(server.drain_timeout, known.drain_timeout);
    }

    #[test]
    fn each_has_a_range() {
        for (flag, least, most) in [
            ("--max-head", 1024, 1024 * 1024),
            ("--max-body", 1024, u64::from(u32::MAX)),
            ("--body-memory", 1, 1024 * 1024),
            ("--head-timeout", 1, 3600),
            ("--body-timeout", 1, 3600),
            ("--idle-timeout", 1, 3600),
            ("--handler-timeout", 1, 3600),
            ("--write-timeout", 1, 3600),
            ("--drain", 0, 3600),
        ] {
            let is_taken = |value: i128| {
                let argument = format!("{flag}={value}");
                Line::try_parse_from(["serve", &argument]).is_ok()
            };
            let (least, most) = (i128::from(least), i128::from(most));
            assert!(is_taken(least) && is_taken(most), "{flag}");
            assert!(!is_taken(least - 1) && !is_taken(most + 1), "{flag}");
        }
    }
}
