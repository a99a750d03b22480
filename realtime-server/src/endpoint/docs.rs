use super::{
    Asset,
    page::{CSS, JAVASCRIPT, PAGE_FILES, PageFile},
};

/// The page that shows the documents about the server and tries what they describe.
#[derive(Clone, Copy, Debug)]
pub struct DocsPage;

const PAGE: &[u8] = include_bytes!("docs/index.html");

const FILES: [PageFile; 13] = [
    ("code.js", JAVASCRIPT, include_bytes!("docs/code.js")),
    ("controls.css", CSS, include_bytes!("docs/controls.css")),
    ("docs.css", CSS, include_bytes!("docs/docs.css")),
    ("docs.js", JAVASCRIPT, include_bytes!("docs/docs.js")),
    ("element.js", JAVASCRIPT, include_bytes!("docs/element.js")),
    ("events.js", JAVASCRIPT, include_bytes!("docs/events.js")),
    ("feed.js", JAVASCRIPT, include_bytes!("docs/feed.js")),
    ("hubs.js", JAVASCRIPT, include_bytes!("docs/hubs.js")),
    ("model.js", JAVASCRIPT, include_bytes!("docs/model.js")),
    (
        "operations.js",
        JAVASCRIPT,
        include_bytes!("docs/operations.js"),
    ),
    ("schemas.js", JAVASCRIPT, include_bytes!("docs/schemas.js")),
    ("search.js", JAVASCRIPT, include_bytes!("docs/search.js")),
    ("token.js", JAVASCRIPT, include_bytes!("docs/token.js")),
];

impl DocsPage {
    /// Its files, and where they are.
    pub fn files() -> impl Iterator<Item = (String, Asset)> {
        let page = Asset::new("text/html; charset=utf-8", PAGE);
        let files = PAGE_FILES.into_iter().chain(FILES);
        let files = files.map(|(name, media_type, content)| {
            (format!("/docs/{name}"), Asset::new(media_type, content))
        });
        std::iter::once(("/docs".to_owned(), page)).chain(files)
    }
}
