//! The opening handshake.

use ws_frame::{
    deflate::{Direction, Params, WindowBits},
    handshake::{Extension, Offer, Request},
};

/// Lines of `name: value` as fields.
fn fields(data: &[u8]) -> Vec<(&[u8], &[u8])> {
    let lines = data.split(|&byte| byte == b'\n');
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let (name, value) = line.split_at(colon);
            Some((name, value.strip_prefix(b":")?))
        })
        .collect()
}

/// The values of a field, by its name in lower case.
fn values<'a>(fields: &[(&[u8], &'a [u8])], name: &str) -> Vec<&'a [u8]> {
    fields
        .iter()
        .filter(|field| field.0.to_ascii_lowercase() == name.as_bytes())
        .map(|field| field.1)
        .collect()
}

/// The elements of a list over all its lines.
fn elements<'a>(values: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let elements = values.iter().flat_map(|line| line.split(|&b| b == b','));
    let trimmed = elements.map(<[u8]>::trim_ascii);
    trimmed.filter(|element| !element.is_empty()).collect()
}

fn is_token(text: &[u8]) -> bool {
    let separators = b"\"(),/:;<=>?@[\\]{}";
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_graphic() && !separators.contains(byte))
}

/// The status that a request without extensions deserves.
fn status(fields: &[(&[u8], &[u8])]) -> u16 {
    let has = |name, token: &str| {
        elements(&values(fields, name))
            .iter()
            .any(|element| element.to_ascii_lowercase() == token.as_bytes())
    };
    let version = values(fields, "sec-websocket-version");
    let known = matches!(version[..], [version] if version.trim_ascii() == b"13");
    let key = match values(fields, "sec-websocket-key")[..] {
        [key] => key.trim_ascii(),
        _ => b"",
    };
    let is_key = key.len() == 24
        && key.strip_suffix(b"==").is_some_and(|digits| {
            let is_digit = |&b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
            digits.iter().all(is_digit)
        });
    let protocols = elements(&values(fields, "sec-websocket-protocol"));
    if !has("upgrade", "websocket") {
        426
    } else if !has("connection", "upgrade") {
        400
    } else if !known {
        426
    } else if values(fields, "host").len() != 1
        || !is_key
        || !protocols.iter().all(|name| is_token(name))
    {
        400
    } else {
        101
    }
}

/// What one side would like, out of a byte.
fn wish(byte: u8) -> Params {
    let direction = |byte: u8| Direction {
        context_takeover: byte & 1 != 0,
        window_bits: WindowBits::new(9 + (byte >> 1) % 7).unwrap_or(WindowBits::MAX),
    };
    Params {
        server: direction(byte & 0xF),
        client: direction(byte >> 4),
    }
}

