//! permessage-deflate.

use bytes::BytesMut;
use flate2::{Decompress, FlushDecompress, Status};
use ws_frame::{
    Assembler, DecodeError, Message, Role,
    deflate::{Deflater, Direction, Params, WindowBits},
};

use super::limits;

/// The key of what is written here for a server.
const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

struct Input<'a> {
    agreed: Params,
    role: Role,
    text: bool,
    /// How the payload is cut into frames, and the wire into reads.
    fragment: usize,
    read: usize,
    payload: &'a [u8],
}

impl<'a> Input<'a> {
    /// Flags (bit 0: we are the server, bit 1: context takeover, bit 2: text, upper four: window
    /// bits above 9), a size of fragments and a size of reads; the payload follows.
    fn new(data: &'a [u8]) -> Option<Self> {
        let (&[flags, fragment, read], payload) = data.split_first_chunk()?;
        let bits = 9 + (flags >> 4) % 7;
        let direction = Direction {
            context_takeover: flags & 2 != 0,
            window_bits: WindowBits::new(bits)?,
        };
        Some(Self {
            agreed: Params {
                server: direction,
                client: direction,
            },
            role: if flags & 1 == 0 {
                Role::Client
            } else {
                Role::Server
            },
            text: flags & 4 != 0,
            fragment: usize::from(fragment).max(1),
            read: usize::from(read).max(1),
            payload,
        })
    }

    fn assembler(&self) -> Assembler {
        Assembler::new(self.role, limits()).with_deflate(self.agreed)
    }

    /// The payload as two compressed messages, each in as many frames as the size makes.
    fn wire(&self) -> Vec<u8> {
        let mut wire = Vec::new();
        for _ in 0..2 {
            let mut first = if self.text { 0x41 } else { 0x42 };
            let mut rest = self.payload;
            loop {
                let (fragment, after) = rest.split_at(self.fragment.min(rest.len()).min(125));
                rest = after;
                let fin = if rest.is_empty() { 0x80 } else { 0 };
                let len = u8::try_from(fragment.len()).expect("at most 125");
                wire.push(fin | first);
                first = 0x00;
                match self.role {
                    Role::Client => {
                        wire.push(len);
                        wire.extend_from_slice(fragment);
                    }
                    Role::Server => {
                        wire.push(0x80 | len);
                        wire.extend_from_slice(&KEY);
                        wire.extend(fragment.iter().zip(KEY.iter().cycle()).map(|(b, k)| b ^ k));
                    }
                }
                if rest.is_empty() {
                    break;
                }
            }
        }
        wire
    }
}

/// The messages in `wire` as it is read in pieces of `read` bytes.
fn messages(
    mut assembler: Assembler,
    wire: &[u8],
    read: usize,
) -> (Vec<(bool, Vec<u8>)>, Option<DecodeError>) {
    let (mut src, mut out) = (BytesMut::new(), Vec::new());
    for piece in wire.chunks(read) {
        src.extend_from_slice(piece);
        loop {
            match assembler.decode(&mut src) {
                Ok(Some(Message::Text(text))) => out.push((true, text.as_str().into())),
                Ok(Some(Message::Binary(bytes))) => out.push((false, bytes.to_vec())),
                Ok(Some(other)) => panic!("{other:?} was not sent"),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(assembler.decode(&mut src), Err(error), "an error repeats");
                    return (out, Some(error));
                }
            }
        }
    }
    (out, None)
}

/// The two messages as zlib inflates each at once; fewer if something is wrong.
fn naive(input: &Input<'_>) -> Vec<(bool, Vec<u8>)> {
    let (mut stream, mut out) = (Decompress::new(false), Vec::new());
    let frames = input.payload.chunks(input.fragment.min(125)).count();
    if frames > limits().max_fragments || input.payload.len() > limits().max_message {
        return out;
    }
    for _ in 0..2 {
        // No DEFLATE stream, but an empty message.
        if input.payload.is_empty() {
            out.push((input.text, Vec::new()));
            continue;
        }
        let takeover = input.agreed.server.context_takeover;
        let Some((message, ended)) = inflate(&mut stream, input.payload, takeover) else {
            break;
        };
        if input.text && std::str::from_utf8(&message).is_err() {
            break;
        }
        out.push((input.text, message));
        if ended || !takeover {
            stream.reset(false);
        }
    }
    out
}

/// What a message inflates to, and whether a final block ended it. Without takeover one has to, an
/// empty one of ours if none came before.
fn inflate(stream: &mut Decompress, payload: &[u8], takeover: bool) -> Option<(Vec<u8>, bool)> {
    let last: &[u8] = if takeover { &[] } else { &[0x03, 0x00] };
    let whole = [payload, &[0x00, 0x00, 0xFF, 0xFF], last].concat();
    let mut out = Vec::with_capacity(limits().max_message + 1);
    let before = stream.total_in();
    let status = stream.decompress_vec(&whole, &mut out, FlushDecompress::Sync);
    let ended = status.ok()? == Status::StreamEnd;
    let read = usize::try_from(stream.total_in() - before).ok()?;
    let complete = ended || (takeover && read == whole.len());
    (complete && out.len() <= limits().max_message).then_some((out, ended))
}

/// Arbitrary bytes inflate to what zlib makes of them, within the limit and however they are
/// chunked, and what was compressed inflates to what it was.
///
/// # Panics
/// If a promise is broken.
pub fn deflate(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let wire = input.wire();
    let whole = messages(input.assembler(), &wire, wire.len());
    let chunked = messages(input.assembler(), &wire, input.read);
    // Which of two faults is found first may depend on where a read ends, what came before not.
    assert_eq!(chunked.0, whole.0, "in reads of {}", input.read);
    assert_eq!(chunked.1.is_some(), whole.1.is_some());
    let expected = naive(&input);
    assert_eq!(whole.1.is_some(), expected.len() < 2, "{:?}", whole.1);
    assert_eq!(whole.0, expected, "as zlib does it at once");

    let mut deflater = Deflater::new(input.agreed.server, 1);
    let mut sent = BytesMut::new();
    let payload = input
        .payload
        .get(..limits().max_frame / 2)
        .unwrap_or(input.payload);
    for part in [payload, payload, &[]] {
        let message = Message::Binary(part);
        match input.role {
            Role::Client => deflater.encode(message, &mut sent),
            Role::Server => deflater.encode_masked(message, KEY, &mut sent),
        }
        .expect("a data message");
    }
    let (received, error) = messages(input.assembler(), &sent, input.read);
    assert_eq!(error, None);
    let expected = [payload, payload, &[]].map(|part| (false, part.to_vec()));
    assert_eq!(received, expected, "compressed and inflated");
}
