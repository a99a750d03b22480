//! A ticket for a stream instead of a header on it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use realtime_server::{
    auth::{Access, Guard, Tickets},
    config::StreamConfig,
    endpoint::{Outgoing, Target, TicketOffice},
    identity::Identity,
};
use sse_codec::EventRef;
use tokio::task::JoinSet;

use crate::{
    reader::{Reader, Seen},
    rig::Rig,
    support::client::Client,
};

const ANN: &str = "Authorization: Bearer the-token-of-ann\r\n";

async fn rig() -> Rig {
    Rig::with(StreamConfig::default(), |server, stream| {
        let ann = Identity::user("ann").of_tenant("acme");
        let access = Access::new().with_token("the-token-of-ann", ann);
        let metrics = Arc::clone(server.metrics());
        let tickets = Arc::new(Tickets::new());
        let office = Arc::new(TicketOffice::new(stream, &tickets, metrics));
        let issuing = Arc::clone(&office);
        server
            .post("/token", move |request| {
                std::future::ready(issuing.issue(&request))
            })
            .unwrap()
            .guard(&Guard::new(access));
        server
            .get("/with-ticket", move |request| {
                std::future::ready(office.subscribe(&request))
            })
            .unwrap();
    })
    .await
}

async fn ticket(rig: &Rig) -> String {
    let mut answer = Reader::post(rig.address, "/token", ANN, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json().await["token"].as_str().unwrap().to_owned()
}

async fn show(rig: &Rig, ticket: &str) -> Reader {
    Reader::open(rig.address, &format!("/with-ticket?token={ticket}"), "").await
}

#[tokio::test]
async fn a_ticket_opens_the_stream_of_whom_it_was_made_out_to() {
    let rig = rig().await;
    let mut reader = show(&rig, &ticket(&rig).await).await;
    assert_eq!(reader.status, 200);
    assert_eq!(reader.next().await, Seen::Comment("connected".into()));
    for target in [Target::User("ann"), Target::Tenant("acme"), Target::All] {
        let outgoing = Outgoing::new(EventRef::new("x")).to(target);
        assert_eq!(rig.stream.publish(outgoing).unwrap().delivery.receivers, 1);
        assert_eq!(reader.data().await, "x");
    }
}

#[tokio::test]
async fn tickets_are_uuids_and_taken_in_each_of_their_forms() {
    let rig = rig().await;
    let mut all = HashSet::new();
    for form in [
        |ticket: String| ticket,
        |ticket: String| ticket.to_uppercase(),
        |ticket: String| ticket.replace('-', ""),
    ] {
        let ticket = ticket(&rig).await;
        let lengths: Vec<_> = ticket.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(ticket.starts_with(|digit: char| digit.is_ascii_hexdigit()));
        assert_eq!(&ticket[14..15], "4");
        assert!("89ab".contains(&ticket[19..20]));
        assert_eq!(show(&rig, &form(ticket.clone())).await.status, 200);
        assert!(all.insert(ticket));
    }
}

#[tokio::test]
async fn a_ticket_is_good_once() {
    let rig = rig().await;
    let ticket = ticket(&rig).await;
    assert_eq!(show(&rig, &ticket).await.status, 200);
    let mut second = show(&rig, &ticket).await;
    assert_eq!(second.status, 401);
    let challenge = second.head.field("www-authenticate");
    assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
    assert_eq!(rig.metrics.requests_unauthenticated.value(), 1);
    assert_eq!(second.json().await["field"], "token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_show_a_ticket_at_once_one_gets_in() {
    let rig = Arc::new(rig().await);
    let ticket = ticket(&rig).await;
    let mut shows = JoinSet::new();
    for _ in 0..20 {
        let (rig, ticket) = (Arc::clone(&rig), ticket.clone());
        shows.spawn(async move { show(&rig, &ticket).await.status });
    }
    let statuses = shows.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(401)), (1, 19));
    assert_eq!(rig.metrics.tickets_refused.value(), 19);
}

#[tokio::test]
async fn a_ticket_is_good_for_thirty_seconds() {
    let rig = rig().await;
    let (young, old) = (ticket(&rig).await, ticket(&rig).await);
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(29_900)).await;
    tokio::time::resume();
    assert_eq!(show(&rig, &young).await.status, 200);
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(200)).await;
    tokio::time::resume();
    assert_eq!(show(&rig, &old).await.status, 401);
}

#[tokio::test]
async fn ten_thousand_tickets_can_be_out() {
    let rig = rig().await;
    let request =
        format!("POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{ANN}\r\n");
    let issue = async |count: usize| {
        let mut client = Client::connect(rig.address).await;
        client.send(request.repeat(count)).await;
        let mut statuses = Vec::new();
        for _ in 0..count {
            statuses.push(client.answer().await.status);
        }
        statuses
    };
    for _ in 0..100 {
        assert_eq!(issue(100).await, [200; 100]);
    }
    assert_eq!(issue(2).await, [503, 503]);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(30)).await;
    tokio::time::resume();
    assert_eq!(issue(1).await, [200]);
}

#[tokio::test]
async fn what_is_no_ticket_is_told_apart_from_one_that_is_not_good() {
    let rig = rig().await;
    for (ticket, status) in [
        ("", 400),
        ("5", 400),
        ("0123456789abcdef0123456789abcdeg", 400),
        ("0123456789abcdef0123456789abcdef0", 400),
        ("%C3%A9", 400),
        ("0123456789abcdef0123456789abcdef", 401),
    ] {
        let mut answer = show(&rig, ticket).await;
        assert_eq!(answer.status, status, "{ticket}");
        assert_eq!(answer.json().await["field"], "token");
    }
    assert_eq!(
        Reader::open(rig.address, "/with-ticket", "").await.status,
        400
    );
}

#[tokio::test]
async fn only_who_is_known_gets_a_ticket() {
    let rig = rig().await;
    for lines in ["", "Authorization: Bearer wrong\r\n"] {
        let mut answer = Reader::post(rig.address, "/token", lines, "").await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json().await["title"], "Unauthorized");
    }
    assert_eq!(rig.metrics.requests_unauthenticated.value(), 2);
}
