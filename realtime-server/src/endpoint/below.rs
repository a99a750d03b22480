use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    path::{Component, Path},
};

use rustix::{
    fd::OwnedFd,
    fs::{CWD, Mode, OFlags, openat},
};

/// Opens the regular file at `relative` below `root`, which is a path without links.
///
/// Links inside are followed, but none that leads out. Where they lead can change while it is looked
/// at, and so can every folder on the way; therefore the way that was found is gone step by step,
/// and nothing on it may be a link any more.
pub(super) fn open(root: &Path, relative: &Path) -> io::Result<File> {
    let real = fs::canonicalize(root.join(relative))?;
    let inside = real.strip_prefix(root);
    let file = walk(
        root,
        inside.map_err(|_outside| io::ErrorKind::PermissionDenied)?,
    )?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Goes from folder to folder; the last step is a file, which is not waited for if it is a pipe.
fn walk(root: &Path, inside: &Path) -> io::Result<File> {
    let folder = OFlags::DIRECTORY | OFlags::CLOEXEC | SEARCH;
    let mut at = openat(CWD, root, folder, Mode::empty())?;
    let mut steps = inside.components().peekable();
    while let Some(step) = steps.next() {
        let Component::Normal(name) = step else { break };
        if steps.peek().is_some() {
            at = go(&at, name, folder)?;
            continue;
        }
        let file = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        return Ok(go(&at, name, file)?.into());
    }
    Err(io::ErrorKind::InvalidInput.into())
}

fn go(at: &OwnedFd, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    Ok(openat(at, name, flags | OFlags::NOFOLLOW, Mode::empty())?)
}

/// A folder has to be searched, not read.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEARCH: OFlags = OFlags::RDONLY;

#[cfg(test)]
mod tests {
    use std::{env, io::Read, os::unix::fs::symlink, process};

    use super::*;

    /// What was no link when it was looked at, and is one now.
    #[test]
    fn no_link_is_followed_on_the_way() -> io::Result<()> {
        let root = env::temp_dir().join(format!("realtime-server-below-{}", process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("public/deep"))?;
        fs::write(root.join("secret"), "secret")?;
        fs::write(root.join("public/deep/file"), "file")?;
        symlink(&root, root.join("public/up"))?;
        symlink(root.join("secret"), root.join("public/deep/link"))?;
        symlink("deep", root.join("public/inside"))?;
        let public = root.join("public");
        let read = |path: &str| {
            let mut text = String::new();
            walk(&public, Path::new(path))?.read_to_string(&mut text)?;
            io::Result::Ok(text)
        };
        assert_eq!(read("deep/file")?, "file");
        for path in ["up/secret", "deep/link", "inside/file", "../secret", ""] {
            assert!(read(path).is_err(), "{path}");
        }
        assert!(open(&fs::canonicalize(&public)?, Path::new("inside/file")).is_ok());
        fs::remove_dir_all(root)
    }
}
