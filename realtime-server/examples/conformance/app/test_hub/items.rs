use std::{sync::Arc, time::Duration};

use realtime_server::hub::{Any, Caller, HubError, Items, Upload};
use tokio::time::sleep;

use super::InvalidOperationException;

type State = Arc<()>;

pub(super) async fn streaming_concat(
    _: State,
    _: Caller,
    (mut parts,): (Upload<String>,),
) -> Result<String, HubError> {
    let mut whole = String::new();
    while let Some(part) = parts.next().await {
        whole.push_str(&part?);
    }
    Ok(whole)
}

pub(super) async fn upload_sum(
    _: State,
    _: Caller,
    (mut numbers,): (Upload<i32>,),
) -> Result<i64, HubError> {
    let mut sum = 0;
    while let Some(number) = numbers.next().await {
        sum += i64::from(number?);
    }
    Ok(sum)
}

pub(super) async fn upload_echo(
    _: State,
    _: Caller,
    (mut values,): (Upload<Any>,),
    items: Items<Any>,
) -> Result<(), HubError> {
    items.begin();
    while let Some(value) = values.next().await {
        items.send(value?).await?;
    }
    Ok(())
}

pub(super) async fn stream(
    _: State,
    _: Caller,
    (): (),
    items: Items<&'static str>,
) -> Result<(), HubError> {
    for item in ["a", "b", "c"] {
        items.send(item).await?;
    }
    Ok(())
}

pub(super) async fn empty_stream(
    _: State,
    _: Caller,
    (): (),
    _: Items<i32>,
) -> Result<(), HubError> {
    Ok(())
}

pub(super) async fn infinite_stream(
    _: State,
    caller: Caller,
    (): (),
    items: Items<i32>,
) -> Result<(), HubError> {
    items.cancelled().await;
    Ok(caller.itself().send("StreamCanceled", ()).await?)
}

pub(super) async fn stream_throw_exception(
    _: State,
    _: Caller,
    (message,): (String,),
    _: Items<i32>,
) -> Result<(), HubError> {
    Err(InvalidOperationException(message).into())
}

pub(super) async fn counter(
    _: State,
    _: Caller,
    (count, millis): (i32, u64),
    items: Items<i32>,
) -> Result<(), HubError> {
    for number in 0..count {
        sleep(Duration::from_millis(millis)).await;
        items.send(number).await?;
    }
    Ok(())
}

pub(super) async fn counter_then_throw(
    _: State,
    _: Caller,
    (count,): (i32,),
    items: Items<i32>,
) -> Result<(), HubError> {
    items.begin();
    for number in 0..count {
        items.send(number).await?;
    }
    Err(HubError::new("stream broke"))
}
