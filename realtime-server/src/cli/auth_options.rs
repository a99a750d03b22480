use std::{error::Error, fmt, fs, io, path::PathBuf, time::Duration};

use clap::Args;

use crate::{
    auth::{
        Algorithm, Key, KeyError, KeySet, KeySetError, KeySetUrl, Keys, Rules, RulesError, Verifier,
    },
    config::KeySetConfig,
};

/// The most by which clocks may be said to differ.
const MOST_LEEWAY: u64 = 300;

/// Who is known by a signed token, and what they may do. None of these is a secret itself.
#[derive(Args, Debug)]
#[command(
    next_help_heading = "Signed tokens (with any key, all but pages and documents needs one)"
)]
pub(super) struct AuthOptions {
    /// Key that tokens are signed with: `HS256`, `RS256`, `ES256` or `EdDSA`, and the file of the
    /// secret or of the public key in PEM. Read again every 30 s and on SIGHUP.
    #[arg(
        long = "jwt-key-file",
        value_name = "ALG=FILE",
        env = "REALTIME_JWT_KEY_FILE",
        value_delimiter = ',',
        value_parser = KeyFile::parse
    )]
    key_files: Vec<KeyFile>,
    /// JSON Web Key Set of keys that tokens are signed with. Read again every 30 s and on SIGHUP.
    #[arg(long, value_name = "FILE", env = "REALTIME_JWKS_FILE")]
    jwks_file: Option<PathBuf>,
    /// Where to fetch such a set: every 5 min, on SIGHUP, and for an unknown key at most every 30 s.
    #[arg(long, value_name = "URL", env = "REALTIME_JWKS_URL", value_parser = KeySetUrl::parse)]
    jwks_url: Option<KeySetUrl>,
    /// What `iss` of a token has to be.
    #[arg(long = "jwt-issuer", value_name = "TEXT", env = "REALTIME_JWT_ISSUER")]
    issuer: Option<String>,
    /// What `aud` of a token has to be or hold; one of them, if it is given again.
    #[arg(
        long = "jwt-audience",
        value_name = "TEXT",
        env = "REALTIME_JWT_AUDIENCE",
        value_delimiter = ','
    )]
    audiences: Vec<String>,
    /// What `typ` of a token has to be, such as at+jwt.
    #[arg(long = "jwt-type", value_name = "TYPE", env = "REALTIME_JWT_TYPE")]
    media_type: Option<String>,
    /// Seconds by which clocks may differ.
    #[arg(
        long = "jwt-leeway",
        value_name = "SECONDS",
        env = "REALTIME_JWT_LEEWAY",
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(..=MOST_LEEWAY)
    )]
    leeway: u64,
    /// Claim that names the user.
    #[arg(
        long = "jwt-user-claim",
        value_name = "CLAIM",
        env = "REALTIME_JWT_USER_CLAIM",
        default_value = "sub"
    )]
    user_claim: String,
    /// Claim that names the user's tenant.
    #[arg(
        long = "jwt-tenant-claim",
        value_name = "CLAIM",
        env = "REALTIME_JWT_TENANT_CLAIM"
    )]
    tenant_claim: Option<String>,
    /// Cookie that may carry a token, from pages of this server and of every --cors-origin.
    #[arg(
        long = "auth-cookie",
        value_name = "NAME",
        env = "REALTIME_AUTH_COOKIE"
    )]
    pub(super) cookie: Option<String>,
    /// JSON file of who may connect, invoke, join, drive, subscribe and publish what.
    #[arg(long = "rules", value_name = "FILE", env = "REALTIME_RULES")]
    rules: Option<PathBuf>,
    /// Let in who shows no token, wherever no rule says otherwise.
    #[arg(long, env = "REALTIME_ANONYMOUS")]
    pub(super) anonymous: bool,
}

/// A key and what it is for.
#[derive(Clone, Debug)]
pub(super) struct KeyFile {
    pub(super) algorithm: Algorithm,
    pub(super) path: PathBuf,
}

