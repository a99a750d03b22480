//! What moves the bytes of a connection.

mod long_polling;
mod requests;
mod resumable;
mod server_sent_events;
mod websocket;
mod wire;

pub(super) use long_polling::poll;
pub(super) use requests::Requests;
pub(super) use resumable::{Attached, Resumable};
pub(super) use server_sent_events::stream;
pub(super) use websocket::WebSocket;
pub(super) use wire::{Gone, Wire};
