use std::time::Duration;

use super::Origins;

/// What pages of other origins may do (the CORS protocol of the WHATWG Fetch Standard).
///
/// Pages that may not are refused by the server as well, wherever a request changes something or
/// opens a connection: a browser hides the answer from them, but sends the request.
///
/// ```
/// use realtime_server::config::{CorsConfig, Origins};
///
/// let mut cors = CorsConfig::default();
/// cors.origins = Origins::Listed(vec!["https://app.example.com".into()]);
/// assert!(cors.credentials);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CorsConfig {
    /// Which pages may ask and see the answers: those of this server. Routes, hubs and WebSocket
    /// endpoints can say otherwise.
    pub origins: Origins,
    /// Whether requests of listed pages may carry cookies and other credentials: yes, because
    /// SignalR's browser client always sends them. Never with [`Origins::Any`].
    pub credentials: bool,
    /// Request fields that listed pages may send beside [`CorsConfig::FIELDS`]: none.
    pub fields: Vec<Box<str>>,
    /// How long a browser may remember a preflight: 10 min.
    pub max_age: Duration,
}

impl CorsConfig {
    /// Request fields that listed pages may always send: what `EventSource` replacements and
    /// SignalR's browser client use.
    pub const FIELDS: [&str; 6] = [
        "authorization",
        "cache-control",
        "content-type",
        "last-event-id",
        "x-requested-with",
        "x-signalr-user-agent",
    ];
}

impl Default for CorsConfig {
    fn default() -> Self {
        Self {
            origins: Origins::Same,
            credentials: true,
            fields: Vec::new(),
            max_age: Duration::from_secs(600),
        }
    }
}
