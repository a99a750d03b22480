//! The request methods that are known.

use std::fmt;

/// A request method (RFC 9110 section 9.3, and PATCH of RFC 5789).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Transfer a representation.
    Get,
    /// As `GET`, without the content.
    Head,
    /// Have the content processed.
    Post,
    /// Replace the target.
    Put,
    /// Change the target.
    Patch,
    /// Remove the target.
    Delete,
    /// Say what can be done with the target.
    Options,
    /// Open a tunnel; answered with 501.
    Connect,
    /// Echo the request; answered with 501, because it would show what other parties added.
    Trace,
    /// None of these; answered with 501.
    Other,
}

impl Method {
    /// Recognises a method.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-9.1
    //# The method token is case-sensitive because it might be used as a gateway to object-based
    //# systems with case-sensitive method names.
    pub(crate) fn parse(token: &str) -> Self {
        match token {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            "CONNECT" => Self::Connect,
            "TRACE" => Self::Trace,
            _ => Self::Other,
        }
    }

    /// Whether any handler is asked. TRACE would show a script what cookies its page was sent with.
    pub(crate) fn is_served(self) -> bool {
        !matches!(self, Self::Connect | Self::Trace | Self::Other)
    }

    /// The method as it stands in a request line; of [`Other`](Self::Other) that it is another.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Connect => "CONNECT",
            Self::Trace => "TRACE",
            Self::Other => "another method",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
