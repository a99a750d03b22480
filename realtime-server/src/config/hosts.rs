/// By which names a server may be asked.
///
/// A page of a stranger can give its own name our address (DNS rebinding); to the browser it is then
/// of one origin with us. So names are checked, with 421 for those that are not ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hosts {
    /// Where the server listens on loopback only: addresses, `localhost` and names below it, which are
    /// nobody's, and requests without a name, which no browser sends. Else all names, with a warning at
    /// start: a server that everybody reaches has nothing to lose by a stranger's name.
    #[default]
    ByListener,
    /// These names: `push.example.com`, `*.example.com` for all names below it, each with any port or
    /// with the one that is given. Besides, the address that the client has connected to; and where
    /// that is loopback, all loopback addresses, `localhost`, names below it, and requests without a
    /// name.
    Listed(Vec<Box<str>>),
    /// All names.
    Any,
}
