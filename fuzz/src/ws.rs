//! `ws-frame`: framing, assembling, compression and the opening handshake.
//!
//! Inputs of `ws_decode` and `ws_assemble` start with three bytes: flags (bit 0: we are the server, bit 1: RSV1 is
//! negotiated) and two sizes of chunks, which alternate. The wire follows.

mod deflate;
mod frames;
mod messages;
mod naive;
mod opening;

use ws_frame::{Limits, Role};

pub use deflate::deflate;
pub use frames::decode;
pub use messages::assemble;
pub use opening::handshake;

/// Small, so that inputs get over them.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_frame = 300;
    limits.max_message = 500;
    limits.max_fragments = 5;
    limits
}

/// The most that may stay in the buffer: a head, and a payload within the limit that is not whole.
const MAX_KEPT: usize = 14 + 300;

struct Input<'a> {
    role: Role,
    rsv1: bool,
    sizes: [usize; 2],
    wire: &'a [u8],
}

impl<'a> Input<'a> {
    fn new(data: &'a [u8]) -> Option<Self> {
        let (&[flags, a, b], wire) = data.split_first_chunk()?;
        let role = if flags & 1 == 0 {
            Role::Client
        } else {
            Role::Server
        };
        let sizes = [usize::from(a).max(1), usize::from(b).max(1)];
        Some(Self {
            role,
            rsv1: flags & 2 != 0,
            sizes,
            wire,
        })
    }

    /// The wire in chunks of the sizes.
    fn chunks(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.wire;
        self.sizes.into_iter().cycle().map_while(move |size| {
            let (chunk, after) = rest.split_at(size.min(rest.len()));
            rest = after;
            (!chunk.is_empty()).then_some(chunk)
        })
    }
}
