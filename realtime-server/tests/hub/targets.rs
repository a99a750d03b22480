use realtime_server::hub::{Caller, Clients, Hub};

use crate::{client::Client, rig::Rig};

fn hub() -> Hub<()> {
    Hub::new(())
        .user_id(|head| head.target.value("user").map(std::borrow::Cow::into_owned))
        .method("Id", async |_, caller: Caller, (): ()| {
            Ok(caller.connection_id().to_owned())
        })
        .method("Join", async |_, caller: Caller, (group,): (String,)| {
            Ok(caller.join(&group).await?)
        })
        .method("Leave", async |_, caller: Caller, (group,): (String,)| {
            caller.leave(&group).await;
            Ok(())
        })
        .method("Others", async |_, caller: Caller, (): ()| {
            Ok(caller.others().send("Hit", ()).await?)
        })
        .method(
            "OthersInGroup",
            async |_, caller: Caller, (group,): (String,)| {
                Ok(caller.others_in_group(&group).send("Hit", ()).await?)
            },
        )
        .method("Itself", async |_, caller: Caller, (): ()| {
            Ok(caller.itself().send("Hit", ()).await?)
        })
}

/// Four connections: two of ann, one of bob, one of nobody. Ann's first and bob are in group g,
/// ann's second in group h.
struct Crowd {
    rig: Rig,
    clients: [Client; 4],
    ids: Vec<String>,
}

impl Crowd {
    async fn new() -> Self {
        let rig = Rig::new(hub()).await;
        let mut clients = [
            Client::connect_with(rig.address, "user=ann", "").await,
            Client::connect_with(rig.address, "user=ann", "").await,
            Client::connect_with(rig.address, "user=bob", "").await,
            Client::connect(rig.address).await,
        ];
        let mut ids = Vec::new();
        for client in &mut clients {
            let answer = client.invoke("id", "Id", "[]").await;
            ids.push(answer["result"].as_str().unwrap().to_owned());
        }
        for (at, group) in [(0, r#"["g"]"#), (2, r#"["g"]"#), (1, r#"["h"]"#)] {
            clients[at].invoke("join", "Join", group).await;
        }
        Self { rig, clients, ids }
    }

    /// How often each was hit, since it was last asked.
    async fn hits(&mut self) -> [usize; 4] {
        self.rig.clients.all().send("Mark", ()).await.unwrap();
        let mut hits = [0; 4];
        for (client, hits) in self.clients.iter_mut().zip(&mut hits) {
            loop {
                match client.json().await["target"].as_str().unwrap() {
                    "Hit" => *hits += 1,
                    target => break assert_eq!(target, "Mark"),
                }
            }
        }
        hits
    }
}

#[tokio::test]
async fn every_target_reaches_its_connections_and_no_others() {
    let mut crowd = Crowd::new().await;
    let ids = crowd.ids.clone();
    let [first, second, third, ..] = [&*ids[0], &*ids[1], &*ids[2]];
    let clients: Clients = crowd.rig.clients.clone();
    let (some, unknown) = ([first, third, "nobody"], ["nobody"]);
    let targets = [
        (clients.all(), [1, 1, 1, 1]),
        (clients.all_except(&some), [0, 1, 0, 1]),
        (clients.all_except(&unknown), [1, 1, 1, 1]),
        (clients.connections(&some), [1, 0, 1, 0]),
        (clients.group("g"), [1, 0, 1, 0]),
        (clients.group("G"), [0, 0, 0, 0]),
        (clients.group(""), [0, 0, 0, 0]),
        (clients.groups(&["g", "h", "i"]), [1, 1, 1, 0]),
        (clients.groups(&["g", "g"]), [2, 0, 2, 0]),
        (clients.group_except("g", &some[..1]), [0, 0, 1, 0]),
        (clients.user("ann"), [1, 1, 0, 0]),
        (clients.user("Ann"), [0, 0, 0, 0]),
        (clients.users(&["ann", "bob", "eve"]), [1, 1, 1, 0]),
    ];
    for (target, expected) in targets {
        target.send("Hit", ()).await.unwrap();
        assert_eq!(crowd.hits().await, expected, "{target:?}");
        assert_eq!(target.count(), expected.iter().sum::<usize>(), "{target:?}");
        assert_eq!(target.is_empty(), expected == [0; 4], "{target:?}");
    }
    clients.connection(second).send("Hit", ()).await.unwrap();
    assert_eq!(crowd.hits().await, [0, 1, 0, 0]);
    assert!(clients.connection(second).is_connected());
    assert!(!clients.connection("nobody").is_connected());
}

#[tokio::test]
async fn targets_of_the_caller_know_who_that_is() {
    let mut crowd = Crowd::new().await;
    for (target, arguments, expected) in [
        ("Others", "[]", [0, 1, 1, 1]),
        ("OthersInGroup", r#"["g"]"#, [0, 0, 1, 0]),
        ("OthersInGroup", r#"["h"]"#, [0, 1, 0, 0]),
    ] {
        crowd.clients[0].invoke("1", target, arguments).await;
        assert_eq!(crowd.hits().await, expected, "{target}");
    }
    crowd.clients[3].call("1", "Itself", "[]").await;
    assert_eq!(
        crowd.clients[3].record().await,
        r#"{"type":1,"target":"Hit","arguments":[]}"#
    );
}

#[tokio::test]
async fn who_is_where_can_be_listed() {
    let mut crowd = Crowd::new().await;
    let clients = crowd.rig.clients.clone();
    let sorted = |mut names: Vec<std::sync::Arc<str>>| {
        names.sort();
        names.join(" ")
    };
    let mut members = [crowd.ids[0].clone(), crowd.ids[2].clone()];
    members.sort();
    assert_eq!(sorted(clients.group("g").ids()), members.join(" "));
    assert_eq!(sorted(clients.group_names()), "g h");
    assert_eq!(clients.count(), 4);
    assert_eq!(clients.user("ann").count(), 2);

    crowd.clients[1].invoke("1", "Leave", r#"["h"]"#).await;
    assert_eq!(sorted(clients.group_names()), "g");
}

#[tokio::test]
async fn a_connection_and_all_of_a_user_can_be_disconnected_from_outside() {
    let mut crowd = Crowd::new().await;
    let clients = crowd.rig.clients.clone();
    assert!(clients.connection(&crowd.ids[3]).disconnect().await);
    assert!(!clients.connection("nobody").disconnect().await);
    assert_eq!(crowd.clients[3].record().await, r#"{"type":7}"#);
    crowd.clients[3].ends().await;

    assert_eq!(clients.user("ann").disconnect().await, 2);
    for client in &mut crowd.clients[..2] {
        assert_eq!(client.record().await, r#"{"type":7}"#);
        client.ends().await;
    }
    let answer = crowd.clients[2].invoke("1", "Id", "[]").await;
    assert_eq!(answer["result"], *crowd.ids[2]);
}
