//! What trusted proxies say of the clients in front of them.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::refusal::Refusal;
use super::{Headers, Scheme, host};
use crate::config::{HttpConfig, ProxyFields};

/// Hops that are looked at, from the nearest on. Nobody has more proxies in a row.
const MAX_HOPS: usize = 16;

/// Whom a request comes from, and by which name it reached us.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) peer: SocketAddr,
    pub(crate) scheme: Scheme,
    pub(crate) host: Option<Box<str>>,
}

/// What one proxy says of who asked it. The last proxy is the last in the list.
#[derive(Debug, Default, Clone, Copy)]
struct Hop<'a> {
    address: Option<SocketAddr>,
    scheme: Option<Scheme>,
    host: Option<&'a str>,
}

/// The client of a request that came over a socket from `peer`: of the hops, which anybody can
/// write down, the first that is no trusted proxy, counted from us.
///
/// A field of which it is not certain where a proxy's own words begin is refused: they could have
/// become part of what its client wrote.
pub(crate) fn client(
    peer: SocketAddr,
    scheme: Scheme,
    headers: &Headers,
    config: &HttpConfig,
) -> Result<Client, Refusal> {
    let is_trusted = |address: IpAddr| {
        let mut trusted = config.trusted_proxies.iter();
        trusted.any(|network| network.contains(address))
    };
    let mut client = Client {
        peer,
        scheme,
        host: None,
    };
    if !is_trusted(peer.ip()) {
        return Ok(client);
    }
    let hops = match config.proxy_fields {
        ProxyFields::XForwarded => x_forwarded(headers),
        ProxyFields::Forwarded => forwarded(headers)?,
    };
    let mut host = None;
    for hop in hops.iter().rev() {
        client.scheme = hop.scheme.unwrap_or(client.scheme);
        host = hop.host.or(host);
        let Some(address) = hop.address else { break };
        client.peer = address;
        if !is_trusted(address.ip()) {
            break;
        }
    }
    client.host = host.map(Into::into);
    Ok(client)
}

/// The three lists belong together at their ends, where the nearest proxy has written.
fn x_forwarded(headers: &Headers) -> VecDeque<Hop<'_>> {
    let addresses = last(headers.members("x-forwarded-for").map(text));
    let schemes = last(headers.members("x-forwarded-proto").map(text));
    let hosts = last(headers.members("x-forwarded-host").map(text));
    let count = addresses.len().max(schemes.len()).max(hosts.len());
    (0..count)
        .rev()
        .map(|from_us| Hop {
            address: from_end(&addresses, from_us).and_then(parse_address),
            scheme: from_end(&schemes, from_us).and_then(Scheme::parse),
            host: from_end(&hosts, from_us).filter(|host| host::is_authority(host.as_bytes())),
        })
        .collect()
}

fn from_end<'a>(list: &VecDeque<&'a str>, from_end: usize) -> Option<&'a str> {
    list.iter().rev().nth(from_end).copied()
}

/// The elements of RFC 7239 section 4.
fn forwarded(headers: &Headers) -> Result<VecDeque<Hop<'_>>, Refusal> {
    let mut hops = VecDeque::new();
    for line in headers.all("forwarded") {
        let line = str::from_utf8(line).map_err(|_not_utf8| Refusal::Forwarded)?;
        if !ends_outside_quotes(line) {
            return Err(Refusal::Forwarded);
        }
        let elements = split_outside_quotes(line, ',').filter(|element| !element.is_empty());
        hops.extend(last(elements.map(element)));
    }
    Ok(last(hops.into_iter()))
}

fn element(text: &str) -> Hop<'_> {
    let mut hop = Hop::default();
    for (name, value) in split_outside_quotes(text, ';').filter_map(|pair| pair.split_once('=')) {
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        if name.eq_ignore_ascii_case("for") {
            hop.address = parse_address(value);
        } else if name.eq_ignore_ascii_case("proto") {
            hop.scheme = Scheme::parse(value);
        } else if name.eq_ignore_ascii_case("host") {
            hop.host = Some(value).filter(|host| host::is_authority(host.as_bytes()));
        }
    }
    hop
}

/// The parts between the separators, without blanks.
fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quotes = Quotes::default();
    text.split(move |c| !quotes.take(c) && c == separator)
        .map(|part| part.trim_matches([' ', '\t']))
}

fn ends_outside_quotes(text: &str) -> bool {
    let mut quotes = Quotes::default();
    text.chars().for_each(|c| {
        quotes.take(c);
    });
    !quotes.open
}

/// Where quoted strings begin and end (RFC 9110 section 5.6.4).
#[derive(Default)]
struct Quotes {
    open: bool,
    /// Whether the next character is one of the string, whatever it is.
    escaped: bool,
}

impl Quotes {
    /// Goes on by a character, and says whether a quoted string is open after it.
    fn take(&mut self, c: char) -> bool {
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = self.open,
            '"' => self.open = !self.open,
            _ => {}
        }
        self.open
    }
}

/// What is no UTF-8 is no address either.
fn text(value: &[u8]) -> &str {
    str::from_utf8(value).unwrap_or_default()
}

fn last<T>(items: impl Iterator<Item = T>) -> VecDeque<T> {
    let mut last = VecDeque::new();
    for item in items {
        if last.len() == MAX_HOPS {
            last.pop_front();
        }
        last.push_back(item);
    }
    last
}

/// An address with or without a port, of IPv6 with or without brackets. Port 0 stands for none.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    match bare.parse::<IpAddr>() {
        Ok(address) => Some(SocketAddr::new(address.to_canonical(), 0)),
        Err(_) => text.parse().ok(),
    }
}
