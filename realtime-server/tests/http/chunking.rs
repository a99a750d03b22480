//! How bytes are cut into segments changes nothing.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

use crate::rig::{Rig, get, post};

/// Sends `bytes` cut at `cuts`, ends our side, and reads all that comes back but the dates.
async fn answers(rig: &Rig, bytes: &[u8], cuts: &[usize]) -> String {
    let mut client = rig.client().await;
    let mut start = 0;
    for &cut in cuts.iter().chain([&bytes.len()]) {
        client.send(&bytes[start..cut]).await;
        // The server reads what there is before more comes: both run on one thread.
        yield_now().await;
        yield_now().await;
        start = cut;
    }
    client.finish().await;
    let text = String::from_utf8(client.rest().await).unwrap();
    text.lines()
        .filter(|line| !line.starts_with("Date:"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Requests whose parts have all kinds of edges.
fn conversations() -> Vec<String> {
    let chunked = "Transfer-Encoding: chunked\r\n";
    vec![
        "\r\n\r\n".to_owned() + &get("/ok?a=b") + &get("/missing") + &get("/none"),
        post("Content-Length: 11\r\n", "hello world") + &get("/inspect?x=%20y"),
        post(
            chunked,
            "5;a=\"b\"\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n",
        ) + &get("/ok"),
        get("/ok") + "GET /ok HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        get("/ok") + &post(chunked, "5\r\nhelloX\r\n"),
        post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
        format!("POST /missing HTTP/1.1\r\nHost: a\r\n{chunked}\r\n3\r\nabc\r\n0\r\n\r\n")
            + &get("/ok"),
    ]
}

#[tokio::test]
async fn bytes_that_come_one_by_one_get_the_same_answers() {
    let rig = Rig::new().await;
    for conversation in conversations() {
        let bytes = conversation.as_bytes();
        let whole = answers(&rig, bytes, &[]).await;
        assert!(
            whole.starts_with("HTTP/1.1 "),
            "{conversation:?} got no answer"
        );
        let cuts: Vec<usize> = (1..bytes.len()).collect();
        assert_eq!(answers(&rig, bytes, &cuts).await, whole, "{conversation:?}");
    }
}

#[tokio::test]
async fn bytes_cut_in_two_anywhere_get_the_same_answers() {
    let rig = Rig::new().await;
    for conversation in conversations() {
        let bytes = conversation.as_bytes();
        let whole = answers(&rig, bytes, &[]).await;
        for cut in 1..bytes.len() {
            assert_eq!(
                answers(&rig, bytes, &[cut]).await,
                whole,
                "{conversation:?} at {cut}"
            );
        }
    }
}

fn server() -> &'static (Runtime, Rig) {
    static SERVER: OnceLock<(Runtime, Rig)> = OnceLock::new();
    SERVER.get_or_init(|| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let rig = runtime.block_on(Rig::new());
        (runtime, rig)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn bytes_cut_anywhere_get_the_same_answers(
        which in any::<Index>(),
        cuts in vec(any::<Index>(), 0..8),
    ) {
        let conversations = conversations();
        let bytes = which.get(&conversations).as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.sort_unstable();
        let (runtime, rig) = server();
        let (whole, cut) =
            runtime.block_on(async { (answers(rig, bytes, &[]).await, answers(rig, bytes, &cuts).await) });
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn a_body_in_chunks_of_any_size_arrives_whole(
        chunks in vec(vec(any::<u8>(), 1..60), 0..12),
        lengths in vec(0..4_usize, 12),
    ) {
        let mut request = post("Transfer-Encoding: chunked\r\n", "").into_bytes();
        for (chunk, zeros) in chunks.iter().zip(lengths) {
            request.extend(format!("{}{:X};z\r\n", "0".repeat(zeros), chunk.len()).as_bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        }
        request.extend(b"0\r\n\r\n");
        let (runtime, rig) = server();
        let (answer, _) = runtime.block_on(rig.ask(request));
        prop_assert_eq!(answer.body, chunks.concat());
    }

    #[test]
    fn any_bytes_end_in_an_answer_or_a_close(
        bytes in vec(any::<u8>(), 0..200),
        valid in any::<bool>(),
    ) {
        let (runtime, rig) = server();
        runtime.block_on(async {
            let mut client = rig.client().await;
            if valid {
                client.send("POST /mirror HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            }
            client.send(bytes).await;
            client.finish().await;
            let rest = client.rest().await;
            assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 "), "{rest:?}");
        });
    }
}
