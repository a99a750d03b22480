use std::{error::Error, fmt};

/// Why a token is no good. It is for the log; who shows the token is told only that it is no good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// It is longer than [`Token::MAX_LENGTH`](super::Token::MAX_LENGTH).
    TooLong,
    /// It is not three parts of base64url.
    Malformed,
    /// Its header is no JSON object, or too deep, or names a member twice.
    Header,
    /// Its header has no algorithm, or one that is none of ours.
    Algorithm,
    /// Its header wants extensions understood, or is compressed.
    Extension,
    /// It is of another type than is asked for.
    Type,
    /// No key has its id and its algorithm.
    UnknownKey,
    /// Its signature is not that of the key.
    Signature,
    /// Its claims are no JSON object, or too deep, or name a claim twice.
    Claims,
    /// This claim is missing, or not what it has to be.
    Claim(&'static str),
    /// It is over.
    Expired,
    /// It begins later.
    NotYetValid,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is too long",
            Self::Malformed => "it is not three parts of base64url",
            Self::Header => "its header is no plain JSON object",
            Self::Algorithm => "its algorithm is none of those that are taken",
            Self::Extension => "it wants an extension that is not known",
            Self::Type => "it is of another type",
            Self::UnknownKey => "no key has its id and algorithm",
            Self::Signature => "its signature is wrong",
            Self::Claims => "its claims are no plain JSON object",
            Self::Claim(name) => return write!(f, "its claim {name} is missing or wrong"),
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
        })
    }
}

impl Error for TokenError {}
