use std::net::IpAddr;

use crate::{config::Hosts, http::Head};

/// Whether a server that is asked by `head` goes by that name.
///
/// `loopback` says that it listens on loopback only.
pub(super) fn admits(hosts: &Hosts, loopback: bool, head: &Head) -> bool {
    let (listed, nameless) = match hosts {
        Hosts::Any => return true,
        Hosts::ByListener if !loopback => return true,
        Hosts::ByListener => (&[][..], true),
        Hosts::Listed(listed) => (listed.as_slice(), false),
    };
    let Some(authority) = head.authority() else {
        return nameless;
    };
    let (name, port) = split_port(authority);
    let name = name.strip_suffix('.').unwrap_or(name);
    is_nobodys(name) || listed.iter().any(|entry| is_named(entry, name, port))
}

/// Whether a name means an address, or this machine, whoever is asked.
pub(super) fn is_nobodys(name: &str) -> bool {
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let is_localhost = |label: &str| label.eq_ignore_ascii_case("localhost");
    address.unwrap_or(name).parse::<IpAddr>().is_ok()
        || name.rsplit('.').next().is_some_and(is_localhost)
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
