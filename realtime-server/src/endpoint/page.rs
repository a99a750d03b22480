/// A file of a page: its name, its media type, its content.
pub type PageFile = (&'static str, &'static str, &'static [u8]);

/// What every page is made with: colours and controls, the choice of a theme, a small SignalR
/// client, the icon.
pub const PAGE_FILES: [PageFile; 4] = [
    ("app.css", CSS, include_bytes!("page/app.css")),
    ("hub.js", JAVASCRIPT, include_bytes!("page/hub.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("page/icon.svg")),
    ("theme.js", JAVASCRIPT, include_bytes!("page/theme.js")),
];

pub(super) const CSS: &str = "text/css; charset=utf-8";
pub(super) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
