use bytes::Bytes;
use sse_codec::EventRef;

use super::{event_id::MOST_BYTES, history::Gap};
use crate::http::Request;

/// The id of the last event that whoever sends `request` has seen; none if there was none.
///
/// A browser sets the header by itself when it comes back, but a script cannot set it for the first
/// connection: that is what the query is for, which then stays in the URL and gets old.
//= https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
//# The Last-Event-ID HTTP request header reports an EventSource object's last event ID string to
//# the server when the user agent is to reestablish the connection.
pub(super) fn last_event_id(request: &Request) -> Option<LastEventId> {
    let header = request.head.headers.first("last-event-id");
    // Bytes, not text: the standard has browsers send UTF-8, other clients may send anything.
    let header = header.filter(|id| !id.is_empty()).map(LastEventId::new);
    header.or_else(|| {
        let query = request.query("lastEventId").filter(|id| !id.is_empty())?;
        Some(LastEventId::new(query.as_bytes()))
    })
}

/// An id as it came, of which nothing is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LastEventId(Box<[u8]>);

impl LastEventId {
    /// Of an id longer than any of ours, nothing is kept: it is unknown in any case.
    fn new(id: &[u8]) -> Self {
        Self(if id.len() > MOST_BYTES {
            Box::default()
        } else {
            id.into()
        })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Gap {
    /// The event that says so. Its `id`, where there is one, is the place after which events
    /// follow, so that the gap is told once.
    pub(super) fn event(self, id: Option<&str>) -> Bytes {
        let data = match self {
            Self::Unknown => r#"{"reason":"unknown"}"#.to_owned(),
            Self::Expired { missed } => format!(r#"{{"reason":"expired","missed":{missed}}}"#),
        };
        let event = EventRef::new(&data).with_event("gap");
        let event = match id {
            Some(id) => event.with_id(id),
            None => event,
        };
        event.to_bytes().expect("name and id are visible ASCII")
    }
}
