use realtime_server::{config::HubConfig, hub::Hub};

use super::test_hub::InvalidOperationException;

/// A hub that takes nobody in, as one of ASP.NET Core whose constructor cannot be called.
pub(super) fn hub(config: &HubConfig) -> Hub<()> {
    Hub::new(()).config(*config).on_connected(async |_, _| {
        Err(InvalidOperationException(
            "Unable to resolve service for type 'System.Object' while attempting to activate \
             'FunctionalTests.UncreatableHub'."
                .into(),
        )
        .into())
    })
}
