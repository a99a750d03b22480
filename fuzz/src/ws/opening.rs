//! The opening handshake.

use ws_frame::handshake::{Offer, Request};

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

/// A request that is taken can be answered, and the client that sent it takes the answer.
///
/// # Panics
/// If a promise is broken.
pub fn handshake(data: &[u8]) {
    let fields = fields(data);
    let request = match Request::parse(fields.iter().copied()) {
        Ok(request) => request,
        Err(error) => {
            assert!(matches!(error.status(), 400 | 426));
            assert_eq!(error.fields().is_empty(), error.status() == 400);
            return;
        }
    };
    let tokens = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&b))
    };
    for extension in request.extensions() {
        assert!(tokens(extension.name));
        for param in &extension.params {
            assert!(tokens(param.name) && param.value.as_deref().is_none_or(tokens));
        }
    }
    let protocols = request.protocols();
    assert!(protocols.iter().all(|name| tokens(name)));
    let supported: Vec<&str> = protocols.iter().rev().copied().collect();
    let response = request.accept(&supported);
    assert_eq!(response.protocol(), protocols.last().copied());
    for (_, value) in response.fields() {
        assert!(
            value.bytes().all(|byte| byte.is_ascii_graphic()),
            "no line break is let through"
        );
    }

    let nonce = data.first_chunk().copied().unwrap_or_default();
    let Ok(offer) = Offer::new(nonce, protocols) else {
        return;
    };
    let mut sent = vec![("Host", "fuzz")];
    sent.extend(offer.fields());
    let sent = sent
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let request = Request::parse(sent).expect("an offer is a request");
    assert_eq!(request.protocols(), protocols);
    let response = request.accept(&supported);
    let answer: Vec<_> = response.fields().collect();
    let answer = answer
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let opened = offer.verify(101, answer).map(|opened| opened.protocol);
    assert_eq!(opened, Ok(supported.first().copied()));
}
