//! The log of a program, live in a browser: a `tracing` layer sends each record to a hub.
//!
//! `npm install @microsoft/signalr`, then `cargo run -p realtime-server --example log_view`.

#[path = "../pages/site.rs"]
mod site;

use std::{error::Error, time::Duration};

use realtime_server::{
    hub::{Broadcaster, Hub, HubError, LogLayer},
    server::ServerBuilder,
};
use tokio::time;
use tracing::{debug, error, info, level_filters::LevelFilter, warn};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// Characters of a record that a page may write.
const LONGEST_TEXT: usize = 200;

/// A program that has something to tell.
async fn work() {
    let mut ticks = time::interval(Duration::from_millis(700));
    for order in 4_700_u32.. {
        ticks.tick().await;
        match order % 7 {
            0 => debug!(order, "price looked up in the cache"),
            3 => warn!(order, attempts = 2, "the warehouse answered late"),
            5 if order % 3 == 0 => error!(order, "the card was refused"),
            _ => info!(order, items = order % 5 + 1, "order shipped"),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (layer, forwarder) = LogLayer::new(LevelFilter::DEBUG);
    tracing_subscriber::registry().with(layer).init();
    let mut server = ServerBuilder::new();
    let hub = Hub::new(()).method("Write", async |_, _, (text,): (String,)| {
        if text.chars().count() > LONGEST_TEXT {
            return Err(HubError::new(format!(
                "More than {LONGEST_TEXT} characters."
            )));
        }
        info!("{text}");
        Ok(())
    });
    let clients = server.hub("/logs", hub)?;
    server.task(forwarder.run(Broadcaster::new(clients)));
    server.task(work());
    site::serve(server, include_str!("page.html")).await
}
