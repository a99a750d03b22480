use std::io::{self, Read};

use bytes::BytesMut;

use crate::{config::HttpConfig, http::ChunkedDecoder};

/// How much is read at once.
const READ: usize = 16 * 1024;

/// Where the body of an answer ends.
#[derive(Debug)]
pub(super) enum Length {
    /// Where its last chunk does.
    Chunked(ChunkedDecoder),
    /// After so many bytes.
    Known(u64),
    /// Where the connection does.
    Close,
}

/// The body of an answer, without its framing.
#[derive(Debug)]
pub(super) struct Body<R> {
    source: R,
    /// Read and not yet passed on.
    wire: BytesMut,
    length: Length,
}

impl Length {
    pub(super) fn chunked() -> Self {
        Self::Chunked(ChunkedDecoder::new(usize::MAX, &HttpConfig::default()))
    }
}

impl<R: Read> Body<R> {
    /// The body that begins with `wire` and goes on in `source`.
    pub(super) fn new(source: R, wire: BytesMut, length: Length) -> Self {
        Self {
            source,
            wire,
            length,
        }
    }

    /// Appends what comes next to `dst`, after waiting for it; false at the end.
    pub(super) fn read(&mut self, dst: &mut BytesMut) -> io::Result<bool> {
        let before = dst.len();
        loop {
            let ended = match &mut self.length {
                Length::Chunked(decoder) => decoder
                    .decode(&mut self.wire, dst)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?,
                Length::Known(left) => {
                    let most = usize::try_from(*left).unwrap_or(usize::MAX);
                    let part = self.wire.split_to(self.wire.len().min(most));
                    *left -= part.len() as u64;
                    dst.extend_from_slice(&part);
                    *left == 0
                }
                Length::Close => {
                    dst.extend_from_slice(&self.wire.split());
                    false
                }
            };
            if ended || dst.len() > before {
                return Ok(dst.len() > before);
            }
            let read = fill(&mut self.source, &mut self.wire)?;
            if read == 0 {
                return match self.length {
                    Length::Close => Ok(false),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }
}

/// Appends what there is to `dst`, after waiting for it; says how much, 0 at the end.
pub(super) fn fill(source: &mut impl Read, dst: &mut BytesMut) -> io::Result<usize> {
    let start = dst.len();
    dst.resize(start + READ, 0);
    let read = source.read(dst.get_mut(start..).unwrap_or_default());
    dst.truncate(start + *read.as_ref().unwrap_or(&0));
    read
}
