//! The parser and a naive one from the RFC agree on valid requests and on what mutations make of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::agreement;
use crate::naive::{self, Read};

fn requests() -> impl Strategy<Value = Vec<u8>> {
    let method = select(vec![
        "GET", "HEAD", "POST", "OPTIONS", "PATCH", "get", "TRACE", "QUERY",
    ]);
    let target = select(vec![
        "/",
        "/a/b;c=d?x=%20y&z={}|^",
        "/%41%zz",
        "*",
        "http://example.com",
        "HTTP://[::1]:80?q",
        "http://u@h/",
        "https://a/",
        "//a/../b",
        "/a#b",
    ]);
    let version = select(vec![
        "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2",
    ]);
    let field = select(vec![
        "Content-Length: 5",
        "Content-Length: 05",
        "Content-Length: 18446744073709551616",
        "Transfer-Encoding: chunked",
        "transfer-encoding:\tCHUNKED ",
        "Transfer-Encoding: ,chunked,",
        "Transfer-Encoding: gzip, chunked",
        "Expect: 100-continue",
        "Expect: 100-continue, x",
        "Connection: close, upgrade",
        "Upgrade: websocket",
        "Content-Type: a/b",
        "Origin: null",
        "X: \u{fc} y",
        "X-Empty:",
        "Host: other",
        "Bad Name: x",
        " folded",
    ]);
    let host = select(vec![
        "a",
        "example.com:80",
        "[::1]",
        "a.:",
        "%41",
        "a b",
        "",
    ]);
    (method, target, version, host, vec(field, 0..4)).prop_map(
        |(method, target, version, host, fields)| {
            let mut request = format!("{method} {target} {version}\r\nHost: {host}\r\n");
            for field in fields {
                request.push_str(field);
                request.push_str("\r\n");
            }
            (request + "\r\nrest").into_bytes()
        },
    )
}

fn chunks() -> impl Strategy<Value = Vec<u8>> {
    let chunk = select(vec![
        "1\r\na\r\n",
        "000a\r\n0123456789\r\n",
        "2;a=b\r\n\r\n\r\n",
        "1 ; a = \"q\\\"\u{fc}\" ;b\r\nx\r\n",
        "3;\r\nabc\r\n",
        "1;a=\"\r\nx\r\n",
        "ffffffffffffffff\r\n",
        "10000000000000001\r\n",
    ]);
    let end = select(vec![
        "0\r\n\r\n",
        "00;x\r\nA: b\r\n\r\n",
        "0\r\nA : b\r\n\r\n",
        "0\r\n",
        "\r\n",
    ]);
    (vec(chunk, 0..4), end).prop_map(|(chunks, end)| (chunks.concat() + end + "rest").into_bytes())
}

/// What happens to one place of some bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(u8),
    Insert(u8),
    Remove,
    Repeat,
}

fn changes() -> impl Strategy<Value = Vec<(Index, Change)>> {
    // Bytes that mean something are tried more often than others.
    let byte = || {
        prop_oneof![
            select(b"\r\n\t :;,=\"\\/?#%@[]*0aA\x00\x0b\x7f\x80\xff".to_vec()),
            any::<u8>(),
        ]
    };
    let change = prop_oneof![
        byte().prop_map(Change::Set),
        byte().prop_map(Change::Insert),
        Just(Change::Remove),
        Just(Change::Repeat),
    ];
    vec((any::<Index>(), change), 0..4)
}

fn changed(mut bytes: Vec<u8>, changes: &[(Index, Change)]) -> Vec<u8> {
    for (at, change) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match change {
            Change::Set(byte) => bytes[at] = *byte,
            Change::Insert(byte) => bytes.insert(at, *byte),
            Change::Remove => drop(bytes.remove(at)),
            Change::Repeat => bytes.insert(at, bytes[at]),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5_000) })]

    #[test]
    fn heads_are_read_as_a_naive_parser_reads_them(
        request in requests(),
        changes in changes(),
        cut in any::<Index>(),
    ) {
        let bytes = changed(request, &changes);
        agreement::on_head(&bytes, cut.index(bytes.len() + 1));
    }

    #[test]
    fn chunks_are_read_as_a_naive_parser_reads_them(
        chunks in chunks(),
        changes in changes(),
        cut in any::<Index>(),
    ) {
        let bytes = changed(chunks, &changes);
        agreement::on_chunks(&bytes, cut.index(bytes.len() + 1));
    }
}

#[test]
fn both_parsers_read_valid_requests() {
    let request = b"\r\nPOST /a?b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert!(matches!(naive::request(request), Read::All(_)));
    agreement::on_head(request, 20);
    let body = b"1;a=\"b\"\r\nx\r\n0\r\nA: b\r\n\r\n";
    assert_eq!(naive::chunked(body), Read::All((b"x".to_vec(), body.len())));
    agreement::on_chunks(body, 3);
}
