//! Reading the answer to a negotiation.

use alloc::{borrow::Cow, vec::Vec};

use super::{Accepted, AvailableTransport, NegotiateResponse};
use crate::json::{JsonError, Scanner};

/// Reads a response out of a whole body.
pub(crate) fn parse_response(body: &[u8]) -> Result<NegotiateResponse<'_>, JsonError> {
    let mut scanner = Scanner::from_bytes(body);
    scanner.expect_object()?;
    let mut members = Members::default();
    scanner.object(|value, name| members.read(&name.unescape().unwrap_or_default(), value))?;
    members.into_response()
}

/// The properties of a response in the order in which they came, which is any.
#[derive(Default)]
struct Members<'a> {
    accepted: Accepted<'a>,
    connection_id: Option<Cow<'a, str>>,
    available_transports: Option<Vec<AvailableTransport<'a>>>,
    url: Option<Cow<'a, str>>,
    access_token: Option<Cow<'a, str>>,
    error: Option<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    fn read(&mut self, name: &str, value: &mut Scanner<'a>) -> Result<(), JsonError> {
        let accepted = &mut self.accepted;
        match name {
            "url" => self.url = Some(value.string_of("url")?),
            "accessToken" => self.access_token = Some(value.string_of("accessToken")?),
            "connectionId" => self.connection_id = Some(value.string_of("connectionId")?),
            "connectionToken" => {
                accepted.connection_token = Some(value.string_of("connectionToken")?);
            }
            "negotiateVersion" => accepted.version = value.i32_of("negotiateVersion")?,
            "useStatefulReconnect" => {
                accepted.use_stateful_reconnect = value.bool_of("useStatefulReconnect")?;
            }
            "availableTransports" => self.available_transports = Some(read_transports(value)?),
            "ProtocolVersion" => return Err(JsonError::OldServer),
            "error" => self.error = Some(value.string_of("error")?),
            _ => {
                value.value()?;
            }
        }
        Ok(())
    }

    fn into_response(self) -> Result<NegotiateResponse<'a>, JsonError> {
        if let Some(error) = self.error {
            return Ok(NegotiateResponse::Refused { error });
        }
        if let Some(url) = self.url {
            let access_token = self.access_token;
            return Ok(NegotiateResponse::Redirected { url, access_token });
        }
        let mut accepted = self.accepted;
        accepted.connection_id = self.connection_id.ok_or(missing("connectionId"))?;
        if accepted.version > 0 && accepted.connection_token.is_none() {
            return Err(missing("connectionToken"));
        }
        accepted.available_transports = self
            .available_transports
            .ok_or(missing("availableTransports"))?;
        Ok(NegotiateResponse::Accepted(accepted))
    }
}

const fn missing(property: &'static str) -> JsonError {
    JsonError::Missing { property }
}

fn read_transports<'a>(value: &mut Scanner<'a>) -> Result<Vec<AvailableTransport<'a>>, JsonError> {
    value.expect_array()?;
    let mut transports = Vec::new();
    value.array(|value| {
        value.expect_object()?;
        transports.push(read_transport(value)?);
        Ok::<_, JsonError>(())
    })?;
    Ok(transports)
}

fn read_transport<'a>(value: &mut Scanner<'a>) -> Result<AvailableTransport<'a>, JsonError> {
    let (mut transport, mut transfer_formats) = (None, None);
    value.object(|value, name| {
        match &*name.unescape().unwrap_or_default() {
            "transport" => transport = Some(value.string_of("transport")?),
            "transferFormats" => {
                value.expect_array()?;
                let mut formats = Vec::new();
                value.array(|value| {
                    formats.push(value.string_of("transferFormats")?);
                    Ok::<_, JsonError>(())
                })?;
                transfer_formats = Some(formats);
            }
            _ => {
                value.value()?;
            }
        }
        Ok::<_, JsonError>(())
    })?;
    Ok(AvailableTransport {
        transport: transport.ok_or(missing("transport"))?,
        transfer_formats: transfer_formats.ok_or(missing("transferFormats"))?,
    })
}
