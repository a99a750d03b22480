use std::{sync::Arc, time::Duration};

use realtime_server::hub::{Any, Binary, Caller, HubError, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::InvalidOperationException;

type State = Arc<()>;

pub(super) async fn echo(_: State, _: Caller, (value,): (Any,)) -> Result<Any, HubError> {
    Ok(value)
}

pub(super) async fn add(_: State, _: Caller, (a, b): (i32, i32)) -> Result<i64, HubError> {
    Ok(i64::from(a) + i64::from(b))
}

pub(super) async fn nothing(_: State, _: Caller, (): ()) -> Result<(), HubError> {
    Ok(())
}

pub(super) async fn throw_exception(
    _: State,
    _: Caller,
    (message,): (String,),
) -> Result<(), HubError> {
    Err(InvalidOperationException(message).into())
}

pub(super) async fn throw_hub_exception(
    _: State,
    _: Caller,
    (message,): (String,),
) -> Result<(), HubError> {
    Err(HubError::new(message))
}

pub(super) async fn slow(_: State, _: Caller, (millis,): (u64,)) -> Result<u64, HubError> {
    sleep(Duration::from_millis(millis)).await;
    Ok(millis)
}

pub(super) async fn slow_cancellable(
    _: State,
    caller: Caller,
    (millis,): (u64,),
) -> Result<&'static str, HubError> {
    tokio::select! {
        () = sleep(Duration::from_millis(millis)) => Ok("finished"),
        () = caller.cancelled() => Ok("cancelled"),
    }
}

/// What has another form in each protocol. Members are read whatever the case of their first letter,
/// and may be missing, as in .NET.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ComplexObject {
    #[serde(alias = "string")]
    string: Option<String>,
    #[serde(alias = "intArray")]
    int_array: Option<Vec<i32>>,
    #[serde(alias = "byteArray")]
    byte_array: Option<Binary>,
    #[serde(alias = "guid", default = "no_guid")]
    guid: String,
    #[serde(alias = "dateTime", default = "no_moment")]
    date_time: Timestamp,
}

fn no_guid() -> String {
    "00000000-0000-0000-0000-000000000000".into()
}

fn no_moment() -> Timestamp {
    let parsed = "0001-01-01T00:00:00Z".parse();
    parsed.expect("a moment that a time stamp can tell")
}

pub(super) async fn echo_complex_object(
    _: State,
    _: Caller,
    (object,): (ComplexObject,),
) -> Result<ComplexObject, HubError> {
    Ok(object)
}

pub(super) async fn send_complex_object(
    _: State,
    _: Caller,
    (): (),
) -> Result<ComplexObject, HubError> {
    Ok(ComplexObject {
        string: Some("hello world".into()),
        int_array: Some(vec![1, 2, 3]),
        byte_array: Some(Binary(vec![1, 2, 3])),
        guid: "00010203-0405-0607-0706-050403020100".into(),
        date_time: "2000-01-01T00:00:00Z".parse()?,
    })
}
