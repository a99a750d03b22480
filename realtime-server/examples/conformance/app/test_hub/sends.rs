use std::sync::Arc;

use realtime_server::hub::{Any, Caller, HubError};

type State = Arc<()>;

pub(super) async fn invoke_with_string(
    _: State,
    caller: Caller,
    (message,): (String,),
) -> Result<(), HubError> {
    Ok(caller.itself().send("Message", (message,)).await?)
}

pub(super) async fn send_custom_object(
    _: State,
    caller: Caller,
    (object,): (Any,),
) -> Result<(), HubError> {
    Ok(caller.itself().send("CustomObject", (object,)).await?)
}

pub(super) async fn broadcast(_: State, caller: Caller, (value,): (Any,)) -> Result<(), HubError> {
    let all = caller.clients().all();
    Ok(all.send("Broadcasted", (value,)).await?)
}

pub(super) async fn send_to_others(
    _: State,
    caller: Caller,
    (value,): (Any,),
) -> Result<(), HubError> {
    Ok(caller.others().send("Broadcasted", (value,)).await?)
}

pub(super) async fn send_to_connection(
    _: State,
    caller: Caller,
    (id, value): (String, Any),
) -> Result<(), HubError> {
    let connection = caller.clients().connection(&id);
    Ok(connection.send("Broadcasted", (value,)).await?)
}

pub(super) async fn send_to_user(
    _: State,
    caller: Caller,
    (user, value): (String, Any),
) -> Result<(), HubError> {
    let user = caller.clients().user(&user);
    Ok(user.send("UserMessage", (value,)).await?)
}

pub(super) async fn join_group(
    _: State,
    caller: Caller,
    (name,): (String,),
) -> Result<(), HubError> {
    Ok(caller.join(&name).await?)
}

pub(super) async fn leave_group(
    _: State,
    caller: Caller,
    (name,): (String,),
) -> Result<(), HubError> {
    caller.leave(&name).await;
    Ok(())
}

pub(super) async fn send_to_group(
    _: State,
    caller: Caller,
    (name, value): (String, Any),
) -> Result<(), HubError> {
    let group = caller.clients().group(&name);
    Ok(group.send("GroupMessage", (value,)).await?)
}

pub(super) async fn send_to_others_in_group(
    _: State,
    caller: Caller,
    (name, value): (String, Any),
) -> Result<(), HubError> {
    let others = caller.others_in_group(&name);
    Ok(others.send("GroupMessage", (value,)).await?)
}

/// Calls `method` on the caller with one argument, and gives back what it returns.
pub(super) async fn ask_client(
    _: State,
    caller: Caller,
    (method, value): (String, Any),
) -> Result<Any, HubError> {
    Ok(caller.itself().invoke(&method, (value,)).await?)
}
