//! The server: its routes, its accept loop, and how it stops.

mod accept;
mod accept_error;
mod admission;
mod builder;
mod connections;
mod cors;
mod document;
mod door;
mod farewell;
mod front;
mod gate;
mod hardening;
mod hosts;
mod listener;
mod offers;
mod pattern;
mod plain;
mod proxy_protocol;
mod route;
mod router;
mod safety;
mod security;
mod setup;
mod tuning;

pub use accept::Server;
pub use builder::ServerBuilder;
pub use listener::Listener;
pub use pattern::PatternError;
pub use route::Route;
pub use setup::SetupError;
