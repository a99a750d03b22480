/// By which names a server may be asked.
///
/// A page of a stranger can give its own name our address (DNS rebinding); to the browser it is then
/// of one origin with us. So names are checked, with 421 for those that are not ours. Addresses and
/// `localhost` are nobody's names and are always admitted, and so are requests without a name, which
/// no browser sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hosts {
    /// No names where the server listens on loopback only; else all names, with a warning at start:
    /// a server that everybody reaches has nothing to lose by a stranger's name.
    #[default]
    ByListener,
    /// These names: `push.example.com`, `*.example.com` for all names below it, each with any port or
    /// with the one that is given. Requests without a name are refused, too.
    Listed(Vec<Box<str>>),
    /// All names.
    Any,
}
