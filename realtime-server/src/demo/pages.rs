//! The page, embedded in the binary.

use crate::{
    endpoint::{Asset, PAGE_FILES},
    server::{ServerBuilder, SetupError},
};

const PAGE: &[u8] = include_bytes!("assets/index.html");

/// The files of the page: their name under `/assets/`, their media type, their content.
macro_rules! files {
    ($($name:literal: $content_type:literal,)+) => {
        [$(($name, $content_type, include_bytes!(concat!("assets/", $name)).as_slice())),+]
    };
}

pub(super) fn install(server: &mut ServerBuilder) -> Result<(), SetupError> {
    add(server, "/", Asset::new("text/html; charset=utf-8", PAGE))?;
    let files = files! {
        "api.js": "text/javascript; charset=utf-8",
        "app.js": "text/javascript; charset=utf-8",
        "broadcast.js": "text/javascript; charset=utf-8",
        "budget.js": "text/javascript; charset=utf-8",
        "connections.js": "text/javascript; charset=utf-8",
        "events.js": "text/javascript; charset=utf-8",
        "feed.js": "text/javascript; charset=utf-8",
        "groups.js": "text/javascript; charset=utf-8",
        "layout.css": "text/css; charset=utf-8",
        "log.js": "text/javascript; charset=utf-8",
        "meter.js": "text/javascript; charset=utf-8",
        "operations.js": "text/javascript; charset=utf-8",
        "panel.js": "text/javascript; charset=utf-8",
        "panels.css": "text/css; charset=utf-8",
        "plot.js": "text/javascript; charset=utf-8",
        "server.js": "text/javascript; charset=utf-8",
        "snippets.js": "text/javascript; charset=utf-8",
        "sse.js": "text/javascript; charset=utf-8",
        "ticks.js": "text/javascript; charset=utf-8",
    };
    for (name, content_type, content) in files.into_iter().chain(PAGE_FILES) {
        add(
            server,
            &format!("/assets/{name}"),
            Asset::new(content_type, content),
        )?;
    }
    Ok(())
}

fn add(server: &mut ServerBuilder, path: &str, asset: Asset) -> Result<(), SetupError> {
    server
        .get(path, move |request| {
            std::future::ready(asset.answer(&request))
        })?
        .hide();
    Ok(())
}
