//! Everything that can be too large.

use crate::{
    bystander::Bystander,
    process::{Server, push, rest},
};

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_held() {
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let million = "x".repeat(1 << 20);
    let chunked = "Transfer-Encoding: chunked\r\n";
    let post = |lines: &str, body: &str| server.head("POST /api/broadcast", lines) + body;
    for (request, status) in [
        (server.head(&format!("GET /{million}"), ""), 414),
        (million.clone(), 501),
        (server.head("GET /", &format!("X: {million}\r\n")), 431),
        (server.head("GET /", &format!("{million}: x\r\n")), 431),
        (server.head("GET /", &"X: y\r\n".repeat(5_000)), 431),
        (post("Content-Length: 1099511627776\r\n", &million), 413),
        (
            post("Content-Length: 99999999999999999999\r\n", &million),
            413,
        ),
        (
            post(chunked, &format!("ffffffffffffffff\r\n{million}")),
            413,
        ),
        (post(chunked, &format!("100000\r\n{million}")), 413),
        (post(chunked, &format!("1;{million}\r\n")), 400),
        (post(chunked, &"1;abcdefgh\r\nx\r\n".repeat(10_000)), 400),
        (post(chunked, &format!("0\r\nX: {million}\r\n")), 431),
        (
            post(chunked, &("0\r\n".to_owned() + &"X: y\r\n".repeat(5_000))),
            431,
        ),
        ("\r\n".repeat(100_000), 400),
    ] {
        let mut sockets = Vec::new();
        for _ in 0..20 {
            let mut socket = server.connect().await;
            push(&mut socket, request.as_bytes()).await;
            sockets.push(socket);
        }
        let shown: String = request.chars().take(80).collect();
        for mut socket in sockets {
            let answer = rest(&mut socket).await;
            let expected = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&expected), "{shown:?}: {answer}");
        }
    }
    server.has_not_grown(before, 48);
    bystander.was_served();
}
