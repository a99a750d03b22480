//! The names by which a value asks a serializer for another form than JSON's.
//!
//! Types see themselves written as people read it in both protocols, identifiers as text and enums
//! by name, because the official clients have it so. These are the exceptions.

/// A newtype of this name is a value as it stands on the wire.
pub(crate) const ANY: &str = "$signalr_protocol::Any";
/// A newtype of this name is bytes.
pub(crate) const BINARY: &str = "$signalr_protocol::Binary";
/// A newtype of this name is a timestamp.
pub(crate) const TIMESTAMP: &str = "$signalr_protocol::Timestamp";
