//! The body of a request.

use bytes::{Bytes, BytesMut};
use h2::RecvStream;
use std::future::poll_fn;
use tokio::time::{Instant, timeout_at};

use super::Traffic;
use super::exchange::Stop;
use crate::http::body_room::BodyPlace;
use crate::http::framing::Framing;
use crate::http::refusal::Refusal;
use crate::http::serving::Serving;

/// The whole body, which may have `limit` bytes and needs a place.
pub(super) async fn read(
    body: &mut RecvStream,
    framing: Framing,
    limit: usize,
    serving: &Serving,
    traffic: &Traffic,
    place: &mut BodyPlace,
) -> Result<Bytes, Stop> {
    let limit = limit.min(serving.config.max_body_ceiling);
    if let Framing::Length(length) = framing
        && usize::try_from(length).is_ok_and(|length| length > limit)
    {
        return Err(Refusal::BodyTooLarge.into());
    }
    let started = Instant::now();
    let mut received = 0;
    let mut whole = Bytes::new();
    let mut joined = BytesMut::new();
    loop {
        let until = serving.body_deadline(started, received);
        let data = match timeout_at(until, poll_fn(|cx| body.poll_data(cx))).await {
            Ok(Some(Ok(data))) => data,
            Ok(Some(Err(_gone))) => return Err(Stop::Left),
            Ok(None) => break,
            Err(_elapsed) => return Err(Refusal::Timeout.into()),
        };
        received += data.len();
        if received > limit {
            return Err(Refusal::BodyTooLarge.into());
        }
        place.hold(received)?;
        traffic.useful(data.len());
        // It fails where the stream is gone, and the next look at it says so.
        let _ = body.flow_control().release_capacity(data.len());
        if whole.is_empty() && joined.is_empty() {
            whole = data;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut whole));
            joined.extend_from_slice(&data);
        }
    }
    Ok(if joined.is_empty() {
        whole
    } else {
        joined.freeze()
    })
}
