use std::net::IpAddr;

use crate::{config::Hosts, http::Head};

/// Whether a server that is asked by `head` goes by that name.
///
/// `loopback` says that it listens on loopback only.
pub(super) fn admits(hosts: &Hosts, loopback: bool, head: &Head) -> bool {
    let is_near = head.local.is_some_and(|local| local.is_loopback());
    let Some((name, port)) = head.authority().map(split_port) else {
        return match hosts {
            Hosts::Any | Hosts::ByListener => true,
            Hosts::Listed(_) => is_near,
        };
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    match hosts {
        Hosts::Any => true,
        Hosts::ByListener => !loopback || is_nobodys(name),
        Hosts::Listed(listed) => {
            let is_ours = match address(name) {
                Some(address) => is_near && address.is_loopback() || head.local == Some(address),
                None => is_near && is_localhost(name),
            };
            is_ours || listed.iter().any(|entry| is_named(entry, name, port))
        }
    }
}

/// Whether a name means an address, or this machine, whoever is asked.
pub(super) fn is_nobodys(name: &str) -> bool {
    address(name).is_some() || is_localhost(name)
}

fn address(name: &str) -> Option<IpAddr> {
    let inner = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let address = inner.unwrap_or(name).parse::<IpAddr>().ok()?;
    Some(address.to_canonical())
}

/// `localhost`, or a name below it (RFC 6761 section 6.3).
fn is_localhost(name: &str) -> bool {
    let last = name.rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

fn is_named(entry: &str, name: &str, port: Option<&str>) -> bool {
    let (entry, only_port) = split_port(entry);
    if only_port.is_some() && only_port != port {
        return false;
    }
    match entry.strip_prefix("*.") {
        Some(parent) => name
            .len()
            .checked_sub(parent.len() + 1)
            .and_then(|length| name.split_at_checked(length))
            .is_some_and(|(label, rest)| {
                let below = rest.strip_prefix('.');
                !label.is_empty() && below.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
            }),
        None => name.eq_ignore_ascii_case(entry),
    }
}

/// Host and port of an authority. The colons of an IPv6 address are inside brackets.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            (host, Some(port).filter(|port| !port.is_empty()))
        }
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::{
        config::HttpConfig,
        http::{HeadReader, Scheme},
    };

    /// The head of a request for `host` at this address of ours.
    fn head(host: Option<&str>, local: &str) -> Head {
        let text = match host {
            Some(host) => format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            None => "GET / HTTP/1.0\r\n\r\n".to_owned(),
        };
        let mut reader = HeadReader::new(HttpConfig::default());
        let peer = ([203, 0, 113, 7], 1).into();
        let read = reader.read(&mut BytesMut::from(text.as_str()), peer, Scheme::Http);
        let mut head = read.expect("it is good").expect("it is whole");
        head.local = local.parse().ok();
        head
    }

    #[test]
    fn beside_a_list_only_the_address_that_was_connected_to_is_ours() {
        let hosts = Hosts::Listed(vec!["push.example".into(), "198.51.100.1".into()]);
        let admitted = |host, local| admits(&hosts, false, &head(host, local));
        for local in ["192.0.2.1", "127.0.0.1", "2001:db8::1", "unknown"] {
            assert!(admitted(Some("push.example"), local), "{local}");
            assert!(admitted(Some("198.51.100.1:80"), local), "{local}");
            for foreign in ["evil.example", "192.0.2.2", "[2001:db8::2]", "0.0.0.0"] {
                assert!(!admitted(Some(foreign), local), "{foreign} {local}");
            }
            let is_near = local == "127.0.0.1";
            let near = [
                "localhost",
                "LOCALHOST.:1",
                "x.localhost",
                "127.0.0.2",
                "[::1]",
            ];
            for host in near.map(Some).into_iter().chain([None]) {
                assert_eq!(admitted(host, local), is_near, "{host:?} {local}");
            }
        }
        for (host, local) in [
            ("192.0.2.1:5000", "192.0.2.1"),
            ("[2001:DB8:0::1]", "2001:db8::1"),
            ("[::ffff:192.0.2.1]", "192.0.2.1"),
        ] {
            assert!(admitted(Some(host), local), "{host} {local}");
            assert!(!admitted(Some(host), "192.0.2.9"), "{host}");
        }
    }
}
