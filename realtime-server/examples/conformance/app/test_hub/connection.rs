use std::sync::Arc;

use realtime_server::hub::{Caller, HubError};

type State = Arc<()>;

pub(super) async fn id(_: State, caller: Caller, (): ()) -> Result<String, HubError> {
    Ok(caller.connection_id().to_owned())
}

pub(super) async fn num_redirects(_: State, caller: Caller, (): ()) -> Result<u64, HubError> {
    let count = caller.request().target.value("numRedirects");
    Ok(count.unwrap_or_default().parse()?)
}

pub(super) async fn transport(_: State, caller: Caller, (): ()) -> Result<&'static str, HubError> {
    Ok(caller.transport().name())
}

pub(super) async fn content_type(
    _: State,
    caller: Caller,
    (): (),
) -> Result<Option<String>, HubError> {
    Ok(caller
        .request()
        .headers
        .text("content-type")
        .map(Into::into))
}

pub(super) async fn header(
    _: State,
    caller: Caller,
    (name,): (String,),
) -> Result<Option<String>, HubError> {
    let name = name.to_ascii_lowercase();
    Ok(caller.request().headers.text(&name).map(Into::into))
}

pub(super) async fn cookie(
    _: State,
    caller: Caller,
    (name,): (String,),
) -> Result<Option<String>, HubError> {
    let lines = caller.request().headers.all("cookie");
    let text = lines.filter_map(|line| str::from_utf8(line).ok());
    let mut pairs = text
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='));
    Ok(pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.into()))
}

pub(super) async fn drop_socket(_: State, caller: Caller, (): ()) -> Result<(), HubError> {
    caller.cut();
    Ok(())
}

pub(super) async fn abort(_: State, caller: Caller, (): ()) -> Result<(), HubError> {
    caller.abort();
    Ok(())
}
