//! The documents about a server: that they say what its routes are, and that they are served.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod client;
mod described;
mod golden;
mod routes;
mod served;

use realtime_server::{
    demo,
    server::{Server, ServerBuilder},
};

fn demo_server() -> Server {
    let mut server = ServerBuilder::new();
    demo::install(&mut server, &demo::Settings::default()).unwrap();
    server.build().unwrap()
}
