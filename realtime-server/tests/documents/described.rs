//! How routes and hubs describe themselves, and what is refused.

use realtime_server::{
    http::{Method, Response, Status},
    hub::{Caller, Hub, HubSetupError},
    openapi_emit::{Api, BuildError, Operation, Part, Response as Described, Value, Version},
    server::{Server, ServerBuilder, SetupError},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema, Serialize)]
struct Point {
    x: i64,
    y: i64,
}

/// Read without what it has by default, but always written with it.
#[derive(Deserialize, JsonSchema, Serialize)]
struct Uneven {
    #[serde(default)]
    x: i64,
}

fn api() -> Api {
    Api::new("Test", "1")
}

async fn nothing(_: realtime_server::http::Request) -> Response {
    Response::empty(Status::NO_CONTENT)
}

fn described(install: impl FnOnce(&mut ServerBuilder)) -> Result<Server, SetupError> {
    let mut server = ServerBuilder::new();
    install(&mut server);
    server.document(api())?;
    server.build()
}

fn document(server: &Server) -> serde_json::Value {
    serde_json::to_value(server.document().unwrap().openapi(Version::V3_2)).unwrap()
}

#[test]
fn route_without_a_description_tells_its_parameters() {
    let server = described(|server| {
        server.get("/rooms/{room}/users/{user}", nothing).unwrap();
    });
    let document = document(&server.unwrap());
    let operation = &document["paths"]["/rooms/{room}/users/{user}"]["get"];
    assert_eq!(operation["operationId"], "get-rooms-room-users-user");
    let names: Vec<_> = operation["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["room", "user"]);
}

#[test]
fn hidden_route_is_in_no_document() {
    let server = described(|server| server.get("/secret", nothing).unwrap().hide());
    assert_eq!(document(&server.unwrap())["paths"].get("/secret"), None);
}

#[test]
fn server_without_documents_has_none_and_no_routes_of_them() {
    let mut server = ServerBuilder::new();
    server.get("/here", nothing).unwrap();
    let server = server.build().unwrap();
    assert_eq!(server.document().map(|_| ()), None);
    assert_eq!(
        server.routes().collect::<Vec<_>>(),
        [(Method::Get, "/here")]
    );
}

#[test]
fn type_that_is_read_and_written_alike_is_one_schema() {
    let server = described(|server| {
        server
            .post("/points", nothing)
            .unwrap()
            .describe(|schemas| {
                let body = schemas.body::<Point>();
                Operation::new("add")
                    .body(body)
                    .response(200, schemas.json::<Point>("Added."))
            });
    });
    let document = document(&server.unwrap());
    let point = &document["components"]["schemas"]["Point"];
    assert_eq!(point["required"], serde_json::json!(["x", "y"]));
}

#[test]
fn type_that_is_read_and_written_differently_needs_two_names() {
    let server = described(|server| {
        server
            .post("/points", nothing)
            .unwrap()
            .describe(|schemas| {
                let body = schemas.body::<Uneven>();
                Operation::new("add")
                    .body(body)
                    .response(200, schemas.json::<Uneven>("Added."))
            });
    });
    let expected = BuildError::Duplicate {
        part: Part::Component,
        name: "Uneven".into(),
    };
    assert_eq!(server.err(), Some(SetupError::Description(expected)));
}

#[test]
fn description_that_does_not_fit_the_path_is_refused_at_start() {
    let server = described(|server| {
        server
            .get("/rooms/{room}", nothing)
            .unwrap()
            .describe(|_| Operation::new("enter").response(204, Described::new("Entered.")));
    });
    let expected = BuildError::UndeclaredPathParameter {
        path: "/rooms/{room}".into(),
        name: "room".into(),
    };
    assert_eq!(server.err(), Some(SetupError::Description(expected)));
}

#[test]
fn document_twice_is_a_route_twice() {
    let mut server = ServerBuilder::new();
    server.document(api()).unwrap();
    let error = server.document(api()).unwrap_err();
    let expected = SetupError::DuplicateRoute {
        method: Method::Get,
        pattern: "/openapi/{version}/openapi.json".into(),
    };
    assert_eq!(error, expected);
}

fn hub() -> Hub<()> {
    Hub::new(()).about("Points", "Points, live").method(
        "Add",
        async |_, _: Caller, (one, by): (Point, i64)| {
            Ok(Point {
                x: one.x + by,
                y: one.y + by,
            })
        },
    )
}

#[test]
fn hub_method_is_described_by_its_types() {
    let hub = hub()
        .describe::<(Point, i64), Point>("Moves a point.", ["point", "by"])
        .client_method::<(Point,)>("Moved", "A point has moved.", ["point"]);
    let server = described(|server| {
        server.hub("/points", hub).unwrap();
    });
    let server = server.unwrap();
    let asyncapi = serde_json::to_value(server.document().unwrap().asyncapi()).unwrap();
    let messages = &asyncapi["channels"]["Points"]["messages"];
    let arguments = &messages["invoke.Add"]["payload"]["properties"]["arguments"]["items"];
    assert_eq!(arguments[0]["title"], "point");
    assert_eq!(
        arguments[0]["allOf"][0]["$ref"],
        "#/components/schemas/Point"
    );
    assert_eq!(arguments[1]["type"], "integer");
    let result = &messages["complete.Add"]["payload"]["properties"]["result"];
    assert_eq!(result["$ref"], "#/components/schemas/Point");
    assert_eq!(messages["call.Moved"]["name"], "Moved");
    let openapi = document(&server);
    assert_eq!(
        openapi["paths"]["/points"]["get"]["x-signalr"]["hub"],
        "Points"
    );
}

#[test]
fn description_with_other_types_than_the_method_is_refused() {
    let expected = SetupError::Hub(HubSetupError::MisdescribedMethod("Add".into()));
    let arguments = hub().describe::<(Point,), Point>("Moves a point.", ["point"]);
    let result = hub().describe::<(Point, i64), ()>("Moves a point.", ["point", "by"]);
    for hub in [arguments, result] {
        let mut server = ServerBuilder::new();
        assert_eq!(server.hub("/points", hub).unwrap_err(), expected);
    }
}

#[test]
fn hub_that_is_named_describes_every_method() {
    let mut server = ServerBuilder::new();
    let expected = SetupError::Hub(HubSetupError::UndescribedMethod("Add".into()));
    assert_eq!(server.hub("/points", hub()).unwrap_err(), expected);
}

#[test]
fn hub_without_a_name_is_called_by_its_path() {
    let hub = Hub::new(()).method("Touch", async |_, _: Caller, ()| Ok(()));
    let server = described(|server| {
        server.hub("/hubs/points", hub).unwrap();
    });
    let document = document(&server.unwrap());
    let connect = &document["paths"]["/hubs/points"]["get"];
    assert_eq!(connect["operationId"], "connecthubs-points");
}

#[test]
fn documents_are_written_in_the_order_of_the_routes() {
    let server = described(|server| {
        server.get("/b", nothing).unwrap();
        server.get("/a", nothing).unwrap();
    });
    let document = server.unwrap().document().unwrap().openapi(Version::V3_1);
    let Some(Value::Object(paths)) = document.as_object().unwrap().get("paths").cloned() else {
        panic!("no paths")
    };
    let paths: Vec<_> = paths
        .iter()
        .map(|(path, _)| path.to_owned())
        .take(2)
        .collect();
    assert_eq!(paths, ["/b", "/a"]);
}
