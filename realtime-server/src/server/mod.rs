//! The server: its routes, its accept loop, and how it stops.

mod accept;
mod admission;
mod builder;
mod cors;
mod document;
mod gate;
mod hardening;
mod hosts;
mod offers;
mod pattern;
mod plain;
mod proxy_protocol;
mod route;
mod router;
mod safety;
mod setup;

pub use accept::Server;
pub use builder::ServerBuilder;
pub use pattern::PatternError;
pub use route::Route;
pub use setup::SetupError;
