//! Whose word about a client is taken.

use realtime_server::config::{HttpConfig, Network, ProxyFields};

use crate::{
    rig::{behind_proxy, server},
    support::{client::Client, running::Running},
};

async fn who(http: HttpConfig, cases: &[(&str, &str)]) {
    let mut server = server();
    server.http_config(http);
    let server = Running::start(server).await;
    let mut client = Client::connect(server.address).await;
    let own = server.address.to_string();
    for (fields, expected) in cases {
        client.request("GET /who", fields).await;
        let answer = client.answer().await;
        assert_eq!(answer.text(), expected.replace('~', &own), "{fields}");
    }
}

#[tokio::test]
async fn strangers_are_not_believed() {
    let cases = [
        "X-Forwarded-For: 192.0.2.1\r\n",
        "X-Forwarded-Proto: https\r\n",
        "X-Forwarded-Host: other.example\r\n",
        "Forwarded: for=192.0.2.1;proto=https;host=other.example\r\n",
    ]
    .map(|fields| (fields, "127.0.0.1 http ~"));
    who(HttpConfig::default(), &cases).await;
    let mut elsewhere = HttpConfig::default();
    elsewhere.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    who(elsewhere, &cases).await;
}

#[tokio::test]
async fn the_nearest_hop_that_is_no_proxy_is_the_client() {
    let mut http = behind_proxy();
    http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
    who(
        http,
        &[
            ("", "127.0.0.1 http ~"),
            ("X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1 http ~"),
            ("X-Forwarded-For: 192.0.2.1:4711\r\n", "192.0.2.1 http ~"),
            ("X-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1 http ~"),
            (
                "X-Forwarded-For: [2001:db8::1]:4711\r\n",
                "2001:db8::1 http ~",
            ),
            ("X-Forwarded-For: ::ffff:192.0.2.1\r\n", "192.0.2.1 http ~"),
            // What stands before the client is what the client wrote.
            (
                "X-Forwarded-For: 127.0.0.1, 198.51.100.1, 192.0.2.1\r\n",
                "192.0.2.1 http ~",
            ),
            (
                "X-Forwarded-For: 198.51.100.1, 192.0.2.1, 10.1.2.3\r\n",
                "192.0.2.1 http ~",
            ),
            (
                "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.1 , 10.1.2.3\r\n",
                "192.0.2.1 http ~",
            ),
            // All of them are ours: the farthest asked.
            ("X-Forwarded-For: 10.3.2.1, 10.1.2.3\r\n", "10.3.2.1 http ~"),
            // Who cannot be read did not ask; the proxy did.
            ("X-Forwarded-For: unknown\r\n", "127.0.0.1 http ~"),
            (
                "X-Forwarded-For: 192.0.2.1, what, 10.1.2.3\r\n",
                "10.1.2.3 http ~",
            ),
            ("X-Forwarded-For: 192.0.2.999\r\n", "127.0.0.1 http ~"),
            // The other kind of field is the client's own.
            ("Forwarded: for=192.0.2.1\r\n", "127.0.0.1 http ~"),
        ],
    )
    .await;
}

