use std::time::Duration;

use realtime_server::{
    config::HubConfig,
    hub::{Caller, GroupError, Hub},
};

use crate::{
    client::Client,
    rig::{Rig, config},
};

const LONG: Duration = Duration::from_secs(600);

async fn rig(change: impl FnOnce(&mut HubConfig)) -> Rig {
    let hub = Hub::new(())
        .config(config(change))
        .user_id(|head| head.target.value("user").map(std::borrow::Cow::into_owned))
        .method("Join", async |_, caller: Caller, (group,): (String,)| {
            Ok(caller.join(&group).await?)
        });
    Rig::new(hub).await
}

impl Rig {
    /// A connection of `user` that the hub knows.
    async fn connection_of(&self, user: &str) -> Client {
        let mut client = Client::connect_with(self.address, &format!("user={user}"), "").await;
        client.invoke("0", "Join", r#"["everybody"]"#).await;
        client
    }

    /// Ends `client` and waits until the hub has forgotten it.
    async fn see_off(&self, mut client: Client) {
        let before = self.clients.count();
        client.send(r#"{"type":7}"#).await;
        assert_eq!(client.record().await, r#"{"type":7}"#);
        client.ends().await;
        while self.clients.count() == before {
            tokio::task::yield_now().await;
        }
    }

    fn members(&self, group: &str) -> usize {
        self.clients.group(group).count()
    }
}

#[tokio::test]
async fn a_user_in_a_group_brings_all_connections_of_now_and_later() {
    let rig = rig(|_| {}).await;
    let first = rig.connection_of("ann").await;
    let _bob = rig.connection_of("bob").await;
    rig.clients.add_user_to_group("ann", "g").await.unwrap();
    rig.clients.add_user_to_group("ann", "g").await.unwrap();
    assert_eq!(rig.members("g"), 1);
    let _second = rig.connection_of("ann").await;
    assert_eq!(rig.members("g"), 2);
    rig.see_off(first).await;
    assert_eq!(rig.members("g"), 1);

    rig.clients.remove_user_from_group("ann", "g").await;
    assert_eq!(rig.members("g"), 0);
    let _third = rig.connection_of("ann").await;
    assert_eq!(rig.members("g"), 0);
}

#[tokio::test]
async fn a_user_can_be_put_into_a_group_before_its_first_connection() {
    let rig = rig(|_| {}).await;
    rig.clients.add_user_to_group("ann", "g").await.unwrap();
    assert_eq!(rig.members("g"), 0);
    let _ann = rig.connection_of("ann").await;
    assert_eq!(rig.members("g"), 1);
}

#[tokio::test]
async fn groups_end_with_their_connection_unless_they_are_kept() {
    for (kept, members) in [(Duration::ZERO, 0), (LONG, 1)] {
        let rig = rig(|config| config.groups_kept = kept).await;
        let mut client = rig.connection_of("ann").await;
        client.invoke("1", "Join", r#"["g"]"#).await;
        rig.see_off(client).await;
        let _bob = rig.connection_of("bob").await;
        assert_eq!(rig.members("g"), 0, "{kept:?}");
        let _ann = rig.connection_of("ann").await;
        assert_eq!(rig.members("g"), members, "{kept:?}");
    }
}

#[tokio::test]
async fn kept_groups_go_to_one_connection_and_for_a_time() {
    let rig = rig(|config| config.groups_kept = LONG).await;
    let mut client = rig.connection_of("ann").await;
    client.invoke("1", "Join", r#"["g"]"#).await;
    rig.see_off(client).await;
    let _first = rig.connection_of("ann").await;
    let _second = rig.connection_of("ann").await;
    assert_eq!(rig.members("g"), 1);

    let rig = self::rig(|config| config.groups_kept = Duration::from_nanos(1)).await;
    let mut client = rig.connection_of("ann").await;
    client.invoke("1", "Join", r#"["g"]"#).await;
    rig.see_off(client).await;
    let _late = rig.connection_of("ann").await;
    assert_eq!(rig.members("g"), 0);
}

#[tokio::test]
async fn no_more_is_remembered_than_may_be() {
    let rig = rig(|config| {
        config.max_remembered_groups = 2;
        config.groups_kept = LONG;
    })
    .await;
    rig.clients.add_user_to_group("ann", "a").await.unwrap();
    rig.clients.add_user_to_group("ann", "b").await.unwrap();
    assert_eq!(
        rig.clients.add_user_to_group("bob", "a").await,
        Err(GroupError::TooManyRemembered)
    );
    let mut bob = rig.connection_of("bob").await;
    bob.invoke("1", "Join", r#"["g"]"#).await;
    rig.see_off(bob).await;
    let _bob = rig.connection_of("bob").await;
    assert_eq!(rig.members("g"), 0);

    rig.clients.remove_user_from_group("ann", "a").await;
    rig.clients.add_user_to_group("bob", "a").await.unwrap();
    assert_eq!(rig.members("a"), 1);
}

#[tokio::test]
async fn names_of_groups_have_the_same_limits_for_users() {
    let rig = rig(|config| {
        config.max_group_name = 3;
        config.max_groups = 2;
    })
    .await;
    let clients = &rig.clients;
    assert_eq!(
        clients.add_user_to_group("ann", "").await,
        Err(GroupError::EmptyName)
    );
    assert_eq!(
        clients.add_user_to_group("ann", "four").await,
        Err(GroupError::NameTooLong { limit: 3 })
    );
    let _ann = Client::connect_with(rig.address, "user=ann", "").await;
    for group in ["a", "b"] {
        clients.add_user_to_group("ann", group).await.unwrap();
    }
    while rig.clients.count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        clients.add_user_to_group("ann", "c").await,
        Err(GroupError::TooManyGroups { limit: 2 })
    );
}
