//! Addresses, names of fields and media types: what is refused, and what `AsyncAPI` leaves out.

use openapi_emit::{
    Api, BuildError, Header, License, MediaType, Method, Object, Operation, Parameter, Part,
    Response, Schema, SecurityScheme, Server, Tag, Version,
};
use serde_json::json;

const REFERENCES: [&str; 14] = [
    "",
    "#",
    "/docs",
    "docs/a:b",
    "?q=/?",
    "//example.com:80/",
    "https://example.com",
    "https://user:word@[::1]:8080/a%20b;c=d?e#f/?",
    "mailto:me@example.com",
    "urn:a:b",
    "x+y-z.1:",
    "http://",
    "a=1,2",
    "./a:b",
];

const NO_REFERENCES: [&str; 12] = [
    "a b",
    "\u{e4}",
    "1:b",
    ":a",
    "%",
    "%4g",
    "a#b#c",
    "http://[::1",
    "http://[no]/",
    "http://a:b/",
    "[a]",
    "a\nb",
];

fn contact(url: &str) -> Api {
    Api::new("Test", "1").contact("Support", url)
}

#[test]
fn takes_every_uri_reference_and_nothing_else() {
    for url in REFERENCES {
        assert_eq!(contact(url).build().err(), None, "{url}");
    }
    for url in NO_REFERENCES {
        let url = url.to_owned();
        assert_eq!(
            contact(&url).build().err(),
            Some(BuildError::InvalidUrl { url })
        );
    }
}

#[test]
fn refuses_what_is_no_address_wherever_one_stands() {
    let url = "no address";
    let new = || Api::new("Test", "1");
    let discovery = |url| new().security_scheme("oidc", SecurityScheme::open_id_connect(url));
    for api in [
        contact(url),
        new().license(License::at("Own", url)),
        new().tag(Tag::new("A").external_docs(url, "More")),
        discovery(url),
    ] {
        let url = url.to_owned();
        assert_eq!(api.build().err(), Some(BuildError::InvalidUrl { url }));
    }
    let url = "/.well-known/openid-configuration".to_owned();
    assert_eq!(
        discovery(&url).build().err(),
        Some(BuildError::InvalidUrl { url })
    );
}

#[test]
fn relative_addresses_are_left_out_of_asyncapi() {
    let docs = Object::from([("url", "/more")]);
    let document = contact("/support")
        .license(License::at("Own", "license"))
        .tag(Tag::new("A").external_docs("#a", "More"))
        .schema("S", Schema::string().with("externalDocs", docs))
        .build()
        .unwrap();
    let asyncapi = serde_json::to_value(document.asyncapi()).unwrap();
    assert_eq!(asyncapi["info"]["contact"], json!({"name": "Support"}));
    assert_eq!(asyncapi["info"]["license"], json!({"name": "Own"}));
    assert_eq!(asyncapi["info"]["tags"], json!([{"name": "A"}]));
    assert_eq!(
        asyncapi["components"]["schemas"]["S"],
        json!({"type": "string"})
    );
    let openapi = serde_json::to_value(document.openapi(Version::V3_2)).unwrap();
    assert_eq!(openapi["info"]["contact"]["url"], "/support");
    assert_eq!(openapi["tags"][0]["externalDocs"]["url"], "#a");
}

#[test]
fn expression_of_several_licences_has_no_page() {
    for (expression, page) in [
        ("MIT", json!("https://spdx.org/licenses/MIT.html")),
        ("MIT OR Apache-2.0", json!(null)),
        ("GPL-2.0+", json!(null)),
        ("", json!(null)),
    ] {
        let api = Api::new("Test", "1").license(License::spdx(expression));
        let document = api.build().unwrap().openapi(Version::V3_0);
        let document = serde_json::to_value(document).unwrap();
        let url = document["info"]["license"].get("url").cloned();
        assert_eq!(url.unwrap_or_default(), page, "{expression}");
    }
}

#[test]
fn a_choice_of_a_server_variable_is_written_once() {
    let server = Server::new("https://{at}.example.com").variable("at", "eu", &["eu", "us", "eu"]);
    let document = Api::new("Test", "1").server(server).build().unwrap();
    for document in [document.openapi(Version::V3_2), document.asyncapi()] {
        let document = serde_json::to_value(document).unwrap();
        let server = document["servers"]
            .get(0)
            .or(document["servers"].get("http"));
        let choices = &server.unwrap()["variables"]["at"]["enum"];
        assert_eq!(*choices, json!(["eu", "us"]));
    }
}

fn refusal(operation: Operation) -> Option<BuildError> {
    let operation = operation.response(204, Response::new("Done."));
    let api = Api::new("Test", "1").operation(Method::Get, "/", operation);
    api.build().err()
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-5.1
//# field-name = token
#[test]
fn refuses_headers_whose_names_are_no_tokens() {
    for name in ["", "a b", "a:b", "\u{e4}", "a\r\nb"] {
        let header = Parameter::header(name, Schema::string());
        let of_request = refusal(Operation::new("a").parameter(header));
        let part = Part::Parameter;
        let name = name.to_owned();
        assert_eq!(
            of_request,
            Some(BuildError::InvalidName {
                part,
                name: name.clone()
            })
        );
        let response = Response::new("Done.").header(&name, Header::new(Schema::string()));
        let of_response = refusal(Operation::new("a").response(200, response));
        let part = Part::Header;
        assert_eq!(of_response, Some(BuildError::InvalidName { part, name }));
    }
}

#[test]
fn takes_media_types_and_ranges_with_parameters_and_nothing_else() {
    let new = |name: &str| {
        let content = MediaType::opaque(name);
        refusal(Operation::new("a").response(200, Response::new("Done.").content(content)))
    };
    for name in [
        "application/json",
        "*/*",
        "text/*",
        "text/plain; charset=utf-8",
        "text/plain;charset=\"utf-8\" ; a=b;",
        "a/b;c=\"d\\\"e; f\"",
        "application/vnd.a.b+json",
    ] {
        assert_eq!(new(name), None, "{name}");
    }
    for name in [
        "",
        "json",
        "a/",
        "/b",
        "a/b/c",
        "a b/c",
        "a/b;c",
        "a/b;c=",
        "a/b;c=\"d",
        "a/b;c=d e",
        "a/b;c=\"\n\"",
    ] {
        let name = name.to_owned();
        let part = Part::MediaType;
        assert_eq!(new(&name), Some(BuildError::InvalidName { part, name }));
    }
}
