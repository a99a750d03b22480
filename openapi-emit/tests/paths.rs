//! Paths and parameters that `build` refuses.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use openapi_emit::{Api, BuildError, Hub, Method, Operation, Parameter, Part, Response, Schema};

fn api() -> Api {
    Api::new("Test", "1")
}

fn operation(id: &str) -> Operation {
    Operation::new(id).response(204, Response::new("Done."))
}

fn at(path: &str) -> Api {
    api().operation(Method::Get, path, operation("a"))
}

fn with(operation: Operation) -> Api {
    api().operation(Method::Get, "/", operation)
}

fn refused(api: Api) -> BuildError {
    api.build().unwrap_err()
}

fn duplicate(part: Part, name: &str) -> BuildError {
    BuildError::Duplicate {
        part,
        name: name.to_owned(),
    }
}

#[test]
fn refuses_a_method_twice_at_a_path() {
    let twice = at("/a").operation(Method::Get, "/a", operation("b"));
    assert_eq!(refused(twice), duplicate(Part::Operation, "get /a"));
    let beside_hub =
        api()
            .hub(Hub::new("Chat", "/hub"))
            .operation(Method::Get, "/hub", operation("b"));
    assert_eq!(refused(beside_hub), duplicate(Part::Operation, "get /hub"));
}

#[test]
fn refuses_what_is_no_path() {
    for path in [
        "", "a", "//", "/a//b", "/a?b", "/a#b", "/a b", "/{", "/}", "/{}", "/{a", "/a}", "/{a{b}}",
        "/{a/b}", "/{a}/{a}", "/%", "/%4", "/%zz", "/\u{e9}",
    ] {
        let refused = refused(at(path));
        assert_eq!(
            refused,
            BuildError::InvalidPath {
                path: path.to_owned()
            }
        );
    }
}

#[test]
fn allows_every_character_that_a_path_can_have() {
    for path in ["/", "/a/", "/-._~!$&'()*+,;=:@/%2F"] {
        assert_eq!(at(path).build().err(), None, "{path}");
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#paths-object
//# Templated paths with the same hierarchy but different templated names MUST NOT exist as they are identical.
#[test]
fn refuses_paths_that_differ_in_names_only() {
    let get = |id, name| operation(id).parameter(Parameter::path(name, Schema::string()));
    let api = api()
        .operation(Method::Get, "/a/{x}", get("a", "x"))
        .operation(Method::Get, "/a/{y}", get("b", "y"));
    let (path, other) = ("/a/{y}".to_owned(), "/a/{x}".to_owned());
    assert_eq!(refused(api), BuildError::AmbiguousPath { path, other });
}

//= https://spec.openapis.org/oas/v3.2.0.html#path-templating
//# Each template expression in the path MUST correspond to a path parameter that is included in the Path Item itself and/or in each of the Path Item's Operations.
#[test]
fn refuses_path_parameters_that_are_not_declared() {
    let undeclared = |path: &str| BuildError::UndeclaredPathParameter {
        path: path.to_owned(),
        name: "id".to_owned(),
    };
    assert_eq!(refused(at("/{id}")), undeclared("/{id}"));
    let query = operation("a").parameter(Parameter::query("id", Schema::string()));
    assert_eq!(
        refused(api().operation(Method::Get, "/{id}", query)),
        undeclared("/{id}")
    );
    assert_eq!(
        refused(api().hub(Hub::new("Chat", "/{id}"))),
        undeclared("/{id}")
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#parameter-object
//# If `in` is `"path"`, the `name` field MUST correspond to a single template expression occurring within the path field in the Paths Object.
#[test]
fn refuses_path_parameters_that_are_not_in_the_path() {
    let unused = BuildError::UnusedPathParameter {
        path: "/".to_owned(),
        name: "id".to_owned(),
    };
    let parameter = Parameter::path("id", Schema::string());
    assert_eq!(
        refused(with(operation("a").parameter(parameter.clone()))),
        unused
    );
    let by_reference = with(operation("a").parameter_ref("Id")).parameter("Id", parameter);
    assert_eq!(refused(by_reference), unused);
}

//= https://spec.openapis.org/oas/v3.2.0.html#operation-object
//# The list MUST NOT include duplicated parameters. A unique parameter is defined by a combination of a name and location.
#[test]
fn refuses_a_parameter_twice() {
    let query = |name| Parameter::query(name, Schema::string());
    let header = |name| Parameter::header(name, Schema::string());
    let twice = operation("a").parameter(query("p")).parameter(query("p"));
    assert_eq!(refused(with(twice)), duplicate(Part::Parameter, "p"));
    let by_case = operation("a")
        .parameter(header("X-A"))
        .parameter(header("x-a"));
    assert_eq!(refused(with(by_case)), duplicate(Part::Parameter, "x-a"));
    let elsewhere = operation("a").parameter(query("p")).parameter(header("p"));
    assert_eq!(with(elsewhere.parameter(query("P"))).build().err(), None);
}
