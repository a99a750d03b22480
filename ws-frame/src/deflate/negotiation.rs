//! The parameters of permessage-deflate in `Sec-WebSocket-Extensions` (RFC 7692 section 7.1).

use alloc::string::String;
use core::fmt::Write as _;

use super::{Params, WindowBits};
use crate::handshake::{Extension, PERMESSAGE_DEFLATE as NAME, Param, ResponseError};

const SERVER_NO_CONTEXT_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS: &str = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS: &str = "client_max_window_bits";

/// The parameters of one offer or answer.
#[derive(Clone, Copy, Default)]
struct Named {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<Hint>,
}

/// The value of `client_max_window_bits`, which an offer may leave out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    Any,
    AtMost(u8),
}

impl Named {
    /// `None` if they are not what section 7.1 defines.
    //= https://www.rfc-editor.org/rfc/rfc7692#section-7.1
    //# A server MUST decline an extension negotiation offer for this extension
    //# if any of the following conditions are met:
    //#
    //# o  The negotiation offer contains an extension parameter not defined
    //#    for use in an offer.
    //#
    //# o  The negotiation offer contains an extension parameter with an
    //#    invalid value.
    //#
    //# o  The negotiation offer contains multiple extension parameters with
    //#    the same name.
    fn parse(params: &[Param<'_>]) -> Option<Self> {
        let mut named = Self::default();
        for (index, Param { name, value }) in params.iter().enumerate() {
            if params.iter().take(index).any(|before| before.name == *name) {
                return None;
            }
            match (*name, value.as_deref()) {
                (SERVER_NO_CONTEXT_TAKEOVER, None) => named.server_no_context_takeover = true,
                (CLIENT_NO_CONTEXT_TAKEOVER, None) => named.client_no_context_takeover = true,
                (SERVER_MAX_WINDOW_BITS, Some(value)) => {
                    named.server_max_window_bits = Some(window_bits(value)?);
                }
                (CLIENT_MAX_WINDOW_BITS, None) => named.client_max_window_bits = Some(Hint::Any),
                (CLIENT_MAX_WINDOW_BITS, Some(value)) => {
                    named.client_max_window_bits = Some(Hint::AtMost(window_bits(value)?));
                }
                _ => return None,
            }
        }
        Some(named)
    }

    fn write(self) -> String {
        let mut value = String::from(NAME);
        if self.server_no_context_takeover {
            value.extend(["; ", SERVER_NO_CONTEXT_TAKEOVER]);
        }
        if self.client_no_context_takeover {
            value.extend(["; ", CLIENT_NO_CONTEXT_TAKEOVER]);
        }
        // Writing to a string cannot fail.
        if let Some(bits) = self.server_max_window_bits {
            let _ = write!(value, "; {SERVER_MAX_WINDOW_BITS}={bits}");
        }
        match self.client_max_window_bits {
            Some(Hint::AtMost(bits)) => {
                let _ = write!(value, "; {CLIENT_MAX_WINDOW_BITS}={bits}");
            }
            Some(Hint::Any) => value.extend(["; ", CLIENT_MAX_WINDOW_BITS]),
            None => {}
        }
        value
    }
}

//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.1
//# A client MAY include the "server_max_window_bits" extension parameter
//# in an extension negotiation offer.  This parameter has a decimal
//# integer value without leading zeroes between 8 to 15, inclusive,
fn window_bits(value: &str) -> Option<u8> {
    match *value.as_bytes() {
        [digit @ (b'8' | b'9')] => Some(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Some(10 + (digit - b'0')),
        _ => None,
    }
}

/// The window of what can be inflated; 9 bits stand for 8, which are fewer.
fn inflated(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap_or(WindowBits::MIN)
}

/// `bits`, unless they are the default and need not be told.
fn told(bits: WindowBits) -> Option<u8> {
    (bits < WindowBits::MAX).then_some(bits.as_u8())
}

/// What a server that would like to have `wanted` agrees to, and the field's value that says so;
/// `None` if there is no offer it can take: the connection then goes on without compression.
pub(crate) fn accept(extensions: &[Extension<'_>], wanted: Params) -> Option<(Params, String)> {
    extensions
        .iter()
        .filter(|extension| extension.name == NAME)
        .find_map(|extension| grant(Named::parse(&extension.params)?, wanted))
}

/// `None` if an offer wants of us what we cannot do: a window of 8 bits.
fn grant(named: Named, wanted: Params) -> Option<(Params, String)> {
    let mut agreed = wanted;
    agreed.server.context_takeover &= !named.server_no_context_takeover;
    agreed.client.context_takeover &= !named.client_no_context_takeover;
    if let Some(bits) = named.server_max_window_bits {
        agreed.server.window_bits = WindowBits::new(bits)?.min(wanted.server.window_bits);
    }
    //= https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.2
    //# If a received extension negotiation offer doesn't have the
    //# "client_max_window_bits" extension parameter, the corresponding
    //# extension negotiation response to the offer MUST NOT include the
    //# "client_max_window_bits" extension parameter.
    let (most, may_tell) = match named.client_max_window_bits {
        None => (None, false),
        Some(Hint::Any) => (Some(WindowBits::MAX), true),
        // The answer could not be smaller, and what such a client sends is inflated all the same.
        Some(Hint::AtMost(8)) => (Some(WindowBits::MAX), false),
        Some(Hint::AtMost(bits)) => (WindowBits::new(bits), true),
    };
    agreed.client.window_bits =
        most.map_or(WindowBits::MAX, |most| most.min(wanted.client.window_bits));
    let answer = Named {
        server_no_context_takeover: !agreed.server.context_takeover,
        client_no_context_takeover: !agreed.client.context_takeover,
        //= https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.1
        //# A server accepts an extension negotiation offer with this parameter
        //# by including the "server_max_window_bits" extension parameter in the
        //# extension negotiation response to send back to the client with the
        //# same or smaller value as the offer.
        server_max_window_bits: named
            .server_max_window_bits
            .map(|_| agreed.server.window_bits.as_u8())
            .or(told(agreed.server.window_bits)),
        client_max_window_bits: told(agreed.client.window_bits)
            .filter(|_| may_tell)
            .map(Hint::AtMost),
    };
    Some((agreed, answer.write()))
}

/// The field's value by which a client asks for `wanted`.
pub(crate) fn offer(wanted: Params) -> String {
    Named {
        server_no_context_takeover: !wanted.server.context_takeover,
        client_no_context_takeover: !wanted.client.context_takeover,
        server_max_window_bits: told(wanted.server.window_bits),
        client_max_window_bits: Some(
            told(wanted.client.window_bits).map_or(Hint::Any, Hint::AtMost),
        ),
    }
    .write()
}

/// What a client that asked for `wanted` gets by an answer that has extensions.
//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1
//# A client MUST _Fail the WebSocket Connection_ if the peer server
//# accepted an extension negotiation offer for this extension with an
//# extension negotiation response meeting any of the following
//# conditions:
pub(crate) fn verify(
    extensions: &[Extension<'_>],
    wanted: Params,
) -> Result<Params, ResponseError> {
    if extensions.iter().any(|extension| extension.name != NAME) {
        return Err(ResponseError::UnofferedExtension);
    }
    match extensions {
        [extension] => Named::parse(&extension.params)
            .and_then(|named| granted(named, wanted))
            .ok_or(ResponseError::InvalidExtensions),
        _ => Err(ResponseError::InvalidExtensions),
    }
}

/// `None` if an answer does not fit what was asked for.
fn granted(named: Named, wanted: Params) -> Option<Params> {
    let mut agreed = wanted;
    if !wanted.server.context_takeover && !named.server_no_context_takeover {
        return None;
    }
    agreed.server.context_takeover = !named.server_no_context_takeover;
    agreed.client.context_takeover &= !named.client_no_context_takeover;
    let asked = wanted.server.window_bits;
    match named.server_max_window_bits {
        Some(bits) if bits <= asked.as_u8() => agreed.server.window_bits = inflated(bits),
        None if asked == WindowBits::MAX => {}
        _ => return None,
    }
    match named.client_max_window_bits {
        Some(Hint::AtMost(bits)) if bits <= wanted.client.window_bits.as_u8() => {
            agreed.client.window_bits = WindowBits::new(bits)?;
        }
        None => {}
        _ => return None,
    }
    Some(agreed)
}
