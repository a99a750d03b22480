//! Conditions, parts and compressed variants.

use std::{
    fs,
    os::unix::fs::symlink,
    time::{Duration, SystemTime},
};

use crate::{Folder, get, support::client::Client};

#[tokio::test]
async fn what_was_not_changed_since_is_not_sent_again() {
    let folder = Folder::new("dates");
    let server = folder.serve().await;
    let whole = get(&server, "page.html", "").await;
    let changed = whole.field("last-modified").unwrap();
    assert!(changed.ends_with(" GMT"), "{changed}");
    let tag = whole.field("etag").unwrap();
    for (fields, status) in [
        (format!("If-Modified-Since: {changed}"), 304),
        (
            "If-Modified-Since: Wed, 31 Dec 2098 23:59:59 GMT".into(),
            304,
        ),
        (
            "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT".into(),
            200,
        ),
        (
            "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT".into(),
            200,
        ),
        ("If-Modified-Since: whenever".into(), 200),
        // The tag says it better.
        (
            format!("If-Modified-Since: {changed}\r\nIf-None-Match: \"other\""),
            200,
        ),
        (
            format!("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nIf-None-Match: {tag}"),
            304,
        ),
    ] {
        let answer = get(&server, "page.html", &format!("{fields}\r\n")).await;
        assert_eq!(answer.status, status, "{fields}");
        assert_eq!(answer.field("last-modified"), Some(changed));
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
#[tokio::test]
async fn what_is_not_as_the_client_wants_it_is_not_sent() {
    let folder = Folder::new("preconditions");
    let server = folder.serve().await;
    let whole = get(&server, "page.html", "").await;
    let changed = whole.field("last-modified").unwrap();
    let tag = whole.field("etag").unwrap();
    let (before, after) = (
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Wed, 31 Dec 2098 23:59:59 GMT",
    );
    for (fields, status) in [
        (format!("If-Match: {tag}"), 200),
        (format!("If-Match: \"other\" , {tag}"), 200),
        (format!("If-Match: \"other\"\r\nIf-Match: {tag}"), 200),
        ("If-Match: *".into(), 200),
        ("If-Match: \"other\"".into(), 412),
        ("If-Match:".into(), 412),
        (format!("If-Match: W/{tag}"), 412),
        (format!("If-Unmodified-Since: {changed}"), 200),
        (format!("If-Unmodified-Since: {after}"), 200),
        (format!("If-Unmodified-Since: {before}"), 412),
        ("If-Unmodified-Since: whenever".into(), 200),
        // The tag says it better.
        (
            format!("If-Match: {tag}\r\nIf-Unmodified-Since: {before}"),
            200,
        ),
        (
            format!("If-Match: \"other\"\r\nIf-Unmodified-Since: {after}"),
            412,
        ),
        // What has to hold comes before what the client has, and that before what part it wants.
        (format!("If-Match: \"other\"\r\nIf-None-Match: {tag}"), 412),
        (format!("If-Match: {tag}\r\nIf-None-Match: {tag}"), 304),
        (
            format!("If-Unmodified-Since: {before}\r\nIf-Modified-Since: {after}"),
            412,
        ),
        (
            format!("If-Match: \"other\"\r\nRange: bytes=0-1\r\nIf-Range: {tag}"),
            412,
        ),
        (
            format!("If-Match: {tag}\r\nRange: bytes=0-1\r\nIf-Range: {tag}"),
            206,
        ),
        (
            format!("If-Match: {tag}\r\nRange: bytes=0-1\r\nIf-Range: \"other\""),
            200,
        ),
        // All lines are one list.
        (
            format!("If-None-Match: \"other\"\r\nIf-None-Match: {tag}"),
            304,
        ),
    ] {
        let answer = get(&server, "page.html", &format!("{fields}\r\n")).await;
        assert_eq!(answer.status, status, "{fields}");
        if status == 412 {
            assert_eq!(answer.json()["title"], "Precondition Failed");
        }
        let mut client = Client::connect(server.address).await;
        let fields = format!("{fields}\r\n");
        client.request("HEAD /files/page.html", &fields).await;
        let head = client.head().await.status;
        assert_eq!(head, if status == 206 { 200 } else { status }, "{fields}");
    }
}

#[tokio::test]
async fn a_tag_that_is_no_text_is_a_tag_all_the_same() {
    let folder = Folder::new("tag-bytes");
    let server = folder.serve().await;
    // Vertical tab is no blank, and what is no UTF-8 does not make a date count.
    for tag in [&b"\xff"[..], b"\"\xe9\""] {
        let mut client = Client::connect(server.address).await;
        let head = [
            b"GET /files/page.html HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ",
            tag,
            b"\r\nIf-Modified-Since: Wed, 31 Dec 2098 23:59:59 GMT\r\n\r\n",
        ];
        client.send(head.concat()).await;
        assert_eq!(client.answer().await.status, 200, "{}", tag.escape_ascii());
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.1
#[tokio::test]
async fn no_file_was_changed_in_the_future() {
    let folder = Folder::new("future");
    let file = fs::File::create(folder.0.join("public/page.html")).unwrap();
    let later = SystemTime::now() + Duration::from_secs(100_000);
    file.set_modified(later).unwrap();
    let server = folder.serve().await;
    let answer = get(&server, "page.html", "").await;
    assert_eq!(answer.field("last-modified"), answer.field("date"));
    let fields = "If-Modified-Since: Wed, 31 Dec 2098 23:59:59 GMT\r\n";
    assert_eq!(get(&server, "page.html", fields).await.status, 304);
}

#[tokio::test]
async fn a_part_of_a_file_can_be_had() {
    let folder = Folder::new("ranges");
    let content: Vec<u8> = (0..200_000)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect();
    fs::write(folder.0.join("public/large.bin"), &content).unwrap();
    let server = folder.serve().await;
    for (range, part) in [
        ("0-0", 0..1),
        ("10-19", 10..20),
        ("0-65535", 0..65_536),
        ("1-65537", 1..65_538),
        ("199999-", 199_999..200_000),
        ("70000-", 70_000..200_000),
        ("-100000", 100_000..200_000),
        ("-300000", 0..200_000),
        ("150000-300000", 150_000..200_000),
    ] {
        let answer = get(&server, "large.bin", &format!("Range: bytes={range}\r\n")).await;
        assert_eq!(answer.status, 206, "{range}");
        assert!(answer.body == content.get(part.clone()).unwrap(), "{range}");
        let expected = format!("bytes {}-{}/200000", part.start, part.end - 1);
        assert_eq!(answer.field("content-range"), Some(&*expected));
        assert_eq!(
            answer.field("content-length"),
            Some(&*part.len().to_string())
        );
    }
    for range in ["200000-", "-0"] {
        let answer = get(&server, "large.bin", &format!("Range: bytes={range}\r\n")).await;
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.field("content-range"), Some("bytes */200000"));
        assert_eq!(answer.field("content-encoding"), None);
    }
    for range in ["bytes=0-1,5-6", "bytes=2-1", "lines=1-2", "bytes=x"] {
        let answer = get(&server, "large.bin", &format!("Range: {range}\r\n")).await;
        assert_eq!(
            (answer.status, answer.body.len()),
            (200, 200_000),
            "{range}"
        );
        assert_eq!(answer.field("accept-ranges"), Some("bytes"));
    }
}

#[tokio::test]
async fn a_part_is_only_sent_of_what_the_client_has() {
    let folder = Folder::new("if-range");
    let server = folder.serve().await;
    let whole = get(&server, "page.html", "").await;
    let tag = whole.field("etag").unwrap();
    let changed = whole.field("last-modified").unwrap();
    for (condition, status) in [
        (tag.to_owned(), 206),
        (changed.to_owned(), 206),
        (format!("W/{tag}"), 200),
        ("\"other\"".into(), 200),
        ("Sun, 06 Nov 1994 08:49:37 GMT".into(), 200),
        ("Wed, 31 Dec 2098 23:59:59 GMT".into(), 200),
    ] {
        let fields = format!("Range: bytes=0-1\r\nIf-Range: {condition}\r\n");
        let answer = get(&server, "page.html", &fields).await;
        assert_eq!(answer.status, status, "{condition}");
    }
    // HEAD knows no ranges, and says what GET without one says.
    let mut client = Client::connect(server.address).await;
    client
        .request("HEAD /files/page.html", "Range: bytes=0-1\r\n")
        .await;
    let head = client.head().await;
    assert_eq!((head.status, head.field("content-range")), (200, None));
}

#[tokio::test]
async fn a_compressed_variant_is_sent_to_who_takes_it() {
    let folder = Folder::new("variants");
    let public = folder.0.join("public");
    fs::write(public.join("page.html.br"), "brotli").unwrap();
    fs::write(public.join("page.html.gz"), "gzip").unwrap();
    fs::write(public.join("empty.gz"), "gzip").unwrap();
    symlink(folder.0.join("secret.txt"), public.join("deep/a b.JS.br")).unwrap();
    let server = folder.serve().await;
    let mut tags = Vec::new();
    for (path, accepted, coding) in [
        ("page.html", "br, gzip", Some("br")),
        ("page.html", "gzip;q=1.0, BR;q=0.1", Some("gzip")),
        ("page.html", "gzip, br;q=0.1", Some("gzip")),
        ("page.html", "br;q=0.2, gzip;q=0.1", Some("br")),
        ("page.html", "gzip;q=0.5, *;q=0.6", Some("br")),
        ("page.html", "gzip;q=0.5, identity", None),
        ("page.html", "gzip, identity;q=0.5", Some("gzip")),
        ("page.html", "gzip", Some("gzip")),
        ("page.html", "br;q=0, gzip", Some("gzip")),
        ("page.html", "br ; q=0.000, *", Some("gzip")),
        ("page.html", "*;q=0", None),
        ("page.html", "identity", None),
        ("page.html", "", None),
        ("empty", "br, gzip", Some("gzip")),
    ] {
        let answer = get(&server, path, &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(answer.field("content-encoding"), coding, "{accepted}");
        assert_eq!(answer.field("vary"), Some("Accept-Encoding"), "{accepted}");
        let content = match coding {
            Some("br") => "brotli",
            Some(_) => "gzip",
            None => "<p>hello",
        };
        assert_eq!(answer.text(), content, "{accepted}");
        if path == "page.html" {
            assert_eq!(
                answer.field("content-type"),
                Some("text/html; charset=utf-8")
            );
            tags.push((coding, answer.field("etag").unwrap().to_owned()));
        }
    }
    // Each variant has a tag of its own, and is known by it.
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
    for (coding, tag) in tags {
        let fields = format!(
            "Accept-Encoding: {}\r\nIf-None-Match: {tag}\r\n",
            coding.unwrap_or("identity")
        );
        let answer = get(&server, "page.html", &fields).await;
        assert_eq!(answer.status, 304, "{tag}");
        assert_eq!(answer.field("vary"), Some("Accept-Encoding"));
    }
    // A variant that lies outside is none.
    let answer = get(&server, "deep/a%20b.JS", "Accept-Encoding: br\r\n").await;
    assert_eq!((answer.text(), answer.field("vary")), ("1", None));
}
