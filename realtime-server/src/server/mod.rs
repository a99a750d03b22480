//! The server: its routes, its accept loop, and how it stops.

mod accept;
mod builder;
mod connections;
mod document;
mod gate;
mod listener;
mod offers;
mod pattern;
mod plain;
mod route;
mod router;
mod security;
mod setup;

pub use accept::Server;
pub use builder::ServerBuilder;
pub use listener::Listener;
pub use pattern::PatternError;
pub use route::Route;
pub use setup::SetupError;
