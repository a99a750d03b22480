//! Streams both ways: measurements that the server sends for as long as the page wants them, at the
//! pace at which it takes them, and a page that sends its own and gets their average.
//!
//! `npm install @microsoft/signalr`, then `cargo run -p realtime-server --example live_stream`.

#[path = "../pages/site.rs"]
mod site;

use std::{error::Error, sync::Arc, time::Duration};

use realtime_server::{
    hub::{Caller, Hub, HubError, Items, Upload},
    server::ServerBuilder,
};
use tokio::time;

/// Milliseconds between two measurements.
const SHORTEST: u64 = 10;
const LONGEST: u64 = 10_000;

struct Sensor;

/// Measures until nobody wants to know any more.
async fn measure(
    _: Arc<Sensor>,
    _: Caller,
    (millis,): (u64,),
    items: Items<f64>,
) -> Result<(), HubError> {
    if !(SHORTEST..=LONGEST).contains(&millis) {
        return Err(HubError::new("The pause is 10 to 10000 milliseconds."));
    }
    let mut ticks = time::interval(Duration::from_millis(millis));
    for second in (0_u32..).map(|tick| f64::from(tick) / 20.0) {
        ticks.tick().await;
        let celsius = 21.0 + 2.5 * second.sin() + 0.8 * (2.7 * second).sin();
        // Waits for a page that is slow, and fails once it wants no more.
        items.send(celsius).await?;
    }
    Ok(())
}

/// The average of what a page measures, once it has ended.
async fn average(
    _: Arc<Sensor>,
    _: Caller,
    (mut values,): (Upload<f64>,),
) -> Result<Option<f64>, HubError> {
    let (mut sum, mut count) = (0.0, 0.0);
    while let Some(value) = values.next().await {
        sum += value?;
        count += 1.0;
    }
    Ok((count > 0.0).then(|| sum / count))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ServerBuilder::new();
    let hub = Hub::new(Sensor)
        .stream("Measure", measure)
        .method("Average", average);
    server.hub("/sensor", hub)?;
    site::serve(server, include_str!("page.html")).await
}