/// The windows of an offer that can be taken: the server's, and the client's where it may be told
/// (8 cannot be, as no answer may be larger and none is smaller).
fn windows(offer: &Extension<'_>) -> Option<(u8, Option<u8>)> {
    let (mut server, mut client) = (15, None);
    let mut names: Vec<&str> = offer.params.iter().map(|param| param.name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < offer.params.len() {
        return None;
    }
    let bits = |value: &str| {
        (8..=15)
            .contains(&value.parse::<u8>().ok()?)
            .then(|| value.parse::<u8>().ok().filter(|n| n.to_string() == value))?
    };
    for param in &offer.params {
        match (param.name, param.value.as_deref()) {
            ("server_no_context_takeover" | "client_no_context_takeover", None) => {}
            ("server_max_window_bits", Some(value)) => server = bits(value)?,
            ("client_max_window_bits", None) => client = Some(15),
            ("client_max_window_bits", Some(value)) => client = Some(bits(value)?),
            _ => return None,
        }
    }
    // What the server sends cannot be made for 8 bits; what the client sends can be read.
    (server > 8).then_some((server, client))
}

/// What is agreed on about compression keeps to the first offer that can be taken.
fn check_deflate(request: &Request<'_>, wanted: Params) {
    let offers = request.extensions().iter();
    let offer = offers
        .filter(|extension| extension.name == "permessage-deflate")
        .find_map(|extension| windows(extension).map(|windows| (extension, windows)));
    let response = request.accept_with_deflate(&[], wanted);
    let Some(agreed) = response.deflate() else {
        assert_eq!(offer.map(|(extension, _)| extension), None, "declined");
        return;
    };
    let (offer, (server, client)) = offer.expect("there is an offer to agree to");
    let says = |name| offer.params.iter().any(|param| param.name == name);
    let Params {
        server: ours,
        client: theirs,
    } = agreed;
    assert!(!(ours.context_takeover && says("server_no_context_takeover")));
    assert!(!(theirs.context_takeover && says("client_no_context_takeover")));
    assert!(ours.window_bits.as_u8() <= server);
    assert!(match client {
        None => theirs.window_bits == WindowBits::MAX,
        Some(most) => theirs.window_bits.as_u8() <= most || most == 8,
    });
    let answer = response
        .fields()
        .find(|(name, _)| *name == "Sec-WebSocket-Extensions")
        .expect("what was agreed on is told");
    let tells = |name: &str| answer.1.contains(name);
    assert_eq!(tells("server_no_context_takeover"), !ours.context_takeover);
    assert_eq!(
        tells("client_no_context_takeover"),
        !theirs.context_takeover
    );
    assert!(tells("server_max_window_bits") || ours.window_bits == WindowBits::MAX);
    assert!(tells("server_max_window_bits") || !says("server_max_window_bits"));
    assert_eq!(
        tells("client_max_window_bits"),
        theirs.window_bits < WindowBits::MAX && client != Some(8)
    );
}

/// A request is taken if it has what a request must have, can then be answered, and the client that
/// sent it takes the answer.
///
/// # Panics
/// If a promise is broken.
pub fn handshake(data: &[u8]) {
    let fields = fields(data);
    let wishes: [u8; 2] = data.last_chunk().copied().unwrap_or_default();
    let expected = status(&fields);
    let request = match Request::parse(fields.iter().copied()) {
        Ok(request) => request,
        Err(error) => {
            let extended = !values(&fields, "sec-websocket-extensions").is_empty();
            assert!(error.status() == expected || extended && expected == 101);
            assert_eq!(error.fields().is_empty(), error.status() == 400);
            return;
        }
    };
    assert_eq!(expected, 101);
    for extension in request.extensions() {
        assert!(is_token(extension.name.as_bytes()));
        for param in &extension.params {
            let value = param.value.as_deref();
            assert!(is_token(param.name.as_bytes()));
            assert!(value.is_none_or(|value| is_token(value.as_bytes())));
        }
    }
    let protocols = request.protocols();
    let offered = elements(&values(&fields, "sec-websocket-protocol"));
    assert!(protocols.iter().map(|name| name.as_bytes()).eq(offered));
    let supported: Vec<&str> = protocols.iter().rev().copied().collect();
    let response = request.accept(&supported);
    assert_eq!(response.protocol(), protocols.last().copied());
    for (_, value) in response.fields() {
        assert!(
            value.bytes().all(|byte| byte.is_ascii_graphic()),
            "no line break is let through"
        );
    }
    let [server, client] = wishes.map(wish);
    check_deflate(&request, server);
    check_client(data, protocols, &supported, client, server);
}

/// A client that offers these protocols and asks for `wanted` takes the answer of a server that
/// would like `granted`, and both understand the same by it.
fn check_client(
    data: &[u8],
    protocols: &[&str],
    supported: &[&str],
    wanted: Params,
    granted: Params,
) {
    let nonce = data.first_chunk().copied().unwrap_or_default();
    let Ok(offer) = Offer::new(nonce, protocols) else {
        return;
    };
    let offer = offer.with_deflate(wanted);
    let mut sent = vec![("Host", "fuzz")];
    sent.extend(offer.fields());
    let sent = sent
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let request = Request::parse(sent).expect("an offer is a request");
    assert_eq!(request.protocols(), protocols);
    check_deflate(&request, granted);
    let response = request.accept_with_deflate(supported, granted);
    let answer: Vec<_> = response.fields().collect();
    let answer = answer
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let opened = offer.verify(101, answer).expect("an answer to the offer");
    assert_eq!(opened.protocol, supported.first().copied());
    assert_eq!(opened.deflate, response.deflate());
}
