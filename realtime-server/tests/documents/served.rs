//! Where the documents and the page are, in which versions and forms.

use super::{client::Client, demo_server};

async fn client() -> Client {
    Client::of(demo_server()).await
}

#[tokio::test]
async fn openapi_is_served_by_short_and_full_versions() {
    let client = client().await;
    for (asked, given) in [
        ("v3.0", "3.0.4"),
        ("v3.0.4", "3.0.4"),
        ("v3.1", "3.1.2"),
        ("v3.1.2", "3.1.2"),
        ("3.1", "3.1.2"),
        ("v3.2", "3.2.0"),
        ("v3.2.0", "3.2.0"),
    ] {
        let answer = client.get(&format!("/openapi/{asked}/openapi.json")).await;
        assert_eq!(answer.status, 200, "{asked}");
        assert_eq!(answer.field("content-type"), Some("application/json"));
        let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(document["openapi"], given, "{asked}");
    }
}

#[tokio::test]
async fn asyncapi_is_served_as_3_0() {
    let client = client().await;
    for asked in ["v3.0", "v3.0.0", "3.0"] {
        let answer = client
            .get(&format!("/asyncapi/{asked}/asyncapi.json"))
            .await;
        let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(document["asyncapi"], "3.0.0", "{asked}");
    }
}

#[tokio::test]
async fn yaml_is_served_beside_json() {
    let client = client().await;
    for (path, first) in [
        ("/openapi/v3.1/openapi.yaml", "openapi: \"3.1.2\""),
        ("/asyncapi/v3.0/asyncapi.yaml", "asyncapi: \"3.0.0\""),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.field("content-type"), Some("application/yaml"));
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(text.lines().next(), Some(first));
    }
}

#[tokio::test]
async fn unknown_versions_are_refused_by_name() {
    let client = client().await;
    for path in [
        "/openapi/v2.0/openapi.json",
        "/openapi/v3.0.5/openapi.json",
        "/openapi/vv3.1/openapi.json",
        "/openapi/v3/openapi.yaml",
        "/asyncapi/v3.1/asyncapi.json",
        "/asyncapi/v2.6/asyncapi.yaml",
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["field"], "version", "{path}");
    }
}

#[tokio::test]
async fn document_that_the_client_has_is_not_sent_again() {
    let client = client().await;
    let path = "/openapi/v3.1/openapi.json";
    let first = client.get(path).await;
    let known = format!("If-None-Match: {}\r\n", first.field("etag").unwrap());
    let again = client.send("GET", path, &known).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = client
        .send("GET", "/openapi/v3.2/openapi.json", &known)
        .await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn page_loads_nothing_from_elsewhere() {
    let client = client().await;
    let page = client.get("/docs").await;
    assert_eq!(page.status, 200);
    let policy = page.field("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    let text = String::from_utf8(page.body).unwrap();
    for file in text.split('"').filter(|word| word.starts_with('/')) {
        assert_eq!(client.get(file).await.status, 200, "{file}");
    }
    assert!(!text.contains("://"), "an address of elsewhere");
}
