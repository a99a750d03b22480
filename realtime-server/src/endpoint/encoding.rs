use std::cmp::Reverse;

use crate::http::{Request, weighed};

/// A content coding of which a file may lie beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) name: &'static str,
    /// What is appended to the name of the file.
    pub(super) ending: &'static str,
}

/// The better first.
const CODINGS: [Coding; 2] = [
    Coding {
        name: "br",
        ending: ".br",
    },
    Coding {
        name: "gzip",
        ending: ".gz",
    },
];

/// Every coding, in the order in which the client wants them, and whether it takes it rather than
/// none (RFC 9110 section 12.5.3).
pub(super) fn preferred(request: &Request) -> [(Coding, bool); CODINGS.len()] {
    let weight = |name: &str| {
        let members = request.head.headers.members("accept-encoding");
        let mut members = members.map(weighed);
        members.find_map(|(coding, weight)| {
            coding
                .eq_ignore_ascii_case(name.as_bytes())
                .then_some(weight)
        })
    };
    let (others, plain) = (weight("*"), weight("identity"));
    let mut all = CODINGS.map(|coding| (coding, weight(coding.name).or(others).unwrap_or(0)));
    all.sort_by_key(|(_, weight)| Reverse(*weight));
    all.map(|(coding, weight)| {
        (
            coding,
            weight > 0 && plain.is_none_or(|plain| weight >= plain),
        )
    })
}
