use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::config::{CorsConfig, Hosts, Origins, ServerConfig};

/// What browsers may do, and the files that they are served.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Pages and browsers")]
pub(super) struct PageOptions {
    /// Serve the files of a directory below a path; can be given several times.
    #[arg(
        long = "static",
        value_name = "/PATH=DIRECTORY",
        value_parser = mount,
        value_delimiter = ',',
        env = "REALTIME_STATIC"
    )]
    pub(super) mounts: Vec<Mount>,
    /// A name that the server goes by, with or without a port; "*.example.com" is all below it, "*"
    /// is every name; can be given several times. Without it: only addresses and localhost where the
    /// server listens on loopback, else every name.
    #[arg(
        long = "allowed-host",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = host,
        env = "REALTIME_ALLOWED_HOSTS"
    )]
    allowed_hosts: Vec<String>,
    /// An origin whose pages may connect and ask, such as <https://app.example.com>; "*" is every
    /// origin, without cookies; can be given several times.
    #[arg(
        long = "cors-origin",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin,
        env = "REALTIME_CORS_ORIGINS"
    )]
    cors_origins: Vec<String>,
    /// A request field that such pages may send beside those of SignalR and event streams.
    #[arg(
        long = "cors-field",
        value_name = "NAME",
        value_delimiter = ',',
        env = "REALTIME_CORS_FIELDS"
    )]
    cors_fields: Vec<String>,
    /// Do not let such pages send cookies.
    #[arg(long, env = "REALTIME_CORS_NO_CREDENTIALS")]
    cors_no_credentials: bool,
    /// Seconds that a browser may remember what pages of an origin may do.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 600,
        env = "REALTIME_CORS_MAX_AGE"
    )]
    cors_max_age: u64,
    /// Seconds for which browsers that came over TLS come over nothing else; 0 does not ask for it.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 31_536_000,
        env = "REALTIME_HSTS"
    )]
    hsts: u64,
}

/// A directory, and the path below which its files are served.
#[derive(Clone, Debug)]
pub(super) struct Mount {
    pub(super) path: String,
    pub(super) directory: PathBuf,
}

impl PageOptions {
    pub(super) fn hosts(&self) -> Hosts {
        if self.allowed_hosts.is_empty() {
            return Hosts::default();
        }
        if self.allowed_hosts.iter().any(|name| name == "*") {
            return Hosts::Any;
        }
        let names = self.allowed_hosts.iter().map(|name| name.as_str().into());
        Hosts::Listed(names.collect())
    }

    pub(super) fn cors(&self) -> CorsConfig {
        let origins = if self.cors_origins.is_empty() {
            Origins::Same
        } else if self.cors_origins.iter().any(|origin| origin == "*") {
            Origins::Any
        } else {
            let origins = self
                .cors_origins
                .iter()
                .map(|origin| origin.as_str().into());
            Origins::Listed(origins.collect())
        };
        CorsConfig {
            origins,
            credentials: !self.cors_no_credentials,
            fields: self
                .cors_fields
                .iter()
                .map(|name| name.as_str().into())
                .collect(),
            max_age: Duration::from_secs(self.cors_max_age),
        }
    }

    /// From which pages a cookie may prove who it is.
    pub(super) fn cookie_origins(&self) -> Origins {
        match self.cors() {
            CorsConfig {
                origins: listed @ Origins::Listed(_),
                credentials: true,
                ..
            } => listed,
            _ => Origins::Same,
        }
    }

    pub(super) fn set_server(&self, config: &mut ServerConfig) {
        let hsts = Some(Duration::from_secs(self.hsts));
        config.hsts = hsts.filter(|time| !time.is_zero());
    }
}

fn mount(text: &str) -> Result<Mount, &'static str> {
    match text.split_once('=') {
        Some((path, directory)) if path.starts_with('/') && !directory.is_empty() => Ok(Mount {
            path: path.to_owned(),
            directory: directory.into(),
        }),
        _ => Err("expected a path and a directory, such as /files=./public"),
    }
}

fn host(text: &str) -> Result<String, &'static str> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if text == "*" || (!name.is_empty() && name.bytes().all(plain)) {
        return Ok(text.to_owned());
    }
    Err("expected a host name, such as push.example.com or *.example.com, without scheme and path")
}

/// As browsers write it: anything else would never be equal to what they send.
fn origin(text: &str) -> Result<String, &'static str> {
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    match authority {
        _ if text == "*" => Ok(text.to_owned()),
        Some(authority) if !authority.is_empty() && authority.bytes().all(plain) => {
            Ok(text.to_owned())
        }
        _ => Err("expected scheme, host and port only, such as https://app.example.com"),
    }
}
