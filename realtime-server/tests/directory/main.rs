//! Files of a directory, and paths that lead out of it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

mod conditions;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use realtime_server::{endpoint::Directory, http::HeaderValue, server::ServerBuilder};

use support::{
    client::{Answer, Client, ask},
    running::Running,
    soon,
};
use tokio::io::AsyncWriteExt;

/// A directory of its own for one test, which removes it.
struct Folder(PathBuf);

impl Folder {
    /// A public directory with some files, beside one that is not to be seen.
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // Of an earlier run, if it did not come to its end.
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("public/deep")).unwrap();
        fs::write(root.join("secret.txt"), "secret").unwrap();
        fs::write(root.join("public/.hidden"), "hidden").unwrap();
        fs::write(root.join("public/page.html"), "<p>hello").unwrap();
        fs::write(root.join("public/deep/a b.JS"), "1").unwrap();
        fs::write(root.join("public/empty"), "").unwrap();
        Self(root)
    }

    async fn serve(&self) -> Running {
        let mut server = ServerBuilder::new();
        let directory = Directory::open(self.0.join("public")).unwrap();
        server.directory("/files", directory).unwrap();
        Running::start(server).await
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is removed by the next run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn what_is_not_in_one_is_looked_for_in_the_next() {
    let folder = Folder::new("next");
    let open = |path| Directory::open(folder.0.join(path)).unwrap();
    fs::write(folder.0.join("public/deep/page.html"), "<p>deep").unwrap();
    let mut server = ServerBuilder::new();
    let both = open("public/deep")
        .or(open("public/deep"))
        .or(open("public"));
    server.directory("/files", both).unwrap();
    let server = Running::start(server).await;
    for (path, status, text) in [
        ("page.html", 200, "<p>deep"),
        ("empty", 200, ""),
        ("deep/page.html", 200, "<p>deep"),
        ("../secret.txt", 404, ""),
        (".hidden", 404, ""),
        ("nothing", 404, ""),
    ] {
        let answer = ask(server.address, &format!("GET /files/{path}")).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(status != 200 || answer.text() == text, "{path}");
    }
}

#[tokio::test]
async fn files_come_with_their_type_and_their_tag() {
    let folder = Folder::new("types");
    let server = folder.serve().await;
    for (path, media_type, content) in [
        ("page.html", "text/html; charset=utf-8", "<p>hello"),
        ("deep/a%20b.JS", "text/javascript; charset=utf-8", "1"),
        ("%70age.html", "text/html; charset=utf-8", "<p>hello"),
        ("empty", "application/octet-stream", ""),
    ] {
        let answer = ask(server.address, &format!("GET /files/{path}")).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.field("content-type"), Some(media_type));
        assert_eq!(answer.field("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.text(), content);
        let tag = answer.field("etag").unwrap();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    }
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let folder = Folder::new("tags");
    let server = folder.serve().await;
    let tag = ask(server.address, "GET /files/page.html").await;
    let tag = tag.field("etag").unwrap().to_owned();
    for (known, status) in [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"other\", {tag}"), 304),
        ("*".into(), 304),
        ("\"other\"".into(), 200),
    ] {
        let mut client = Client::connect(server.address).await;
        client
            .request(
                "GET /files/page.html",
                &format!("If-None-Match: {known}\r\n"),
            )
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.field("etag"), Some(&*tag));
    }
    fs::write(folder.0.join("public/page.html"), "<p>changed").unwrap();
    let changed = ask(server.address, "GET /files/page.html").await;
    assert_ne!(changed.field("etag"), Some(&*tag));
}

/// The answer to a GET of a file with these further lines.
async fn get(server: &Running, path: &str, fields: &str) -> Answer {
    let mut client = Client::connect(server.address).await;
    client.request(&format!("GET /files/{path}"), fields).await;
    client.answer().await
}

#[tokio::test]
async fn what_pages_may_do_is_their_authors_choice() {
    let folder = Folder::new("policies");
    let server = folder.serve().await;
    let answer = get(&server, "page.html", "").await;
    assert_eq!(
        answer.field("content-security-policy"),
        Some("object-src 'none'; base-uri 'self'; frame-ancestors 'self'")
    );
    let mut server = ServerBuilder::new();
    let policy = HeaderValue::from_static("default-src 'self'");
    let directory = Directory::open(folder.0.join("public")).unwrap();
    server
        .directory("/files", directory.with_policy(policy))
        .unwrap();
    let server = Running::start(server).await;
    let answer = get(&server, "page.html", "").await;
    assert_eq!(
        answer.field("content-security-policy"),
        Some("default-src 'self'")
    );
}

