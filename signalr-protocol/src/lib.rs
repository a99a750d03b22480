//! signalr-protocol
