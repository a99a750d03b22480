use std::time::Duration;

use bytes::BytesMut;
use realtime_server::{
    config::HubConfig,
    server::{ServerBuilder, SetupError},
    signalr::{RawConnection, TransferFormat},
};
use tokio::time::timeout;

/// How long the beginning of a character waits for its end.
const REST: Duration = Duration::from_millis(100);

pub(super) fn install(server: &mut ServerBuilder, config: &HubConfig) -> Result<(), SetupError> {
    server.raw_connections("/echo", *config, echo)
}

/// Sends every chunk back: as text, where it is text. A character that was cut goes with its end.
async fn echo(mut client: RawConnection) {
    let mut held = BytesMut::new();
    loop {
        let received = if held.is_empty() {
            client.receive().await
        } else {
            let Ok(received) = timeout(REST, client.receive()).await else {
                // It was no character.
                let rest = held.split().freeze();
                if client.send(TransferFormat::Binary, rest).await.is_err() {
                    return;
                }
                continue;
            };
            received
        };
        let Some(chunk) = received else { return };
        held.extend_from_slice(&chunk);
        let (format, len) = match str::from_utf8(&held) {
            Ok(_) => (TransferFormat::Text, held.len()),
            Err(error) if error.error_len().is_none() => {
                (TransferFormat::Text, error.valid_up_to())
            }
            Err(_) => (TransferFormat::Binary, held.len()),
        };
        let whole = held.split_to(len).freeze();
        if !whole.is_empty() && client.send(format, whole).await.is_err() {
            return;
        }
    }
}
