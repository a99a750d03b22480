//! What is in the routing table is in the document, and the other way round.

use std::collections::BTreeSet;

use realtime_server::openapi_emit::{Value, Version};

use super::{client::Client, demo_server};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Method and path of every operation.
fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document.as_object().unwrap().get("paths").unwrap();
    let items = paths.as_object().unwrap().iter();
    items
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(|(method, _)| (method.to_uppercase(), path.to_owned()))
        })
        .collect()
}

#[test]
fn document_has_the_routes_of_the_table_and_no_others() {
    let server = demo_server();
    let routes: BTreeSet<_> = server
        .routes()
        .map(|(method, path)| (method.to_string(), path.to_owned()))
        .collect();
    for version in Version::ALL {
        let documented = operations(&server.document().unwrap().openapi(version));
        let missing: Vec<_> = routes.difference(&documented).collect();
        let hidden = missing
            .iter()
            .all(|(method, path)| method == "GET" && is_page(path) || is_hub(path));
        assert!(hidden, "routes that no document tells of: {missing:?}");
        assert_eq!(documented.difference(&routes).next(), None);
    }
}

/// Whether the path is of the demo's hub, whose protocol is told by its two operations; it answers
/// every other method too, if only with a refusal.
fn is_hub(path: &str) -> bool {
    matches!(path, "/hubs/kestrun" | "/hubs/kestrun/negotiate")
}

/// Whether the path is of a page or of a file of one.
fn is_page(path: &str) -> bool {
    path == "/" || path == "/docs" || path.starts_with("/docs/") || path.starts_with("/assets/")
}

#[test]
fn every_method_in_the_document_is_one() {
    let server = demo_server();
    let document = server.document().unwrap().openapi(Version::V3_2);
    for (method, path) in operations(&document) {
        let is_known = METHODS.contains(&method.to_lowercase().as_str());
        assert!(is_known, "{method} {path}");
    }
}

/// So the table is asked, not only the document: a path without a route answers 404, one without
/// the method 405, and both without the member `field` that a handler's refusal has.
#[tokio::test]
async fn every_operation_is_answered_by_a_handler() {
    let server = demo_server();
    let document = server.document().unwrap().openapi(Version::V3_2);
    let client = Client::of(server).await;
    for (method, path) in operations(&document) {
        let path = path.replace(['{', '}'], "");
        let answer = client.send(&method, &path, "").await;
        assert_ne!(answer.status, 405, "{method} {path}");
        if answer.status == 404 {
            let told = String::from_utf8(answer.body).unwrap();
            assert!(!told.contains("nothing is at this path"), "{method} {path}");
        }
    }
}
