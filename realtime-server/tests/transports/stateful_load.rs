//! Ten thousand numbered messages each way over a connection whose socket is cut again and again.

use std::sync::{Arc, Mutex};

use realtime_server::hub::Caller;

use crate::{
    rig::Rig,
    stateful_reconnect::{negotiate, open, socket},
    support::hub::{Heard, HubClient, invocation, masked},
};
use serde_json::Value;
use ws_frame::{Frame, Opcode};

const MESSAGES: usize = 10_000;
/// So many messages go out at once.
const BURST: usize = 100;
/// After so many bursts the socket is cut.
const CUT_AFTER: usize = 7;

/// The client's side of the numbers, which keeps what it sends for good.
struct Side {
    sent: Vec<String>,
    acknowledged: usize,
    next: usize,
    latest: usize,
    numbers: Vec<u64>,
}

impl Side {
    /// Takes a record of the server in.
    fn take(&mut self, record: &str) {
        let message: Value = serde_json::from_str(record).unwrap();
        let id = || usize::try_from(message["sequenceId"].as_u64().unwrap()).unwrap();
        match message["type"].as_u64().unwrap() {
            1 => {
                if self.next > self.latest {
                    self.latest = self.next;
                    self.numbers.push(message["arguments"][0].as_u64().unwrap());
                }
                self.next += 1;
            }
            6 => {}
            8 => self.acknowledged = id(),
            9 => {
                assert!(id() <= self.next, "{record} after {}", self.next);
                self.next = id();
            }
            _ => panic!("{record}"),
        }
    }
}

async fn burst(hub: &mut HubClient, records: &[String]) {
    let text = records.concat();
    let bytes = masked(&[Frame::new(Opcode::Text, text.as_bytes())]);
    hub.client.send(bytes).await;
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_comes_twice() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let rig = Rig::with(
        |config| {
            config.allow_stateful_reconnect = true;
            config.max_queued_messages = 20_000;
        },
        move |hub| {
            hub.method("Number", move |_, caller: Caller, (number,): (u64,)| {
                hearing.lock().unwrap().push(number);
                async move { Ok(caller.itself().send("Numbered", (number,)).await?) }
            })
        },
    )
    .await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    let mut side = Side {
        sent: Vec::new(),
        acknowledged: 0,
        next: 1,
        latest: 0,
        numbers: Vec::new(),
    };
    let mut cuts = 0;
    for round in 0.. {
        let done = side.sent.len();
        if done == MESSAGES && side.numbers.len() == MESSAGES {
            break;
        }
        let fresh: Vec<_> = (done..MESSAGES.min(done + BURST))
            .map(|number| invocation(None, "Number", &format!("[{number}]")) + "\u{1e}")
            .collect();
        side.sent.extend_from_slice(&fresh);
        burst(&mut hub, &fresh).await;
        if round % CUT_AFTER == CUT_AFTER - 1 && done < MESSAGES {
            // With whatever is on its way in either direction.
            drop(hub);
            cuts += 1;
            hub = socket(&requests).await;
            let sequence = format!(
                "{{\"type\":9,\"sequenceId\":{}}}\u{1e}",
                side.acknowledged + 1
            );
            let again: Vec<_> = std::iter::once(sequence)
                .chain(side.sent[side.acknowledged..].iter().cloned())
                .collect();
            burst(&mut hub, &again).await;
            // What came before the server's Sequence belongs to the old socket, which is gone.
        } else {
            let wanted = (side.numbers.len() + BURST / 2).min(side.sent.len());
            while side.numbers.len() < wanted {
                match hub.next().await {
                    Heard::Record(record) => side.take(&record),
                    other => panic!("{other:?}"),
                }
            }
            hub.say(&format!("{{\"type\":8,\"sequenceId\":{}}}", side.latest))
                .await;
        }
    }
    let all: Vec<_> = (0..u64::try_from(MESSAGES).unwrap()).collect();
    assert_eq!(side.numbers, all);
    assert_eq!(*heard.lock().unwrap(), all);
    assert!(cuts > 10, "{cuts}");
    assert_eq!(rig.metrics().hub_connections_resumed.value(), cuts);
}
