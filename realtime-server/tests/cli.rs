//! The built binary, as an operator uses it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{
    client::{Client, ask, post},
    events::{Events, Told},
    hub::{Heard, HubClient},
    soon,
};

/// A call of the binary that sees none of the settings of who runs the test.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_realtime-server"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        if name.starts_with("REALTIME_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    finished(&command(arguments).output().unwrap())
}

/// Exit code, standard output and standard error.
fn finished(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// A serving process; it is killed if the test fails.
struct Serving {
    child: Child,
    address: SocketAddr,
    banner: Vec<String>,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(&["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let banner: Vec<_> = lines.map(Result::unwrap).take(11).collect();
        let url = banner[1].strip_prefix("listening on http://");
        let address = url.unwrap_or_else(|| panic!("{banner:?}"));
        Self {
            address: address.parse().unwrap(),
            child,
            banner,
        }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; gives the exit and what was logged.
    fn end(mut self) -> (ExitStatus, String) {
        let mut logs = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut logs).unwrap();
        (self.child.wait().unwrap(), logs)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // After its end there is nothing to kill.
        let _ = self.child.kill();
    }
}

#[test]
fn prints_help_and_version() {
    for arguments in [["--help"].as_slice(), &["-h"], &["serve", "--help"]] {
        let (code, out, errors) = run(arguments);
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
        for flag in [
            "--listen <ADDRESS>",
            "[default: 127.0.0.1:5000]",
            "--log-level <LEVEL>",
        ] {
            assert!(out.contains(flag), "{arguments:?}: no {flag} in {out}");
        }
    }
    let version = format!("realtime-server {}\n", env!("CARGO_PKG_VERSION"));
    let printed = (Some(0), version, String::new());
    assert_eq!(run(&["--version"]), printed);
    assert_eq!(run(&["-V"]), printed);
}

#[test]
fn says_in_one_line_that_the_port_is_in_use() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    for arguments in [
        ["--listen", &address].as_slice(),
        &["serve", "--listen", &address],
    ] {
        let (code, out, errors) = run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        let line = format!("error: cannot listen on {address}: Address already in use");
        assert!(errors.starts_with(&line), "{errors}");
        assert_eq!(errors.matches('\n').count(), 1, "{errors}");
    }
}

#[test]
fn says_in_one_line_that_an_address_is_none() {
    for address in [
        "nonsense",
        "127.0.0.1",
        "127.0.0.1:99999",
        "127.0.0.1:http",
        "",
    ] {
        let (code, out, errors) = run(&["--listen", address]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{address}");
        let line = format!("error: {address:?} is no address to listen on (expected HOST:PORT): ");
        assert!(errors.starts_with(&line), "{errors}");
        assert_eq!(errors.matches('\n').count(), 1, "{errors}");
    }
    let from_environment = command(&[]).env("REALTIME_LISTEN", "nowhere").output();
    let (code, _, errors) = finished(&from_environment.unwrap());
    assert_eq!(code, Some(2));
    assert!(
        errors.starts_with("error: \"nowhere\" is no address"),
        "{errors}"
    );
}

#[test]
fn refuses_what_it_does_not_know_with_code_2() {
    for (arguments, named) in [
        (["--lisen", "127.0.0.1:0"], "--lisen"),
        (["--log-level", "loud"], "loud"),
        (["--log-format", "xml"], "xml"),
        (["--hub-logs", "loud"], "loud"),
        (["--sse-keep-alive", "0"], "0"),
        (["--sse-keep-alive", "3601"], "3601"),
        (["dance", "--fast"], "dance"),
    ] {
        let (code, out, errors) = run(&arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(errors.contains(&format!("'{named}")), "{errors}");
    }
}

#[tokio::test]
async fn shows_where_everything_is_and_serves_it() {
    let serving = Serving::start(&["--log-level", "off"]);
    let url = format!("http://{}", serving.address);
    let expected = [
        concat!("realtime-server ", env!("CARGO_PKG_VERSION")).to_owned(),
        format!("listening on {url}"),
        String::new(),
        format!("  page         {url}/"),
        format!("  docs         {url}/docs"),
        format!("  ticks        curl -N '{url}/sse?count=3&intervalMs=100'"),
        format!("  broadcast    curl -N {url}/sse/broadcast"),
        format!(
            "  publish      curl -X POST {url}/api/broadcast -H 'Content-Type: application/json' \\"
        ),
        r#"                 -d '{"event":"message","data":{"text":"hello"}}'"#.to_owned(),
        format!("  SignalR hub  {url}/hubs/kestrun"),
        String::new(),
    ];
    assert_eq!(serving.banner, expected);
    let page = ask(serving.address, "GET /").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    serving.signal("TERM");
    let (exit, logs) = serving.end();
    assert_eq!((exit.code(), logs.as_str()), (Some(0), ""));
}

#[test]
fn warns_that_this_machine_needs_no_token() {
    let warning = "who asks from this machine needs no token";
    let logs = |serving: Serving| {
        serving.signal("TERM");
        serving.end().1
    };
    assert!(logs(Serving::start(&[])).contains(warning));
    let proxied = ["--proxy-protocol", "--trusted-proxy", "127.0.0.1"];
    assert!(!logs(Serving::start(&proxied)).contains(warning));
}

#[tokio::test]
async fn says_goodbye_and_exits_within_5_seconds_of_sigterm() {
    says_goodbye_and_exits("TERM").await;
}

#[tokio::test]
async fn says_goodbye_and_exits_within_5_seconds_of_sigint() {
    says_goodbye_and_exits("INT").await;
}

async fn says_goodbye_and_exits(signal: &str) {
    let serving = Serving::start(&[]);
    let address = serving.address;
    let mut broadcast = Events::open(address, "/sse/broadcast").await;
    assert_eq!(broadcast.event().await.event.as_deref(), Some("connected"));
    let mut ticks = Events::open(address, "/sse?count=1000&intervalMs=60000").await;
    assert_eq!(ticks.event().await.event.as_deref(), Some("connected"));
    assert_eq!(ticks.event().await.event.as_deref(), Some("tick"));
    let mut hub = HubClient::open(address, "/hubs/kestrun").await;
    let silent = HubClient::open(address, "/hubs/kestrun").await;
    let operation = post(address, "/api/operation/start?seconds=3600", "").await;
    assert_eq!(operation.status, 200);
    let mut idle = Client::connect(address).await;
    idle.request("GET /sse/nowhere", "").await;
    assert_eq!(idle.answer().await.status, 404);

    let asked = Instant::now();
    serving.signal(signal);
    assert_eq!(broadcast.next().await, Told::End);
    assert_eq!(ticks.next().await, Told::End);
    idle.ends().await;
    // What the stop hooks say comes in any order.
    let mut said = vec![hub.record().await, hub.record().await];
    said.sort();
    assert!(said[0].contains("OperationStopped"), "{said:?}");
    assert_eq!(
        said[1],
        r#"{"type":1,"target":"serverShutdown","arguments":["Server stopping"]}"#
    );
    assert_eq!(hub.record().await, r#"{"type":7,"allowReconnect":true}"#);
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
    // Neither of the hub's clients closes its side.
    let ended = soon(tokio::task::spawn_blocking(|| serving.end())).await;
    let (exit, logs) = ended.unwrap();
    assert_eq!(exit.code(), Some(0), "{logs}");
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(5), "SIG{signal}: {took:?}");
    assert!(logs.contains(&format!("SIG{signal}")), "{logs}");
    drop((hub, silent));
}

#[tokio::test]
async fn logs_one_json_object_a_line() {
    let serving = Serving::start(&["--log-format", "json", "--log-level", "debug"]);
    let answer = ask(serving.address, "GET /api/ps/log/Warning").await;
    assert_eq!(answer.status, 200);
    serving.signal("TERM");
    let (exit, logs) = serving.end();
    assert_eq!(exit.code(), Some(0));
    let records: Vec<Value> = logs
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let find = |message: &str| {
        let found = records.iter().find(|record| {
            let text = record["fields"]["message"].as_str().unwrap();
            text.starts_with(message)
        });
        found.unwrap_or_else(|| panic!("no {message} in {logs}"))
    };
    assert_eq!(find("asked to stop")["fields"]["signal"], "SIGTERM");
    assert_eq!(find("asked to stop")["level"], "INFO");
    let warning = find("Test Warning message from PowerShell at ");
    assert_eq!(warning["level"], "WARN");
    assert_eq!(warning["target"], "realtime_server::demo::events");
    assert!(warning["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn sends_its_log_to_the_clients_of_the_hub_where_that_is_wanted() {
    let serving = Serving::start(&["--hub-logs", "info", "--log-level", "off"]);
    let mut hub = HubClient::open(serving.address, "/hubs/kestrun").await;
    let record = |heard: String| {
        let message: Value = serde_json::from_str(&heard).unwrap();
        assert_eq!(message["target"], "ReceiveLog", "{heard}");
        let record = &message["arguments"][0];
        let text = |name: &str| record[name].as_str().unwrap().to_owned();
        (text("level"), text("message"))
    };
    let (level, message) = record(hub.record().await);
    assert_eq!(level, "Information");
    assert!(
        message.starts_with("connected to the hub connection="),
        "{message}"
    );
    // What goes to the hub anyway comes once.
    ask(serving.address, "GET /api/ps/log/Warning").await;
    let (level, message) = record(hub.record().await);
    assert_eq!(level, "Warning");
    assert!(message.starts_with("Test Warning message"), "{message}");
    let other = HubClient::open(serving.address, "/hubs/kestrun").await;
    let (_, message) = record(hub.record().await);
    assert!(
        message.starts_with("connected to the hub connection="),
        "{message}"
    );
    drop(other);
}

#[test]
fn prints_what_it_offers_in_the_version_and_form_that_is_asked_for() {
    for (arguments, first) in [
        (["openapi"].as_slice(), "  \"openapi\": \"3.1.2\","),
        (
            &["openapi", "--version", "v3.0.4"],
            "  \"openapi\": \"3.0.4\",",
        ),
        (
            &["openapi", "--version", "3.2"],
            "  \"openapi\": \"3.2.0\",",
        ),
        (&["asyncapi"], "  \"asyncapi\": \"3.0.0\","),
        (
            &["asyncapi", "--version", "3.0", "--format", "json"],
            "  \"asyncapi\": \"3.0.0\",",
        ),
    ] {
        let (code, out, errors) = run(arguments);
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
        assert_eq!(out.lines().nth(1), Some(first), "{arguments:?}");
    }
    let (_, yaml, _) = run(&["openapi", "--format", "yaml"]);
    assert_eq!(yaml.lines().next(), Some("openapi: \"3.1.2\""));
    let (_, yaml, _) = run(&["asyncapi", "--format", "yaml"]);
    assert_eq!(yaml.lines().next(), Some("asyncapi: \"3.0.0\""));
}

#[test]
fn documents_of_versions_that_there_are_not_are_a_wrong_call() {
    for (arguments, expected) in [
        (["openapi", "--version", "2.0"], "expected 3.0, 3.1 or 3.2"),
        (["asyncapi", "--version", "2.6"], "3.0"),
        (["openapi", "--format", "xml"], "json, yaml"),
    ] {
        let (code, out, errors) = run(&arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn every_setting_is_in_the_table_of_settings() {
    let (_, help, _) = run(&["serve", "--help"]);
    let table = include_str!("../docs/settings.md");
    let mut flags = 0;
    for line in help.lines().map(str::trim) {
        let flag = line.split([' ', ',']).find(|word| word.starts_with("--"));
        if let Some(flag) = flag.filter(|_| line.starts_with('-') && !line.contains("--help")) {
            assert!(table.contains(&format!("| `{flag}")), "{flag}");
            flags += 1;
        }
        if let Some((_, rest)) = line.split_once("[env: ") {
            let variable = rest.split(['=', ']']).next().unwrap();
            assert!(table.contains(&format!("| `{variable}` |")), "{variable}");
        }
    }
    assert!(flags > 40, "{flags}");
}
