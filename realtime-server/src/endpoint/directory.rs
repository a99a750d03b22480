use std::{
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;
use tracing::{debug, warn};

use super::{
    below,
    conditions::{Validators, Verdict, Wanted},
    encoding::{Coding, preferred},
    file, media_type,
};
use crate::http::{HeaderValue, Problem, Request, Response, Status, date};

/// What pages of a directory may do unless its author says otherwise: everything but be framed by
/// others, rebase their links and run plug-ins.
const POLICY: HeaderValue =
    HeaderValue::from_static("object-src 'none'; base-uri 'self'; frame-ancestors 'self'");

/// The files below a directory, for [`ServerBuilder::directory`](crate::server::ServerBuilder::directory).
///
/// Only regular files inside it are served: names that begin with a dot are hidden, links that lead
/// out of it are not followed, and there is no listing. Small files are sent whole, larger ones in
/// pieces, so that a request never holds more than 64 KiB. A clone is the same directory.
///
/// Conditional requests are answered by an entity tag and the time of the last change, and single
/// ranges with the part. Where `NAME.br` or `NAME.gz` lies beside `NAME`, clients that take such an
/// encoding get it.
#[derive(Clone, Debug)]
pub struct Directory {
    root: Arc<Path>,
    policy: HeaderValue,
    /// Where to look for what is not here.
    next: Option<Arc<Directory>>,
}

/// An open file and what there is to know of it.
struct Found {
    file: File,
    metadata: Metadata,
    /// The coding of its content, if it has one.
    coding: Option<&'static str>,
    /// Whether there are variants of it.
    varies: bool,
}

impl Directory {
    /// The directory at `path`.
    ///
    /// # Errors
    /// When there is no directory that can be read.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let root = fs::canonicalize(path)?;
        if !fs::metadata(&root)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            root: root.into(),
            policy: POLICY,
            next: None,
        })
    }

    /// Looks in `next` for files that are not here.
    #[must_use]
    pub fn or(mut self, next: Self) -> Self {
        self.next = Some(Arc::new(match self.next.take() {
            Some(between) => Self::clone(&between).or(next),
            None => next,
        }));
        self
    }

    /// Has its files sent with this `Content-Security-Policy`.
    #[must_use]
    pub fn with_policy(mut self, policy: HeaderValue) -> Self {
        self.policy = policy;
        self
    }

    /// The file at `path`, as it stands in the request's target.
    pub(crate) async fn answer(&self, request: &Request, path: &str) -> Response {
        let Some(relative) = relative(path) else {
            debug!(peer = %request.head.peer, "the path of a file was refused");
            return missing();
        };
        let media_type = media_type::of(relative.to_str().unwrap_or_default());
        let root = Arc::clone(&self.root);
        let codings = preferred(request);
        // The kernel may have to wait for a disk.
        let found = match spawn_blocking(move || find_best(&root, &relative, &codings)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                if let Some(next) = &self.next {
                    return Box::pin(next.answer(request, path)).await;
                }
                debug!(%error, "no such file");
                return missing();
            }
            Err(error) => {
                warn!(%error, "a file cannot be looked for");
                return Problem::new(Status::INTERNAL_SERVER_ERROR).into();
            }
        };
        let (coding, varies) = (found.coding, found.varies);
        let validators = found.validators();
        let response = match validators.judge(request) {
            Verdict::Met => {
                let size = found.metadata.len();
                let wanted = validators.range(request, size);
                send(found.file, size, wanted, media_type).await
            }
            Verdict::Known => Response::empty(Status::NOT_MODIFIED),
            Verdict::Failed => Problem::new(Status::PRECONDITION_FAILED).into(),
        };
        if !matches!(
            response.status,
            Status::OK | Status::PARTIAL_CONTENT | Status::NOT_MODIFIED
        ) {
            return response;
        }
        let response = response
            .header("accept-ranges", const { HeaderValue::from_static("bytes") })
            .header(
                "cache-control",
                const { HeaderValue::from_static("no-cache") },
            )
            .header("content-security-policy", self.policy.clone());
        let fields = [
            ("etag", Some(validators.tag)),
            ("last-modified", validators.modified.and_then(date::format)),
            ("content-encoding", coding.map(str::to_owned)),
            ("vary", varies.then(|| "Accept-Encoding".to_owned())),
        ];
        fields
            .into_iter()
            .fold(response, |response, (name, value)| {
                match value.map(HeaderValue::try_from) {
                    Some(Ok(value)) => response.header(name, value),
                    _ => response,
                }
            })
    }
}

async fn send(file: File, size: u64, wanted: Wanted, media_type: &'static str) -> Response {
    let content_range = |range: String| HeaderValue::try_from(format!("bytes {range}/{size}"));
    let (response, range) = match wanted {
        Wanted::All => return file::send(file, 0, size, media_type).await,
        Wanted::Nothing => (
            Problem::new(Status::RANGE_NOT_SATISFIABLE).into(),
            content_range("*".to_owned()),
        ),
        Wanted::Part { first, last } => {
            let mut part = file::send(file, first, last - first + 1, media_type).await;
            if part.status == Status::OK {
                part.status = Status::PARTIAL_CONTENT;
            }
            (part, content_range(format!("{first}-{last}")))
        }
    };
    match range {
        Ok(range) => response.header("content-range", range),
        Err(_) => response,
    }
}

fn missing() -> Response {
    Problem::new(Status::NOT_FOUND)
        .with_detail("there is no such file")
        .into()
}

/// The path below the root, if every segment of it names something there. Each is decoded once; what
/// is a separator, a way up or hidden only after that is refused as well.
fn relative(path: &str) -> Option<PathBuf> {
    path.split('/')
        .map(|segment| {
            let name = percent_decode_str(segment).decode_utf8().ok()?;
            let plain = !name.is_empty()
                && !name.starts_with('.')
                && !name.contains(['/', '\\', '\0', ':']);
            plain.then(|| name.into_owned())
        })
        .collect()
}

/// The file, or the first variant of it in a coding that is taken.
fn find_best(root: &Path, relative: &Path, codings: &[(Coding, bool)]) -> io::Result<Found> {
    let mut plain = find(root, relative)?;
    for &(coding, taken) in codings {
        let mut name = relative.as_os_str().to_owned();
        name.push(coding.ending);
        let Ok(variant) = find(root, Path::new(&name)) else {
            continue;
        };
        plain.varies = true;
        if taken {
            return Ok(Found {
                coding: Some(coding.name),
                varies: true,
                ..variant
            });
        }
    }
    Ok(plain)
}

fn find(root: &Path, relative: &Path) -> io::Result<Found> {
    let file = below::open(root, relative)?;
    let metadata = file.metadata()?;
    Ok(Found {
        file,
        metadata,
        coding: None,
        varies: false,
    })
}

impl Found {
    /// They change with the coding, the size and the time of the last change.
    fn validators(&self) -> Validators {
        let modified = self.metadata.modified().ok();
        let since_1970 = |time: SystemTime| time.duration_since(UNIX_EPOCH).ok();
        let modified = modified.and_then(since_1970);
        let nanos = modified.unwrap_or_default().as_nanos();
        //= https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.1
        //# An origin server with a clock MUST NOT generate a Last-Modified date that is later than
        //# the server's time of message origination (Date, Section 6.6.1).
        let modified = modified.min(since_1970(SystemTime::now()));
        let coding = self.coding.map_or("", |coding| coding);
        Validators {
            tag: format!("\"{:x}-{nanos:x}{coding}\"", self.metadata.len()),
            modified: modified.map(|time| time.as_secs()),
        }
    }
}
