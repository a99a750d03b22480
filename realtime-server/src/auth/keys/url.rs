use std::{error::Error, fmt};

/// Where a key set is fetched: `http[s]://HOST[:PORT][/PATH][?QUERY]`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySetUrl {
    pub(super) is_secure: bool,
    /// As it stands in `Host`.
    pub(super) authority: String,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// Path and query, beginning with `/`.
    pub(super) target: String,
}

/// The text is no place that can be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlError;

impl KeySetUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// When it is none, has another scheme, or names a user.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError)?;
        let is_secure = scheme.eq_ignore_ascii_case("https");
        if !is_secure && !scheme.eq_ignore_ascii_case("http") {
            return Err(UrlError);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(at).ok_or(UrlError)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| UrlError)?)
            }
            _ => (authority, if is_secure { 443 } else { 80 }),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty()
            || !authority.bytes().all(is_name)
            || !target.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(UrlError);
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self {
            is_secure,
            authority: authority.to_owned(),
            host: host.to_owned(),
            port,
            target: format!("{slash}{target}"),
        })
    }
}

impl fmt::Display for KeySetUrl {
    /// Without the query, which can hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        let path = self.target.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{}{path}", self.authority)
    }
}

impl fmt::Debug for KeySetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no URL of a key set (expected http[s]://HOST[:PORT]/PATH)")
    }
}

impl Error for UrlError {}
