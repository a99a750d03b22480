//! What handlers may do, and for how long.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use realtime_server::config::HttpConfig;
use realtime_server::http::{
    Decision, Handler, HeaderValue, Method, Pace, Params, Problem, Response, Status,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, advance};

use crate::rig::{Rig, get, reply, routes};

/// A decision for a handler that never answers, and a receiver that fires when it is dropped.
fn never(pace: Pace) -> (impl Fn() -> Decision + Send + Sync, oneshot::Receiver<()>) {
    let (dropped, gone) = oneshot::channel::<()>();
    let guard = Arc::new(Mutex::new(Some(dropped)));
    let decide = move || {
        let guard = Arc::clone(&guard);
        let handler: Handler = Arc::new(move |_| {
            let guard = guard.lock().unwrap().take();
            Box::pin(async move {
                let _guard = guard;
                pending().await
            })
        });
        Decision::Call {
            body_limit: 0,
            params: Params::default(),
            handler,
            pace,
        }
    };
    (decide, gone)
}

#[tokio::test]
async fn answers_a_panic_with_500_and_closes() {
    let handler: Handler = Arc::new(|_| Box::pin(async { panic!("in the future") }));
    let early: Handler = Arc::new(|_| panic!("before the future"));
    let rig = Rig::with(HttpConfig::default(), move |head| {
        assert_ne!(head.target.path(), "/route");
        let handler = Arc::clone(if head.target.path() == "/early" {
            &early
        } else {
            &handler
        });
        let params = Params::default();
        Decision::Call {
            body_limit: 0,
            params,
            handler,
            pace: Pace::Prompt,
        }
    })
    .await;
    for path in ["/route", "/early", "/late"] {
        rig.refuses(get(path), Status::INTERNAL_SERVER_ERROR).await;
    }
    assert_eq!(rig.metrics.handler_panics.value(), 3);
    assert_eq!(rig.metrics.requests_refused.value(), 0);
}

#[tokio::test(start_paused = true)]
async fn answers_for_a_handler_that_takes_too_long() {
    let (decide, gone) = never(Pace::Prompt);
    let rig = Rig::with(HttpConfig::default(), move |head| {
        if head.target.path() == "/slow" {
            decide()
        } else {
            routes(head)
        }
    })
    .await;
    let started = Instant::now();
    let answer = rig.keeps(get("/slow"), Status::SERVICE_UNAVAILABLE).await;
    assert_eq!(started.elapsed().as_secs(), 30);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(gone.await.is_err(), "the handler still runs");
    assert_eq!(rig.metrics.handler_timeouts.value(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_held_handler_has_no_time_limit() {
    let (answer, question) = oneshot::channel::<()>();
    let question = Arc::new(Mutex::new(Some(question)));
    let rig = Rig::with(HttpConfig::default(), move |_| {
        let question = question.lock().unwrap().take();
        let question = Arc::new(Mutex::new(question));
        let handler: Handler = Arc::new(move |_| {
            let question = question.lock().unwrap().take();
            Box::pin(async move {
                question.unwrap().await.unwrap();
                Response::text(Status::OK, "polled")
            })
        });
        Decision::Call {
            body_limit: 0,
            params: Params::default(),
            handler,
            pace: Pace::Held,
        }
    })
    .await;
    let mut client = rig.client().await;
    client.send(get("/poll")).await;
    advance(Duration::from_secs(100)).await;
    answer.send(()).unwrap();
    assert_eq!(client.answer().await.text(), "polled");
}

#[tokio::test]
async fn a_held_handler_is_dropped_when_its_client_leaves() {
    let (decide, gone) = never(Pace::Held);
    let rig = Rig::with(HttpConfig::default(), move |_| decide()).await;
    let mut client = rig.client().await;
    client.send(get("/poll")).await;
    client.finish().await;
    assert!(gone.await.is_err(), "the handler still runs");
    client.ends().await;
    rig.first.await.unwrap();
}

#[tokio::test]
async fn earlier_answers_leave_while_a_handler_waits() {
    let (decide, _gone) = never(Pace::Held);
    let rig = Rig::with(HttpConfig::default(), move |head| {
        if head.target.path() == "/poll" {
            decide()
        } else {
            routes(head)
        }
    })
    .await;
    let mut client = rig.client().await;
    client.send(get("/ok") + &get("/poll")).await;
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test]
async fn a_client_that_has_ended_its_side_is_answered() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    client
        .send(get("/ok") + &get("/missing") + &get("/ok"))
        .await;
    client.finish().await;
    for status in [200, 404, 200] {
        assert_eq!(client.answer().await.status, status);
    }
    client.ends().await;
}

#[tokio::test]
async fn a_problem_says_what_is_wrong_in_json() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        let problem = Problem::new(Status::UNPROCESSABLE_CONTENT)
            .with_title("Bad event")
            .with_detail("no \"line\" break")
            .with_field("id");
        Decision::Answer(problem.into())
    })
    .await;
    let (answer, _) = rig.ask(get("/")).await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        answer.text(),
        r#"{"title":"Bad event","status":422,"detail":"no \"line\" break","field":"id"}"#
    );
}

#[tokio::test]
async fn writes_the_fields_of_the_connection_itself() {
    let rig = Rig::with(HttpConfig::default(), |head| {
        let value = HeaderValue::from_static;
        let response = match head.method {
            Method::Get => Response::json(Status::OK, &[1, 2]),
            _ => Response::empty(Status::OK),
        };
        Decision::Answer(
            response
                .header("Content-Length", value("99"))
                .header("transfer-encoding", value("chunked"))
                .header("Date", value("never"))
                .header("connection", value("close"))
                .header("X-Own", value("kept")),
        )
    })
    .await;
    let (answer, _) = rig.ask(get("/")).await;
    let date = answer.header("date").unwrap().to_owned();
    assert_eq!(
        answer.head,
        format!(
            "HTTP/1.1 200 OK\nDate: {date}\nContent-Type: application/json\n\
             X-Content-Type-Options: nosniff\nX-Own: kept\nContent-Length: 5"
        )
    );
    assert_eq!(answer.text(), "[1,2]");
}

#[tokio::test]
async fn parameters_reach_the_handler() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        let decision = reply(0, |request| {
            let (name, none) = (request.param("name"), request.param("none"));
            Response::text(Status::OK, format!("{name:?} {none:?}"))
        });
        match decision {
            Decision::Call {
                body_limit,
                handler,
                pace,
                ..
            } => {
                let params = Params::new(vec![("name".into(), "a b".to_owned())]);
                Decision::Call {
                    body_limit,
                    params,
                    handler,
                    pace,
                }
            }
            answer @ Decision::Answer(_) => answer,
        }
    })
    .await;
    let (answer, _) = rig.ask(get("/")).await;
    assert_eq!(answer.text(), "Some(\"a b\") None");
}
