//! What goes over a socket that replaces a lost one, case by case.

use realtime_server::hub::Disconnect;
use serde::Deserialize;

use crate::{
    stateful_reconnect::{
        ack, add, completion, negotiate, open, record, rig, sequence, socket, tell, told,
    },
    support::hub::HubClient,
};

#[derive(Deserialize)]
struct Vectors {
    sends: Vec<Sends>,
    receives: Vec<Receives>,
}

#[derive(Debug, Deserialize)]
struct Sends {
    sent: u32,
    acknowledged: u32,
    sequence: u32,
}

#[derive(Debug, Deserialize)]
struct Receives {
    /// Calls over the first socket.
    first: u32,
    /// What the second one begins with.
    sequences: Vec<u32>,
    /// Calls behind that.
    #[serde(default)]
    then: u32,
    /// How many of those are no repetitions: the last ones.
    #[serde(default)]
    new: u32,
    #[serde(default)]
    error: bool,
}

fn vectors() -> Vectors {
    let text = include_str!("../vectors/signalr-message-buffer.json");
    serde_json::from_str(text).unwrap()
}

/// The answer to the call `id`, behind whatever else comes.
async fn answered(hub: &mut HubClient, id: &str, number: u32) {
    let expected = completion(id, &number.to_string());
    while record(hub).await != expected {}
}

#[tokio::test]
async fn what_is_sent_again() {
    for case in vectors().sends {
        let rig = rig(|config| config.stateful_buffer = 1_000_000).await;
        let requests = negotiate(&rig).await;
        let mut hub = open(&requests).await;
        for number in 1..=case.sent {
            tell(&rig, &number.to_string()).await;
            assert_eq!(record(&mut hub).await, told(&number.to_string()));
        }
        hub.say(&ack(case.acknowledged)).await;
        // What has an answer was worked off, and the Ack before it.
        hub.say(&add("last", 1)).await;
        assert_eq!(record(&mut hub).await, completion("last", "1"));
        drop(hub);
        let mut hub = socket(&requests).await;
        assert_eq!(record(&mut hub).await, sequence(case.sequence), "{case:?}");
        for number in case.sequence..=case.sent {
            assert_eq!(
                record(&mut hub).await,
                told(&number.to_string()),
                "{case:?}"
            );
        }
        assert_eq!(record(&mut hub).await, completion("last", "1"), "{case:?}");
    }
}

#[tokio::test]
async fn what_counts_as_received() {
    for case in vectors().receives {
        let mut rig = rig(|_| {}).await;
        let requests = negotiate(&rig).await;
        let mut hub = open(&requests).await;
        for number in 1..=case.first {
            let id = number.to_string();
            hub.say(&add(&id, number)).await;
            answered(&mut hub, &id, number).await;
        }
        drop(hub);
        let mut hub = socket(&requests).await;
        for number in &case.sequences {
            hub.say(&sequence(*number)).await;
        }
        if case.error {
            assert_eq!(rig.left().await, Disconnect::Protocol, "{case:?}");
            continue;
        }
        let repeated = case.then - case.new;
        for number in 0..case.then {
            hub.say(&add(&format!("then {number}"), number)).await;
        }
        for number in repeated..case.then {
            answered(&mut hub, &format!("then {number}"), number).await;
        }
        hub.say(&add("last", 1)).await;
        answered(&mut hub, "last", 1).await;
        let worked = u64::from(case.first + case.new + 1);
        assert_eq!(rig.metrics().invocations.value(), worked, "{case:?}");
    }
}
