use std::{error::Error, fmt, sync::Arc};

use percent_encoding::percent_decode_str;

use crate::http::Params;

/// A path with parameters: `/api/group/{action}/{groupName}`.
///
/// Literal segments are compared without case, as in ASP.NET Core; a slash at the end of a path
/// does not matter. A parameter takes one whole segment that is not empty. `{*name}` at the end takes
/// all that is left, as it was sent, if it is not empty: who reads it decides what a `%2F` in it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: Arc<str>,
    segments: Vec<Segment>,
    /// The name of what is left of the path after the segments.
    rest: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(Box<str>),
    Parameter(Arc<str>),
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let Some(path) = text.strip_prefix('/') else {
            return Err(PatternError::NoSlash(text.into()));
        };
        let (path, rest) = match path.rsplit_once("{*") {
            Some((path, rest)) => (path, rest.strip_suffix('}')),
            None => (path, None),
        };
        if rest.is_some_and(str::is_empty) {
            return Err(PatternError::NoName(text.into()));
        }
        let segments = split(path).map(|segment| {
            let inner = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            match inner {
                Some("") => Err(PatternError::NoName(text.into())),
                Some(name) => Ok(Segment::Parameter(name.into())),
                None => Ok(Segment::Literal(segment.into())),
            }
        });
        Ok(Self {
            text: text.into(),
            segments: segments.collect::<Result<_, _>>()?,
            rest: rest.map(Into::into),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether both match the same paths.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.rest.is_some() == other.rest.is_some()
            && self
                .segments
                .iter()
                .zip(&other.segments)
                .all(|pair| match pair {
                    (Segment::Literal(one), Segment::Literal(two)) => one.eq_ignore_ascii_case(two),
                    (Segment::Parameter(_), Segment::Parameter(_)) => true,
                    _ => false,
                })
    }

    /// The parameters of `path`, if it matches. A parameter that is no UTF-8 after decoding does
    /// not match.
    pub(super) fn matches(&self, path: &str) -> Option<Params> {
        let path = path.strip_prefix('/')?;
        let mut parts = split(path);
        let mut pairs = Vec::new();
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Literal(literal) => {
                    let decoded = percent_decode_str(part).decode_utf8().ok()?;
                    if !decoded.eq_ignore_ascii_case(literal) {
                        return None;
                    }
                }
                Segment::Parameter(name) => {
                    let decoded = percent_decode_str(part).decode_utf8().ok()?;
                    if decoded.is_empty() {
                        return None;
                    }
                    pairs.push((Arc::clone(name), decoded.into_owned()));
                }
            }
        }
        if let Some(name) = &self.rest {
            let rest = path
                .splitn(self.segments.len() + 1, '/')
                .nth(self.segments.len())?;
            if rest.is_empty() {
                return None;
            }
            pairs.push((Arc::clone(name), rest.to_owned()));
        } else if parts.next().is_some() {
            return None;
        }
        Some(Params::new(pairs))
    }

    /// The path that was understood when `params` were found in it, in one form for all ways to write
    /// it: literals as in the pattern, values decoded, no slash at the end. What a segment holds of `/`
    /// and `%` is written as `%2F` and `%25`.
    pub(super) fn path(&self, params: &Params) -> String {
        let mut values = params.values();
        let mut path = String::new();
        for segment in &self.segments {
            path.push('/');
            match segment {
                Segment::Literal(literal) => path.push_str(literal),
                Segment::Parameter(_) => push_segment(&mut path, values.next().unwrap_or_default()),
            }
        }
        if self.rest.is_some() {
            for part in split(values.next().unwrap_or_default()) {
                path.push('/');
                push_segment(&mut path, &percent_decode_str(part).decode_utf8_lossy());
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        path
    }
}

fn push_segment(path: &mut String, value: &str) {
    for char in value.chars() {
        match char {
            '/' => path.push_str("%2F"),
            '%' => path.push_str("%25"),
            char => path.push(char),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The segments of a path without its first slash; a last empty one does not count.
fn split(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/')
        .take(if path.is_empty() { 0 } else { usize::MAX })
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// A pattern begins with a slash.
    NoSlash(Box<str>),
    /// `{}` names no parameter.
    NoName(Box<str>),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlash(text) => write!(f, "the route {text:?} does not begin with a slash"),
            Self::NoName(text) => write!(f, "the route {text:?} has a parameter without a name"),
        }
    }
}

impl Error for PatternError {}
