//! The page and its files, all from the binary.

use crate::{
    rig::demo,
    support::client::{Client, ask},
};

/// What the page names with this attribute.
fn named<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(&start)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[tokio::test]
async fn the_page_names_only_files_that_are_there() {
    let server = demo().await;
    let page = ask(server.address, "GET /").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    let mut paths = named(page.text(), "src");
    paths.extend(named(page.text(), "href"));
    let files: Vec<_> = paths
        .into_iter()
        .filter(|path| path.starts_with("/assets/"))
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for path in files {
        let file = ask(server.address, &format!("GET {path}")).await;
        assert_eq!(file.status, 200, "{path}");
        let media_type = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.field("content-type"), Some(media_type), "{path}");
    }
}

#[tokio::test]
async fn scripts_import_only_scripts_that_are_there() {
    let server = demo().await;
    let mut seen = vec!["app.js".to_owned()];
    let mut next = 0;
    while let Some(name) = seen.get(next).cloned() {
        next += 1;
        let script = ask(server.address, &format!("GET /assets/{name}")).await;
        assert_eq!(script.status, 200, "{name}");
        let imported = script.text().split("from './").skip(1);
        for file in imported.map(|rest| rest.split('\'').next().unwrap()) {
            if !seen.iter().any(|known| known == file) {
                seen.push(file.to_owned());
            }
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
}

#[tokio::test]
async fn a_file_is_sent_once_to_who_keeps_it() {
    let server = demo().await;
    let first = ask(server.address, "GET /assets/app.js").await;
    let tag = first.field("etag").unwrap();
    assert_eq!(first.field("cache-control"), Some("no-cache"));
    for (known, status) in [
        (tag.to_owned(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"other\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let mut client = Client::connect(server.address).await;
        client
            .request("GET /assets/app.js", &format!("If-None-Match: {known}\r\n"))
            .await;
        let head = client.head().await;
        assert_eq!(head.status, status, "{known}");
        assert_eq!(head.field("etag"), Some(tag), "{known}");
    }
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_is_framed_by_nobody() {
    let server = demo().await;
    let page = ask(server.address, "GET /").await;
    let policy = page.field("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(
            policy.split("; ").any(|part| part == rule),
            "{rule}: {policy}"
        );
    }
    assert_eq!(page.field("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.field("referrer-policy"), Some("no-referrer"));
}
