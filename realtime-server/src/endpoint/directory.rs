use std::{
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;
use tracing::{debug, warn};

use super::{assets::is_known, file, media_type};
use crate::http::{HeaderValue, Problem, Request, Response, Status};

/// The files below a directory, for [`ServerBuilder::directory`](crate::server::ServerBuilder::directory).
///
/// Only regular files inside it are served: names that begin with a dot are hidden, links that lead
/// out of it are not followed, and there is no listing. Small files are sent whole, larger ones in
/// pieces, so that a request never holds more than 64 KiB. A clone is the same directory.
///
/// What a client knows by the file's tag is answered with 304; ranges are not served.
#[derive(Clone, Debug)]
pub struct Directory {
    root: Arc<Path>,
}

/// An open file and what there is to know of it.
struct Found {
    file: File,
    metadata: Metadata,
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
        Ok(Self { root: root.into() })
    }

    /// The file at `path`, as it stands in the request's target.
    pub(crate) async fn answer(&self, request: &Request, path: &str) -> Response {
        let Some(relative) = relative(path) else {
            debug!(peer = %request.head.peer, "the path of a file was refused");
            return missing();
        };
        let media_type = media_type::of(relative.to_str().unwrap_or_default());
        let root = Arc::clone(&self.root);
        // The kernel may have to wait for a disk.
        let found = match spawn_blocking(move || find(&root, &relative)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                debug!(%error, "no such file");
                return missing();
            }
            Err(error) => {
                warn!(%error, "a file cannot be looked for");
                return Problem::new(Status::INTERNAL_SERVER_ERROR).into();
            }
        };
        let tag = tag(&found.metadata);
        let response = if is_known(request, &tag) {
            Response::empty(Status::NOT_MODIFIED)
        } else {
            file::send(found.file, found.metadata.len(), media_type).await
        };
        match HeaderValue::try_from(tag) {
            Ok(tag) => response.header("etag", tag),
            Err(_) => response,
        }
        .header(
            "cache-control",
            const { HeaderValue::from_static("no-cache") },
        )
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

fn find(root: &Path, relative: &Path) -> io::Result<Found> {
    // A link may lead anywhere; where it really leads must be inside.
    let real = fs::canonicalize(root.join(relative))?;
    if !real.starts_with(root) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // Looked at before it is opened, because opening a pipe would wait for its other end.
    if !fs::metadata(&real)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = File::open(&real)?;
    let metadata = file.metadata()?;
    Ok(Found { file, metadata })
}

/// A validator that changes with the size and the time of the last change.
fn tag(metadata: &Metadata) -> String {
    let changed = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    format!("\"{:x}-{:x}\"", metadata.len(), changed.as_nanos())
}
