use rlimit::{INFINITY, Resource, getrlimit, increase_nofile_limit};
use tracing::warn;

/// Files that are kept for everything but connections: listeners, logs, files that are sent, and
/// clients that are turned away.
const RESERVE: u64 = 200;

/// Has as many files as the system allows.
pub(super) fn raise_limit() {
    if let Err(error) = increase_nofile_limit(INFINITY) {
        warn!(%error, "the limit of open files stays as it is");
    }
}

/// As many connections as there are wanted and can be.
pub(super) fn room_for(connections: usize) -> usize {
    let Ok((files, _)) = getrlimit(Resource::NOFILE) else {
        return connections;
    };
    let room = room(files);
    if room < connections {
        warn!(
            connections = room,
            files, "the limit of open files allows fewer connections than were asked for"
        );
    }
    connections.min(room)
}

/// The reserve is at most an eighth.
fn room(files: u64) -> usize {
    usize::try_from(files - RESERVE.min(files / 8)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_kept_of_few_files_and_of_many() {
        for (files, connections) in [(0, 0), (64, 56), (1024, 896), (1600, 1400), (1700, 1500)] {
            assert_eq!(room(files), connections, "{files}");
        }
    }
}
