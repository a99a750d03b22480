//! Hostile and odd requests, collected from the test suites and findings of others: each line of
//! `vectors/cases.jsonl` says what is sent, why, where the case comes from, and what this server
//! answers.

use std::sync::Arc;

use realtime_server::config::HttpConfig;
use realtime_server::http::{Decision, Head, HeaderValue, Method, Problem, Response, Status};
use serde::Deserialize;
use tokio::task::yield_now;

use crate::client::{Answer, Client};
use crate::rig::{Rig, get, reply};

#[derive(Deserialize)]
struct Case {
    name: String,
    why: String,
    origin: String,
    steps: Vec<Step>,
    /// Status codes, then `open` or `close`.
    outcome: String,
    /// `GET` where nothing is said.
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    checks: Vec<Check>,
}

/// Bytes are written as the characters with their numbers.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    Send(String),
    Repeat(String, usize),
    Bytewise(String),
    /// An interim answer.
    Await(u16),
    Pause,
    Finish,
}

/// The first number says which answer is meant.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Check {
    Body(usize, String),
    Length(usize, usize),
    Never(String),
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|byte| u8::try_from(u32::from(byte)).unwrap())
        .collect()
}

fn route(head: &Head) -> Decision {
    const MIB: usize = 1024 * 1024;
    let not_allowed = |allow| {
        let response = Response::from(Problem::new(Status::METHOD_NOT_ALLOWED));
        Decision::Answer(response.header("allow", HeaderValue::from_static(allow)))
    };
    match (head.target.path(), head.method) {
        ("/healthz", Method::Get | Method::Head) => {
            reply(MIB, |_| Response::text(Status::OK, "ok"))
        }
        ("/healthz", _) => not_allowed("GET, HEAD"),
        ("/mirror", Method::Post | Method::Put) => {
            reply(MIB, |request| Response::text(Status::OK, request.body))
        }
        ("/mirror", _) => not_allowed("POST, PUT"),
        ("/nocontent", _) => reply(MIB, |_| Response::empty(Status::NO_CONTENT)),
        _ => Decision::Answer(Problem::new(Status::NOT_FOUND).into()),
    }
}

/// Lets the server read what has been sent.
async fn pause() {
    for _ in 0..4 {
        yield_now().await;
    }
}

/// Plays the steps and reads the answers that the outcome names.
async fn play(case: &Case, client: &mut Client) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut finished = false;
    for step in &case.steps {
        match step {
            Step::Send(text) => client.send(bytes(text)).await,
            Step::Repeat(text, times) => client.send(bytes(text).repeat(*times)).await,
            Step::Bytewise(text) => {
                for byte in bytes(text) {
                    client.send([byte]).await;
                    pause().await;
                }
            }
            Step::Await(status) => {
                let interim = client.head().await;
                assert_eq!(interim.status, *status);
                answers.push(interim);
            }
            Step::Pause => pause().await,
            Step::Finish => {
                client.finish().await;
                finished = true;
            }
        }
    }
    let outcome: Vec<&str> = case.outcome.split(' ').collect();
    let (end, statuses) = outcome.split_last().unwrap();
    for index in answers.len()..statuses.len() {
        let head_only = case
            .methods
            .get(index)
            .is_some_and(|method| method == "HEAD");
        answers.push(if head_only {
            client.head().await
        } else {
            client.answer().await
        });
    }
    let got: Vec<String> = answers
        .iter()
        .map(|answer| answer.status.to_string())
        .collect();
    assert_eq!(got, statuses, "statuses");
    match (*end, statuses.is_empty() || finished) {
        ("close", _) => client.ends().await,
        // It waits for the rest of a request: nothing may come before that.
        ("open", true) => {
            client.finish().await;
            client.ends().await;
        }
        ("open", false) => {
            client.send(get("/healthz")).await;
            assert_eq!(
                client.answer().await.text(),
                "ok",
                "the connection is out of sync"
            );
        }
        (other, _) => panic!("{other} is no end"),
    }
    answers
}

fn check(check: &Check, answers: &[Answer]) {
    match check {
        Check::Body(index, body) => assert_eq!(answers[*index].body, bytes(body)),
        Check::Length(index, length) => assert_eq!(answers[*index].body.len(), *length),
        Check::Never(text) => {
            for answer in answers {
                assert!(!answer.head.contains(text) && !answer.text().contains(text));
            }
        }
    }
}

/// What every answer has to be, whatever the case is about.
fn is_clean(answer: &Answer, closes: bool) {
    let own = (
        answer.header("content-length"),
        answer.header("transfer-encoding"),
    );
    match answer.status {
        100 => assert_eq!(answer.head, "HTTP/1.1 100 Continue"),
        204 => assert_eq!(own, (None, None)),
        _ => assert!(own.0.is_some() != own.1.is_some(), "{}", answer.head),
    }
    if answer.status >= 200 {
        assert!(
            answer
                .header("date")
                .is_some_and(|date| date.ends_with(" GMT"))
        );
        assert_eq!(
            answer.header("connection") == Some("close"),
            closes,
            "{}",
            answer.head
        );
    }
}

/// What is longer is sent in one piece all the same: what it is about is its length.
const LONG: usize = 2_000;

/// The same case, each byte for itself.
fn cut(mut case: Case) -> Case {
    // It is about a body that comes with its head.
    let at_once = case.name == "expect-100-body-at-once";
    for step in &mut case.steps {
        if let Step::Send(text) = step
            && text.len() < LONG
            && !at_once
        {
            *step = Step::Bytewise(std::mem::take(text));
        }
    }
    case
}

#[tokio::test]
async fn answers_each_case_as_it_says() {
    answers_each_case(|case| case).await;
}

#[tokio::test]
async fn answers_each_case_in_the_same_way_when_it_comes_byte_by_byte() {
    answers_each_case(cut).await;
}

async fn answers_each_case(change: fn(Case) -> Case) {
    let rig = Rig::with(HttpConfig::default(), route).await;
    let cases = include_str!("vectors/cases.jsonl");
    let mut failed = Vec::new();
    let count = cases.lines().count();
    for line in cases.lines() {
        let case = Arc::new(change(serde_json::from_str(line).unwrap()));
        let (address, played) = (rig.address, Arc::clone(&case));
        let run = tokio::spawn(async move {
            let mut client = Client::connect(address).await;
            let answers = play(&played, &mut client).await;
            let half_closed = played.steps.iter().any(|step| matches!(step, Step::Finish));
            let ends = played.outcome.ends_with("close") && !half_closed;
            for (index, answer) in answers.iter().enumerate() {
                is_clean(answer, ends && index + 1 == answers.len());
            }
            for condition in &played.checks {
                check(condition, &answers);
            }
        });
        if run.await.is_err() {
            failed.push(format!("{}: {} ({})", case.name, case.why, case.origin));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {count} cases failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert_eq!(count, 386);
}
