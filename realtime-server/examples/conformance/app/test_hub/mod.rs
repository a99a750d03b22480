//! The hub that the tests of SignalR clients call.

mod calls;
mod connection;
mod items;
mod sends;

use std::{error::Error, fmt};

use realtime_server::{config::HubConfig, hub::Hub};

/// A failure with the name that ASP.NET Core would give it: an unexpected error is told by the name
/// of its type.
#[derive(Debug)]
pub(crate) struct InvalidOperationException(pub(crate) String);

impl fmt::Display for InvalidOperationException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidOperationException {}

pub(super) fn hub(config: &HubConfig) -> Hub<()> {
    Hub::new(())
        .config(*config)
        .method("Echo", calls::echo)
        .method("Add", calls::add)
        .method("Nothing", calls::nothing)
        .method("ThrowException", calls::throw_exception)
        .method("ThrowHubException", calls::throw_hub_exception)
        .method("Slow", calls::slow)
        .method("SlowCancellable", calls::slow_cancellable)
        .method("EchoComplexObject", calls::echo_complex_object)
        .method("SendComplexObject", calls::send_complex_object)
        .method("GetCallerConnectionId", connection::id)
        .method("GetNumRedirects", connection::num_redirects)
        .method("GetActiveTransportName", connection::transport)
        .method("GetContentTypeHeader", connection::content_type)
        .method("GetHeader", connection::header)
        .method("GetCookie", connection::cookie)
        .method("AbortMe", connection::abort)
        .method("DropMe", connection::drop_socket)
        .method("InvokeWithString", sends::invoke_with_string)
        .method("SendCustomObject", sends::send_custom_object)
        .method("Broadcast", sends::broadcast)
        .method("SendToOthers", sends::send_to_others)
        .method("SendToConnection", sends::send_to_connection)
        .method("SendToUser", sends::send_to_user)
        .method("JoinGroup", sends::join_group)
        .method("LeaveGroup", sends::leave_group)
        .method("SendToGroup", sends::send_to_group)
        .method("SendToOthersInGroup", sends::send_to_others_in_group)
        .method("AskClient", sends::ask_client)
        .method("StreamingConcat", items::streaming_concat)
        .method("UploadSum", items::upload_sum)
        .stream("UploadEcho", items::upload_echo)
        .stream("Stream", items::stream)
        .stream("EmptyStream", items::empty_stream)
        .stream("InfiniteStream", items::infinite_stream)
        .stream("StreamThrowException", items::stream_throw_exception)
        .stream("Counter", items::counter)
        .stream("CounterThenThrow", items::counter_then_throw)
}