#[tokio::test]
async fn the_head_of_a_file_is_the_same_without_its_content() {
    let folder = Folder::new("heads");
    fs::write(folder.0.join("public/large.bin"), vec![7; 1_000_000]).unwrap();
    let server = folder.serve().await;
    for path in ["page.html", "large.bin", "empty"] {
        let mut client = Client::connect(server.address).await;
        client.request(&format!("HEAD /files/{path}"), "").await;
        let head = client.head().await;
        client.request(&format!("GET /files/{path}"), "").await;
        let whole = client.answer().await;
        let fields = |answer: &Answer| -> Vec<_> {
            let fields = answer.fields.iter().filter(|(name, _)| name != "date");
            fields.cloned().collect()
        };
        assert_eq!(fields(&head), fields(&whole), "{path}");
        let length = whole.body.len().to_string();
        assert_eq!(head.field("content-length"), Some(&*length), "{path}");
        assert_eq!(head.field("transfer-encoding"), None, "{path}");
    }
}

#[tokio::test]
async fn large_files_come_in_pieces_and_whole() {
    let folder = Folder::new("sizes");
    let server = folder.serve().await;
    for size in [64 * 1024, 64 * 1024 + 1, 1_000_000] {
        let content: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
        fs::write(folder.0.join("public/large.bin"), &content).unwrap();
        let answer = ask(server.address, "GET /files/large.bin").await;
        assert_eq!(answer.status, 200);
        assert!(answer.body == content, "{size}");
    }
}

#[tokio::test]
async fn who_ends_its_side_after_a_request_gets_the_whole_answer() {
    let folder = Folder::new("half-closed");
    let content = vec![7; 4_000_000];
    fs::write(folder.0.join("public/large.bin"), &content).unwrap();
    let server = folder.serve().await;
    for path in ["page.html", "large.bin"] {
        let mut client = Client::connect(server.address).await;
        client.request(&format!("GET /files/{path}"), "").await;
        soon(client.stream.shutdown()).await.unwrap();
        let answer = client.answer().await;
        assert_eq!(answer.status, 200, "{path}");
        let size = if path == "page.html" {
            8
        } else {
            content.len()
        };
        assert_eq!(answer.body.len(), size, "{path}");
        client.ends().await;
    }
}

#[tokio::test]
async fn nothing_but_visible_files_inside_is_found() {
    let folder = Folder::new("escapes");
    let public = folder.0.join("public");
    symlink(folder.0.join("secret.txt"), public.join("link.txt")).unwrap();
    symlink(&folder.0, public.join("up")).unwrap();
    symlink("/dev/zero", public.join("zero")).unwrap();
    let made = Command::new("mkfifo").arg(public.join("pipe")).status();
    assert!(made.unwrap().success());
    symlink(public.join("page.html"), public.join("inside.html")).unwrap();
    let server = folder.serve().await;
    for path in [
        "missing",
        "deep",
        "deep/",
        "page.html/",
        "page.html/x",
        ".hidden",
        "%2ehidden",
        "../secret.txt",
        "deep/../../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "deep%2f..%2f..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "deep%2fa%20b.JS",
        "/page.html",
        "./page.html",
        "page.html%00",
        "page.html%00.js",
        "%252e%252e/secret.txt",
        "%ff",
        "c:/windows",
        "page.html::$DATA",
        "link.txt",
        "up/secret.txt",
        "zero",
        "pipe",
        "",
    ] {
        let answer = ask(server.address, &format!("GET /files/{path}")).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let inside = ask(server.address, "GET /files/inside.html").await;
    assert_eq!(inside.text(), "<p>hello");
}

#[tokio::test]
async fn only_get_and_head_are_taken() {
    let folder = Folder::new("methods");
    let server = folder.serve().await;
    let refused = ask(server.address, "DELETE /files/page.html").await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.field("allow"), Some("GET, HEAD, OPTIONS"));
    let mut client = Client::connect(server.address).await;
    client.request("HEAD /files/page.html", "").await;
    let head = client.head().await;
    assert_eq!(
        (head.status, head.field("content-length")),
        (200, Some("8"))
    );
    assert_eq!(client.buffer, "");
}

#[test]
fn only_a_directory_can_be_served() {
    let folder = Folder::new("kinds");
    let error = |path: &str| Directory::open(folder.0.join(path)).unwrap_err().kind();
    assert_eq!(error("missing"), io::ErrorKind::NotFound);
    assert_eq!(error("secret.txt"), io::ErrorKind::NotADirectory);
}
