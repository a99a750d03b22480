/// Which web pages may open connections and change things (RFC 6455 section 10.2).
///
/// Browsers name the origin of the page in every WebSocket handshake and in every other request that is
/// not a mere GET, and send cookies along; nothing else keeps a foreign page out. Clients that are no browsers name none, and are admitted.
///
/// ```
/// use realtime_server::config::Origins;
///
/// let origins = Origins::Listed(vec!["https://app.example.com".into()]);
/// assert_ne!(origins, Origins::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origins {
    /// Pages of this server alone: those whose authority is the one the request is for.
    #[default]
    Same,
    /// Pages of this server, and of these origins: scheme, host, and port where it is not the
    /// scheme's own. They are compared whole; case does not matter.
    Listed(Vec<Box<str>>),
    /// Every page there is. Only where a connection gives nothing that its opener could not get
    /// anyway.
    Any,
}
