//! The fields of an answer.

use http::header::{CONTENT_LENGTH, DATE, HeaderName, HeaderValue};

use crate::http::encode::Delimiter;
use crate::http::{Response, date};

/// Fields that belong to a connection of HTTP/1.1.
//= https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2
//# An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields.
const OF_HTTP1: [&str; 1] = ["upgrade"];

/// The head of `response`.
pub(super) fn head(response: &Response, delimiter: Delimiter) -> http::Response<()> {
    let status = http::StatusCode::from_u16(response.status.code());
    let mut head = http::Response::new(());
    // All that a `Status` can be is one.
    *head.status_mut() = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let fields = head.headers_mut();
    if let Ok(date) = HeaderValue::from_bytes(&date::now()) {
        fields.insert(DATE, date);
    }
    for (name, value) in response.headers() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_str().as_bytes());
        // They are what these types check for.
        if let (Ok(name), Ok(value)) = (name, value)
            && !OF_HTTP1.contains(&name.as_str())
        {
            fields.append(name, value);
        }
    }
    if let Delimiter::Length(length) = delimiter {
        fields.insert(CONTENT_LENGTH, length.into());
    }
    head
}

/// The head that accepts a WebSocket: what `response` says to HTTP/1.1, in other words.
//= https://www.rfc-editor.org/rfc/rfc8441#section-5
//# Implementations using this extended CONNECT to bootstrap WebSockets do not do the processing of
//# the Sec-WebSocket-Key and Sec-WebSocket-Accept header fields of [RFC6455] as that functionality
//# has been superseded by the :protocol pseudo-header field.
pub(super) fn opening(response: &Response) -> http::Response<()> {
    let mut head = head(response, Delimiter::None);
    *head.status_mut() = http::StatusCode::OK;
    head.headers_mut().remove("sec-websocket-accept");
    head
}
