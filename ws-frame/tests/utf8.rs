//! The incremental validator against std: same verdict, and at the first byte that decides it.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod collect;
mod wire;

use collect::{Item, assemble};
use proptest::prelude::*;
use wire::frame;
use ws_frame::{DecodeError, Limits, Role};

const INVALID: Item = Item::Failed(DecodeError::InvalidUtf8);

/// How many bytes of `text` it takes to see that nothing could make it UTF-8; `None` if std says
/// that it is, or could become, UTF-8.
fn hopeless_after(text: &[u8]) -> Option<usize> {
    (0..=text.len()).find(|&end| {
        std::str::from_utf8(&text[..end]).is_err_and(|error| error.error_len().is_some())
    })
}

/// A text message of `text`, cut into frames at `cuts`.
fn message(role: Role, text: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut bounds: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    bounds.extend([0, text.len()]);
    bounds.sort_unstable();
    let last = bounds.len() - 2;
    let pieces = bounds.windows(2).enumerate();
    pieces
        .flat_map(|(index, bound)| {
            let fin = if index == last { 0x80 } else { 0 };
            let opcode = u8::from(index == 0);
            frame(role, fin | opcode, &text[bound[0]..bound[1]])
        })
        .collect()
}

fn check(role: Role, text: &[u8], cuts: &[usize], chunk: usize) {
    let wire = message(role, text, cuts);
    let expected = match std::str::from_utf8(text) {
        Ok(text) => Item::Text(text.to_owned()),
        Err(_) => INVALID,
    };
    let items = assemble(role, Limits::default(), wire.chunks(chunk));
    assert_eq!(
        items,
        [expected],
        "{text:x?} cut at {cuts:?} in chunks of {chunk}"
    );
}

/// Bytes at the borders of what the table of well-formed sequences allows.
const BORDERS: [u8; 22] = [
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
    0xEE, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
];

#[test]
fn three_border_bytes_get_the_verdict_of_std_in_every_split() {
    for a in BORDERS {
        for b in BORDERS {
            for c in BORDERS {
                let text = [a, b, c];
                check(Role::Client, &text, &[], 1);
                check(Role::Client, &text, &[1, 2], 99);
                check(Role::Server, &text, &[], 99);
                check(Role::Server, &text, &[1], 1);
            }
        }
    }
}

#[test]
fn four_bytes_after_each_lead_get_the_verdict_of_std() {
    for lead in 0xEF..=0xF8 {
        for second in [0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0] {
            for third in [0x7F, 0x80, 0xBF, 0xC0] {
                for fourth in [0x41, 0x80, 0xBF, 0xFF] {
                    check(Role::Server, &[lead, second, third, fourth], &[2], 1);
                    check(Role::Server, &[b'a', lead, second, third, fourth], &[], 3);
                }
            }
        }
    }
}

#[test]
fn hopeless_text_is_refused_at_the_byte_that_makes_it_so() {
    let texts: [&[u8]; 9] = [
        b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xF4\x90\x80\x80edited",
        b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited",
        b"abc\xC0\xAF rest of the text",
        b"abc\xE0\x9F\xBF rest of the text",
        b"abc\xF0\x8F\xBF\xBF rest of the text",
        b"abc\xF5 rest of the text",
        b"abc\x80 rest of the text",
        b"\xE2\x82\x28 rest of the text",
        b"0123456789abcdef0123456789abcdef\xFF rest of the text",
    ];
    for text in texts {
        let decisive = hopeless_after(text).unwrap_or(0);
        assert!(decisive > 0, "{text:x?} is hopeless");
        for role in [Role::Client, Role::Server] {
            let wire = message(role, text, &[]);
            let head = wire.len() - text.len();
            let before = &wire[..head + decisive - 1];
            assert_eq!(assemble(role, Limits::default(), before.chunks(1)), []);
            let after = &wire[..head + decisive];
            assert_eq!(
                assemble(role, Limits::default(), after.chunks(1)),
                [INVALID]
            );
            assert_eq!(assemble(role, Limits::default(), [after]), [INVALID]);
        }
    }
}

/// Valid text that an edit may have spoilt.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    (
        "\\PC{0,40}",
        prop::option::of((any::<usize>(), any::<u8>())),
    )
        .prop_map(|(text, edit)| {
            let mut bytes = text.into_bytes();
            if let (Some((at, byte)), false) = (edit, bytes.is_empty()) {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            bytes
        })
}

proptest! {
    #[test]
    fn any_text_gets_the_verdict_of_std(
        text in prop_oneof![hostile(), prop::collection::vec(any::<u8>(), 0..24)],
        cuts in prop::collection::vec(any::<usize>(), 0..4),
        chunk in 1..40_usize,
        server in any::<bool>(),
    ) {
        check(if server { Role::Server } else { Role::Client }, &text, &cuts, chunk);
    }
}
