use bytes::BytesMut;
use signalr_protocol::{
    Accepted, AvailableTransport, NegotiateRequest, NegotiateResponse, Transport, VersionError,
};
use tracing::debug;

use super::is_offered;
use crate::{
    config::HubConfig,
    http::{HeaderValue, Problem, Request, Response, Status},
    hub::Principal,
    signalr::table::{Table, TooManyPending},
    throttle::Place,
};

/// Answers a POST to `{path}/negotiate`; `seat` is the place of the connection among those of its
/// user.
pub(super) fn negotiate(
    config: &HubConfig,
    table: &Table,
    request: &Request,
    seat: Option<Place>,
) -> Response {
    let answer = match accept(config, table, request, seat) {
        Ok(Ok(accepted)) => NegotiateResponse::Accepted(accepted),
        Ok(Err(version)) => version.response(),
        Err(TooManyPending) => {
            debug!(peer = %request.head.peer, "negotiation refused: too many are waiting");
            return Response::from(
                Problem::new(Status::SERVICE_UNAVAILABLE)
                    .with_detail("too many connections are being negotiated"),
            )
            .header("retry-after", const { HeaderValue::from_static("1") });
        }
    };
    let mut body = BytesMut::with_capacity(answer.encoded_len());
    answer.encode(&mut body);
    Response::bytes(Status::OK, "application/json", body.freeze()).header(
        "cache-control",
        const { HeaderValue::from_static("no-store") },
    )
}

fn accept(
    config: &HubConfig,
    table: &Table,
    request: &Request,
    seat: Option<Place>,
) -> Result<Result<Accepted<'static>, VersionError>, TooManyPending> {
    let pairs: Vec<_> = request.head.target.pairs().collect();
    let asked = NegotiateRequest::from_query(pairs.iter().map(|(name, value)| (&**name, &**value)));
    let asked =
        asked.and_then(|asked| Ok((asked.version_from(config.min_negotiate_version)?, asked)));
    let (version, asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return Ok(Err(error)),
    };
    let stateful = asked.use_stateful_reconnect && config.allow_stateful_reconnect;
    let principal = Principal::new(request.head.identity.clone());
    let line = table.issue(version, stateful, principal, seat)?;
    let offered = Transport::ALL
        .into_iter()
        .filter(|transport| is_offered(config, *transport));
    Ok(Ok(Accepted {
        use_stateful_reconnect: stateful,
        version,
        connection_id: line.id.to_string().into(),
        connection_token: (version > 0).then(|| line.token.to_string().into()),
        available_transports: offered.map(AvailableTransport::from).collect(),
    }))
}
