/// By which fields a trusted proxy says for whom it asks.
///
/// Only those of one kind are read: a proxy sets its own kind, and hands on what a client wrote into
/// the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyFields {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, as nearly every proxy sends.
    /// The proxy has to set, or remove, each of the three.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}
