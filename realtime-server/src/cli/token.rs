use std::{
    error::Error,
    fmt, fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use jsonwebtoken::{Algorithm as Signed, EncodingKey, Header, encode};
use serde_json::{Map, Value};

use super::auth_options::KeyFile;
use crate::{auth::Algorithm, clock};

/// What a token is made of.
#[derive(Args, Debug)]
pub(super) struct Options {
    /// What to sign with: HS256 and the file of the secret, or another algorithm and the file of the
    /// private key in PEM.
    #[arg(long = "key-file", value_name = "ALG=FILE", value_parser = KeyFile::parse)]
    key_file: KeyFile,
    /// Whom it is for: the claim `sub`.
    user: String,
    /// Seconds that it is good for.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lifetime: u32,
    /// A further claim, as JSON where it is JSON; can be given several times.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    claims: Vec<(String, Value)>,
    /// The id of the key.
    #[arg(long = "key-id", value_name = "ID")]
    key_id: Option<String>,
}

/// Why there is no token.
#[derive(Debug)]
pub(super) enum MintError {
    Read {
        path: PathBuf,
        error: io::Error,
    },
    /// Its text could say something of the key.
    Key,
    Write(io::Error),
}

/// The text is no claim.
#[derive(Clone, Copy, Debug)]
struct ClaimError;

/// Prints a token, for tests and for scripts.
pub(super) fn run(options: &Options) -> Result<(), MintError> {
    let KeyFile { algorithm, path } = &options.key_file;
    let content = fs::read(path).map_err(|error| MintError::Read {
        path: path.clone(),
        error,
    })?;
    let (signed, key) = match algorithm {
        Algorithm::Hs256 => {
            let secret = content.trim_ascii_end();
            (Signed::HS256, Ok(EncodingKey::from_secret(secret)))
        }
        Algorithm::Rs256 => (Signed::RS256, EncodingKey::from_rsa_pem(&content)),
        Algorithm::Es256 => (Signed::ES256, EncodingKey::from_ec_pem(&content)),
        Algorithm::EdDsa => (Signed::EdDSA, EncodingKey::from_ed_pem(&content)),
    };
    let key = key.map_err(|_| MintError::Key)?;
    let mut header = Header::new(signed);
    header.kid.clone_from(&options.key_id);
    let now = clock::unix_seconds();
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), options.user.clone().into());
    claims.insert("iat".to_owned(), now.into());
    claims.insert(
        "exp".to_owned(),
        now.saturating_add(options.lifetime.into()).into(),
    );
    claims.extend(options.claims.iter().cloned());
    let token = encode(&header, &claims, &key).map_err(|_| MintError::Key)?;
    writeln!(io::stdout(), "{token}").map_err(MintError::Write)
}

fn claim(text: &str) -> Result<(String, Value), ClaimError> {
    let (name, value) = text.split_once('=').ok_or(ClaimError)?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.to_owned(), value))
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected NAME=VALUE")
    }
}

impl Error for ClaimError {}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Key => f.write_str("the file is no key to sign with by this algorithm"),
            Self::Write(error) => write!(f, "cannot write the token: {error}"),
        }
    }
}

impl Error for MintError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read { error, .. } | Self::Write(error) => Some(error),
            Self::Key => None,
        }
    }
}
