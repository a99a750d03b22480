//! What the demo says by itself, on a clock that runs ahead when nothing else is to be done.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use crate::{
    rig::{argument_of, assert_shape, call, demo, event_of, member},
    support::hub::result,
};

#[tokio::test(start_paused = true)]
async fn sends_a_heartbeat_every_30_seconds_and_admins_an_update_every_minute() {
    let server = demo().await;
    let started = Instant::now();
    let mut hub = member(server.address).await;
    assert_eq!(
        hub.call("JoinGroup", "[\"Admins\"]").await,
        call("GroupJoined", "Admins")
    );
    assert_eq!(hub.record().await, result("null"));
    for half_minute in 1..=4 {
        let mut records = vec![hub.record().await];
        if half_minute % 2 == 0 {
            // Both are due, in any order.
            records.push(hub.record().await);
            records.sort_by_key(|record| record.contains("ReceiveAdminUpdate"));
        }
        let due = Duration::from_secs(30 * half_minute);
        let passed = started.elapsed();
        assert!(
            passed >= due && passed < due + Duration::from_secs(1),
            "{passed:?}"
        );
        assert_heartbeat(&event_of(&records[0], "ServerHeartbeat"));
        if let Some(update) = records.get(1) {
            assert_update(&argument_of(update, "ReceiveAdminUpdate"));
        }
    }
}

fn assert_heartbeat(data: &Value) {
    let shape = json!({
        "Type": "Heartbeat",
        "ServerTime": "<time>",
        "Uptime": "<text>",
        "ConnectedClients": 1,
        "Message": "Server heartbeat from scheduled task",
    });
    assert_shape(data, &shape);
    let uptime = data["Uptime"].as_str().unwrap();
    assert_eq!(uptime.len(), "00:00:00.0000000".len(), "{uptime}");
}

fn assert_update(update: &Value) {
    let shape = json!({
        "Type": "AdminUpdate",
        "SystemInfo": update["SystemInfo"],
        "Timestamp": "<time>",
        "Message": "Scheduled admin status update",
    });
    assert_shape(update, &shape);
    let info = update["SystemInfo"].as_object().unwrap();
    let names: Vec<_> = info.keys().collect();
    assert_eq!(names, ["MachineName", "ProcessorCount", "UserName"]);
    assert!(
        info["ProcessorCount"]
            .as_u64()
            .is_some_and(|count| count > 0)
    );
}