/// Why tokens cannot be verified as is asked for.
#[derive(Debug)]
pub(super) enum AuthError {
    Read { path: PathBuf, error: io::Error },
    Key { path: PathBuf, error: KeyError },
    KeySet { path: PathBuf, error: KeySetError },
    Keys(KeySetError),
    Rules { path: PathBuf, error: RulesError },
}

/// The text does not say which key is where.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyFileError;

impl AuthOptions {
    /// What verifies tokens; nothing if no key is given.
    pub(super) fn verifiers(&self) -> Result<Vec<Verifier>, AuthError> {
        let mut sources = Vec::new();
        if !self.key_files.is_empty() || self.jwks_file.is_some() {
            let (key_files, jwks_file) = (self.key_files.clone(), self.jwks_file.clone());
            let read = move || read_keys(&key_files, jwks_file.as_ref());
            sources.push(Keys::read_by(read)?);
        }
        if let Some(url) = &self.jwks_url {
            sources.push(Keys::fetched(url.clone(), KeySetConfig::default()));
        }
        Ok(sources
            .into_iter()
            .map(|keys| self.verifier(keys))
            .collect())
    }

    fn verifier(&self, keys: Keys) -> Verifier {
        let mut verifier = Verifier::new(keys)
            .leeway(Duration::from_secs(self.leeway))
            .user_claim(&self.user_claim);
        if let Some(issuer) = &self.issuer {
            verifier = verifier.issuer(issuer);
        }
        for audience in &self.audiences {
            verifier = verifier.audience(audience);
        }
        if let Some(media_type) = &self.media_type {
            verifier = verifier.media_type(media_type);
        }
        if let Some(claim) = &self.tenant_claim {
            verifier = verifier.tenant_claim(claim);
        }
        verifier
    }

    pub(super) fn rules(&self) -> Result<Rules, AuthError> {
        let Some(path) = &self.rules else {
            return Ok(Rules::default());
        };
        let path = path.clone();
        match Rules::from_json(&read(&path)?) {
            Ok(rules) => Ok(rules),
            Err(error) => Err(AuthError::Rules { path, error }),
        }
    }
}

fn read_keys(files: &[KeyFile], set: Option<&PathBuf>) -> Result<KeySet, AuthError> {
    let mut keys = Vec::new();
    for KeyFile { algorithm, path } in files {
        let key = Key::from_file(*algorithm, &read(path)?);
        keys.push(key.map_err(|error| AuthError::Key {
            path: path.clone(),
            error,
        })?);
    }
    if let Some(path) = set {
        let set = KeySet::from_json(&read(path)?);
        keys.extend(set.map_err(|error| AuthError::KeySet {
            path: path.clone(),
            error,
        })?);
    }
    KeySet::new(keys).map_err(AuthError::Keys)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, AuthError> {
    fs::read(path).map_err(|error| AuthError::Read {
        path: path.clone(),
        error,
    })
}

impl KeyFile {
    /// Reads `ALG=FILE`.
    pub(super) fn parse(text: &str) -> Result<Self, KeyFileError> {
        let (name, path) = text.split_once('=').ok_or(KeyFileError)?;
        Ok(Self {
            algorithm: Algorithm::from_name(name).ok_or(KeyFileError)?,
            path: path.into(),
        })
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected HS256, RS256, ES256 or EdDSA, `=` and a file")
    }
}

impl Error for KeyFileError {}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Key { path, error } => write!(f, "{}: {error}", path.display()),
            Self::KeySet { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Keys(error) => error.fmt(f),
            Self::Rules { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl Error for AuthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read { error, .. } => Some(error),
            Self::Key { error, .. } => Some(error),
            Self::KeySet { error, .. } | Self::Keys(error) => Some(error),
            Self::Rules { error, .. } => Some(error),
        }
    }
}
