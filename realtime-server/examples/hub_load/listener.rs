use std::time::{Duration, Instant};

use bytes::BytesMut;
use signalr_protocol::{Decoder, Limits, Message};

use super::{Failure, transport::Transport};

/// The method that broadcasts call. Others are the demo's own.
pub(crate) const TARGET: &str = "Measure";

/// Takes every broadcast, in order, and says how old each was; gives the transport back so that the
/// connection lives on.
pub(crate) async fn listen(
    mut transport: Transport,
    broadcasts: usize,
    epoch: Instant,
) -> Result<(Transport, Vec<Duration>), Failure> {
    let mut decoder = Decoder::new(Limits::default());
    let mut records = BytesMut::new();
    let mut latencies = Vec::with_capacity(broadcasts);
    let mut shaken = false;
    while latencies.len() < broadcasts {
        transport.receive(&mut records).await?;
        while let Some(record) = decoder.decode(&mut records)? {
            if !shaken {
                shaken = true;
                if record.as_bytes() != b"{}" {
                    return Err(format!("the handshake was refused: {record:?}").into());
                }
                continue;
            }
            match Message::parse(&record)? {
                Some(Message::Invocation(call)) if call.target == TARGET => {
                    let mut arguments = call.arguments.bind(3)?;
                    let (number, sent) = (arguments.take::<usize>()?, arguments.take::<u64>()?);
                    if number != latencies.len() {
                        return Err(format!("not broadcast {}: {number}", latencies.len()).into());
                    }
                    let sent = Duration::from_nanos(sent);
                    latencies.push(epoch.elapsed().saturating_sub(sent));
                }
                Some(Message::Close(close)) => return Err(format!("{close:?}").into()),
                _ => {}
            }
        }
    }
    Ok((transport, latencies))
}
