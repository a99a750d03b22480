use realtime_server::{
    config::HubConfig,
    server::{ServerBuilder, SetupError},
    signalr::{RawConnection, TransferFormat},
};

pub(super) fn install(server: &mut ServerBuilder, config: &HubConfig) -> Result<(), SetupError> {
    server.raw_connections("/echo", *config, echo)
}

/// Sends every chunk back: as text, where it is text.
async fn echo(mut client: RawConnection) {
    while let Some(chunk) = client.receive().await {
        let format = match str::from_utf8(&chunk) {
            Ok(_) => TransferFormat::Text,
            Err(_) => TransferFormat::Binary,
        };
        if client.send(format, chunk).await.is_err() {
            return;
        }
    }
}