#[tokio::test]
async fn scheme_and_host_are_those_that_the_client_asked_for() {
    let mut http = behind_proxy();
    http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
    who(
        http,
        &[
            ("X-Forwarded-Proto: https\r\n", "127.0.0.1 https ~"),
            ("X-Forwarded-Proto: HTTPS\r\n", "127.0.0.1 https ~"),
            ("X-Forwarded-Proto: gopher\r\n", "127.0.0.1 http ~"),
            (
                "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\
                 X-Forwarded-Host: localhost:8443\r\n",
                "192.0.2.1 https localhost:8443",
            ),
            // One that only the farther of two proxies could know.
            (
                "X-Forwarded-For: 192.0.2.1, 10.1.2.3\r\nX-Forwarded-Proto: https, http\r\n",
                "192.0.2.1 https ~",
            ),
            // What the client wrote itself stays out.
            (
                "X-Forwarded-For: 10.9.9.9, 192.0.2.1\r\nX-Forwarded-Proto: https, http\r\n",
                "192.0.2.1 http ~",
            ),
            ("X-Forwarded-Host: a b\r\n", "127.0.0.1 http ~"),
            ("X-Forwarded-Host: user@localhost\r\n", "127.0.0.1 http ~"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_standard_field_is_read_where_it_is_chosen() {
    let mut http = behind_proxy();
    http.proxy_fields = ProxyFields::Forwarded;
    http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
    who(
        http,
        &[
            ("Forwarded: for=192.0.2.1\r\n", "192.0.2.1 http ~"),
            (
                "Forwarded: For=\"[2001:db8:cafe::17]:4711\";proto=https;by=203.0.113.43\r\n",
                "2001:db8:cafe::17 https ~",
            ),
            (
                "Forwarded: for=198.51.100.1, for=192.0.2.1;host=\"localhost:1\", for=10.1.2.3\r\n",
                "192.0.2.1 http localhost:1",
            ),
            (
                "Forwarded: for=198.51.100.1\r\nForwarded: for=192.0.2.1 ;PROTO=https\r\n",
                "192.0.2.1 https ~",
            ),
            // A comma in quotes ends no element.
            (
                "Forwarded: for=192.0.2.1;x=\"a,for=198.51.100.7\"\r\n",
                "192.0.2.1 http ~",
            ),
            ("Forwarded: for=_hidden\r\n", "127.0.0.1 http ~"),
            (
                "Forwarded: for=unknown;proto=https\r\n",
                "127.0.0.1 https ~",
            ),
            ("Forwarded: ,;=,\r\n", "127.0.0.1 http ~"),
            // Neither does an escaped quote end what is quoted.
            (
                "Forwarded: for=192.0.2.1;x=\"\\\",for=198.51.100.7\"\r\n",
                "192.0.2.1 http ~",
            ),
            ("X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.1 http ~"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_a_client_leaves_open_does_not_swallow_what_its_proxy_says() {
    let mut http = behind_proxy();
    http.proxy_fields = ProxyFields::Forwarded;
    let mut server = server();
    server.http_config(http.clone());
    let server = Running::start(server).await;
    let begun: [&[u8]; 6] = [
        b"for=198.51.100.7;host=h;proto=https;x=\"",
        b"for=198.51.100.7;x=\"a\\\"",
        b"x=\"\\",
        b"x=\"\"\"",
        b"\"",
        b"\xff",
    ];
    for begun in begun {
        for own in [
            &b""[..],
            b", for=192.0.2.1",
            b"\r\nForwarded: for=192.0.2.1",
        ] {
            let mut client = Client::connect(server.address).await;
            let head = [
                b"GET /who HTTP/1.1\r\nHost: localhost\r\nForwarded: ",
                begun,
                own,
                b"\r\n\r\n",
            ];
            client.send(head.concat()).await;
            let answer = client.answer().await;
            assert_eq!(answer.status, 400, "{}", begun.escape_ascii());
        }
    }
    // Where it is nobody's word, it may be what it likes.
    for fields in [ProxyFields::XForwarded, ProxyFields::Forwarded] {
        let mut elsewhere = HttpConfig::default();
        elsewhere.proxy_fields = fields;
        who(elsewhere, &[("Forwarded: \"\r\n", "127.0.0.1 http ~")]).await;
    }
}

#[tokio::test]
async fn a_long_list_of_hops_is_looked_at_from_its_end() {
    let mut fields = "X-Forwarded-For: ".to_owned();
    fields.push_str(&"198.51.100.1, ".repeat(1_000));
    fields.push_str("192.0.2.1\r\n");
    who(behind_proxy(), &[(&fields, "192.0.2.1 http ~")]).await;
    // More proxies in a row than there are: the last that was looked at asked.
    let mut everybody = HttpConfig::default();
    everybody.trusted_proxies = vec!["0.0.0.0/0".parse::<Network>().unwrap()];
    let mut fields = "X-Forwarded-For: ".to_owned();
    fields.push_str(&"198.51.100.1, ".repeat(10));
    fields.push_str(&"192.0.2.1, ".repeat(15));
    fields.push_str("192.0.2.1\r\n");
    who(everybody, &[(&fields, "192.0.2.1 http ~")]).await;
}

#[tokio::test]
async fn an_https_target_is_taken_where_a_proxy_says_so() {
    let mut server = server();
    server.http_config(behind_proxy());
    let server = Running::start(server).await;
    for (fields, expected) in [("X-Forwarded-Proto: https\r\n", 200), ("", 421)] {
        let mut client = Client::connect(server.address).await;
        client.request("GET https://localhost/who", fields).await;
        assert_eq!(client.answer().await.status, expected, "{fields}");
    }
}
