use std::{error::Error, fmt};

/// Where a stream is: `http://HOST[:PORT][/PATH][?QUERY]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// As it stands in `Host`.
    authority: String,
    /// Path and query, beginning with `/`.
    target: String,
}

impl Url {
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Malformed)?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(UrlError::Scheme);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]".contains(&byte);
        let fits = !authority.is_empty()
            && authority.bytes().all(name_byte)
            && target.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(UrlError::Malformed);
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self {
            authority: authority.to_owned(),
            target: format!("{slash}{target}"),
        })
    }

    /// The place that a `Location` in an answer from here means.
    pub(super) fn join(&self, location: &str) -> Result<Self, UrlError> {
        let origin = format!("http://{}", self.authority);
        let path = self.target.split('?').next().unwrap_or_default();
        let folder = path.rfind('/').and_then(|at| path.get(..=at));
        if location.contains("://") {
            Self::parse(location)
        } else if location.starts_with("//") {
            Self::parse(&format!("http:{location}"))
        } else if location.starts_with('/') {
            Self::parse(&format!("{origin}{location}"))
        } else if location.starts_with('?') {
            Self::parse(&format!("{origin}{path}{location}"))
        } else {
            Self::parse(&format!("{origin}{}{location}", folder.unwrap_or("/")))
        }
    }

    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Host and port, in the form that a look-up takes.
    pub(super) fn address(&self) -> String {
        let host = self
            .authority
            .trim_end_matches(|char: char| char.is_ascii_digit());
        let has_port = host.ends_with(':') && host.len() < self.authority.len();
        if has_port {
            self.authority.clone()
        } else {
            format!("{}:80", self.authority.trim_end_matches(':'))
        }
    }
}

impl fmt::Display for Url {
    /// Without the query, which can hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        write!(f, "http://{}{path}", self.authority)
    }
}

/// Why a text is no place of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum UrlError {
    Malformed,
    Scheme,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is no URL (expected http://HOST[:PORT]/PATH)",
            Self::Scheme => "only http:// is supported",
        })
    }
}

impl Error for UrlError {}
