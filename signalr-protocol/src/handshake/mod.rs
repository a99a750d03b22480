//! The handshake: one JSON record each way before any message.

mod refusal;
mod request;
mod response;

pub use self::{
    refusal::Refusal,
    request::{HandshakeError, HandshakeRequest},
    response::HandshakeResponse,
};
