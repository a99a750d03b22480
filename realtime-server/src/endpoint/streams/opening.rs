use std::collections::VecDeque;

use bytes::Bytes;
use sse_codec::{Control, Event, EventRef};

use super::{
    farewell::retry,
    history::{History, Replay},
};
use crate::{clock, config::StreamConfig};

/// The first bytes of a stream that has no greeting.
const CONNECTED: Bytes = Bytes::from_static(b":connected\n\n");

/// What a subscriber gets before what is new: a sign that the stream is open, so that the browser's
/// `open` fires and proxies commit, how long to wait before coming back, and what it missed.
pub(super) fn opening(
    config: &StreamConfig,
    greeting: Option<Event>,
    history: &History,
    replay: Option<Replay>,
) -> VecDeque<Bytes> {
    let retry = retry(config, config.retry_jitter);
    // The place tells who is cut off before the first event where to go on. Who resumes has one,
    // and must keep it until the replay has brought it further.
    let place = match &replay {
        None => history.position(),
        Some(_) => None,
    };
    let mut ahead = VecDeque::with_capacity(2);
    if let Some(greeting) = greeting {
        let event = EventRef::from(&greeting).with_retry(retry);
        let event = match &place {
            Some(place) => event.with_id(place),
            None => event,
        };
        match event.to_bytes() {
            Ok(event) => ahead.push_back(event),
            Err(error) => tracing::error!(%error, "a greeting cannot be written"),
        }
    } else {
        let control = Control::new().with_retry(retry);
        let control = match &place {
            Some(place) => control.with_id(place),
            None => control,
        };
        ahead.extend([
            CONNECTED,
            control.to_bytes().expect("the id is visible ASCII"),
        ]);
    }
    if let Some(Replay { gap, events }) = replay {
        ahead.extend(gap.map(|gap| gap.event(history.start().as_deref())));
        ahead.extend(events);
    }
    ahead
}

/// The block that keeps a quiet stream alive. With a place in the stream, it brings those forward
/// who have seen nothing for a while because all events were for others.
pub(super) fn keep_alive(place: Option<&str>) -> Bytes {
    let comment = format!("keep-alive {}", clock::timestamp());
    let control = Control::new().with_comment(&comment);
    let control = match place {
        Some(place) => control.with_id(place),
        None => control,
    };
    control.to_bytes().expect("the id is visible ASCII")
}
