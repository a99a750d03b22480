use std::{
    error::Error,
    fmt,
    io::{self, Write},
};

use clap::{Args, ValueEnum};
use openapi_emit::{Document, Value, Version};

use crate::{
    demo,
    endpoint::openapi_version,
    server::{ServerBuilder, SetupError},
};

#[derive(Args, Debug)]
pub(super) struct OpenApiOptions {
    /// Version of the specification: 3.0, 3.1 or 3.2.
    #[arg(long, value_name = "VERSION", default_value = "3.1", value_parser = version)]
    version: Version,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
}

#[derive(Args, Debug)]
pub(super) struct AsyncApiOptions {
    /// Version of the specification.
    #[arg(long, value_name = "VERSION", default_value = "3.0", value_parser = ["3.0", "3.0.0"])]
    version: String,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
    Yaml,
}

/// Why a document was not printed.
#[derive(Debug)]
pub(super) enum DescribeError {
    Setup(SetupError),
    Undocumented,
    Write(io::Error),
}

/// A version that is not served.
#[derive(Debug)]
struct UnknownVersion;

pub(super) fn openapi(options: &OpenApiOptions) -> Result<(), DescribeError> {
    print(options.format, |document| document.openapi(options.version))
}

pub(super) fn asyncapi(options: &AsyncApiOptions) -> Result<(), DescribeError> {
    print(options.format, Document::asyncapi)
}

fn print(format: Format, write: impl FnOnce(&Document) -> Value) -> Result<(), DescribeError> {
    let mut server = ServerBuilder::new();
    demo::install(&mut server, &demo::Settings::default()).map_err(DescribeError::Setup)?;
    let server = server.build().map_err(DescribeError::Setup)?;
    let document = server.document().map(write);
    let document = document.ok_or(DescribeError::Undocumented)?;
    let text = match format {
        Format::Json => document.to_json(),
        Format::Yaml => document.to_yaml(),
    };
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        // Whoever reads has seen enough, such as `head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(DescribeError::Write),
    }
}

fn version(text: &str) -> Result<Version, UnknownVersion> {
    openapi_version(text).ok_or(UnknownVersion)
}

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected 3.0, 3.1 or 3.2")
    }
}

impl Error for UnknownVersion {}

impl fmt::Display for DescribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(error) => write!(f, "cannot set up the demo: {error}"),
            Self::Undocumented => f.write_str("the server has no documents"),
            Self::Write(error) => write!(f, "cannot write the document: {error}"),
        }
    }
}

impl Error for DescribeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Setup(error) => Some(error),
            Self::Undocumented => None,
            Self::Write(error) => Some(error),
        }
    }
}
