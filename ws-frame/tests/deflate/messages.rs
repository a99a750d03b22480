//! What compressed messages are on the wire, and what is refused (RFC 7692 sections 6 and 7.2).

use bytes::BytesMut;
use ws_frame::{
    Assembler, DecodeError, Limits, Message, Role,
    deflate::{Deflater, Direction, Params, WindowBits},
};

use crate::{
    collect::{Item, assemble, items},
    wire::{KEY, frame},
};

fn both(context_takeover: bool, window_bits: u8) -> Params {
    let direction = Direction {
        context_takeover,
        window_bits: WindowBits::new(window_bits).unwrap(),
    };
    Params {
        server: direction,
        client: direction,
    }
}

/// What comes out of `pieces`, a failure last.
fn inflate<'a>(
    role: Role,
    agreed: Params,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Item> {
    items(Assembler::new(role, limits).with_deflate(agreed), pieces)
}

/// What a client makes of the frames of a server.
fn receive(agreed: Params, wire: &[u8]) -> Vec<Item> {
    let whole = inflate(Role::Client, agreed, Limits::default(), [wire]);
    for size in 1..wire.len().min(40) {
        let chunked = inflate(Role::Client, agreed, Limits::default(), wire.chunks(size));
        assert_eq!(chunked, whole, "in chunks of {size}");
    }
    whole
}

fn text(text: &str) -> Item {
    Item::Text(text.to_owned())
}

/// Bytes that do not compress.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    })
    .take(len)
    .collect()
}

#[test]
fn examples_of_the_rfc_are_read() {
    let hello: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
    for (wire, expected) in [
        // Section 7.2.3.1, in one frame and in two.
        ([b"\xc1\x07", hello].concat(), vec![text("Hello")]),
        (
            b"\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00".to_vec(),
            vec![text("Hello")],
        ),
        // Section 7.2.3.2: the second message refers to the first.
        (
            [b"\xc1\x07", hello, b"\xc1\x05\xf2\x00\x11\x00\x00"].concat(),
            vec![text("Hello"), text("Hello")],
        ),
        // Section 7.2.3.3: a block without compression.
        (
            b"\xc1\x0b\x00\x05\x00\xfa\xffHello\x00".to_vec(),
            vec![text("Hello")],
        ),
        // Section 7.2.3.4: a final block; the next message starts anew.
        (
            [b"\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00\xc1\x07", hello].concat(),
            vec![text("Hello"), text("Hello")],
        ),
        // Section 7.2.3.5: two blocks.
        (
            b"\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00".to_vec(),
            vec![text("Hello")],
        ),
        // Section 7.2.3.6: an empty message, and one that ends in an empty frame.
        (b"\xc1\x01\x00".to_vec(), vec![text("")]),
        (
            [b"\x41\x07", hello, b"\x80\x00"].concat(),
            vec![text("Hello")],
        ),
        // A message that is not compressed, and a control frame inside one that is.
        (
            b"\x81\x02hi\x41\x03\xf2\x48\xcd\x89\x01?\x80\x04\xc9\xc9\x07\x00".to_vec(),
            vec![text("hi"), Item::Ping(b"?".to_vec()), text("Hello")],
        ),
    ] {
        assert_eq!(receive(both(true, 15), &wire), expected, "{wire:02x?}");
    }
}

#[test]
fn hello_is_sent_as_in_the_rfc() {
    let mut deflater = Deflater::new(both(true, 15).server, 0);
    let mut wire = BytesMut::new();
    deflater.encode(Message::text("Hello"), &mut wire).unwrap();
    assert_eq!(&wire[..], b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00");
}

#[test]
fn a_message_refers_to_the_last_one_only_with_takeover() {
    let message = Message::Text("a text that is said more than once".into());
    let mut lens = Vec::new();
    for takeover in [true, false] {
        let agreed = both(takeover, 15);
        let mut deflater = Deflater::new(agreed.server, 1);
        let first = deflater.to_bytes(message).unwrap();
        let second = deflater.to_bytes(message).unwrap();
        assert_eq!(first == second, !takeover);
        lens.push(second.len());
        let expected = vec![Item::from(message); 2];
        assert_eq!(receive(agreed, &[first, second].concat()), expected);
    }
    assert!(lens[0] < lens[1] / 2, "{lens:?}");
}

#[test]
fn messages_survive_every_window_in_both_directions() {
    // Repeats near and far.
    let payload = [noise(700), noise(700), noise(40_000), noise(40_000)].concat();
    for bits in 9..=15 {
        for takeover in [true, false] {
            let agreed = both(takeover, bits);
            for role in [Role::Client, Role::Server] {
                let mut deflater = Deflater::new(agreed.server, 1);
                let mut wire = BytesMut::new();
                for message in [&payload[..], &[], &payload[..1000]] {
                    let message = Message::Binary(message);
                    match role {
                        Role::Client => deflater.encode(message, &mut wire).unwrap(),
                        Role::Server => deflater.encode_masked(message, KEY, &mut wire).unwrap(),
                    }
                }
                let expected = [
                    Item::Binary(payload.clone()),
                    Item::Binary(vec![]),
                    Item::Binary(payload[..1000].to_vec()),
                ];
                let limits = Limits::default();
                assert_eq!(inflate(role, agreed, limits, wire.chunks(999)), expected);
            }
        }
    }
}

#[test]
fn the_end_is_flushed_once_whatever_room_there_was() {
    let noise = noise(600);
    for takeover in [true, false] {
        let agreed = both(takeover, 15);
        let mut deflater = Deflater::new(agreed.server, 1);
        let mut client = Assembler::new(Role::Client, Limits::default()).with_deflate(agreed);
        let mut wire = BytesMut::new();
        for len in 0..noise.len() {
            let message = Message::Binary(&noise[..len]);
            deflater.encode(message, &mut wire).unwrap();
            // A second flush would leave its mark behind that of the first.
            assert!(!wire.ends_with(b"\x00\x00\xff\xff\x00"), "{len}");
            assert_eq!(client.decode(&mut wire), Ok(Some(message)));
            assert_eq!(client.decode(&mut wire), Ok(None));
        }
    }
}

#[test]
fn what_compression_does_not_help_is_sent_as_it_is() {
    let noise = noise(1000);
    let mut deflater = Deflater::new(Direction::default(), 10);
    let mut first = |message| deflater.to_bytes(message).unwrap()[0];
    assert_eq!(
        first(Message::text("aaaaaaaaa")),
        0x81,
        "below the threshold"
    );
    assert_eq!(first(Message::text("aaaaaaaaaa")), 0xC1, "at the threshold");
    assert_eq!(first(Message::Binary(&noise)), 0x82, "noise");
    assert_eq!(first(Message::Ping(b"aaaaaaaaaaaaaaaaaaaa")), 0x89);
    assert_eq!(first(Message::Pong(b"aaaaaaaaaaaaaaaaaaaa")), 0x8A);
    assert_eq!(first(Message::Close(None)), 0x88);
    let mut deflater = Deflater::new(Direction::default(), 0);
    assert_eq!(deflater.to_bytes(Message::text("")).unwrap()[..], [0x81, 0]);
}

#[test]
fn broadcast_is_compressed_once_for_every_connection() {
    let payload = "a broadcast, a broadcast, a broadcast".repeat(20);
    let window = WindowBits::new(9).unwrap();
    let mut deflater = Deflater::new(
        Direction {
            context_takeover: false,
            window_bits: window,
        },
        1,
    );
    let shared = deflater.to_bytes(Message::text(&payload)).unwrap();
    for bits in 9..=15 {
        assert_eq!(receive(both(false, bits), &shared), [text(&payload)]);
    }
}

//= https://www.rfc-editor.org/rfc/rfc7692#section-6
//# An endpoint MUST NOT set the "Per-Message Compressed" bit of control
//# frames and non-first fragments of a data message.
#[test]
fn rsv1_belongs_on_the_first_frame_of_a_message() {
    for (wire, bits) in [
        (&b"\xc9\x00"[..], 4),
        (b"\xca\x00", 4),
        (b"\xc8\x00", 4),
        (b"\x41\x03\xf2\x48\xcd\xc0\x04\xc9\xc9\x07\x00", 4),
        (b"\x01\x01a\xc0\x01b", 4),
        (b"\xe1\x00", 6),
        (b"\xd1\x00", 5),
    ] {
        let failed = receive(both(true, 15), wire);
        let error = DecodeError::ReservedBits { bits };
        assert_eq!(failed, [Item::Failed(error)], "{wire:02x?}");
        assert_eq!(error.close_code().as_u16(), 1002);
    }
}

#[test]
fn rsv1_means_nothing_without_agreement() {
    let wire = b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00";
    let failed = [Item::Failed(DecodeError::ReservedBits { bits: 4 })];
    assert_eq!(
        assemble(Role::Client, Limits::default(), [&wire[..]]),
        failed
    );
}

#[test]
fn what_does_not_inflate_is_refused() {
    for payload in [
        // A block of the type that is none; one without compression and with a wrong check.
        &b"\x07"[..],
        b"\x00\x05\x00\x05\x00Hello\x00",
        // A reference to before the beginning.
        b"\xf2\x00\x11\x00\x00",
    ] {
        let wire = frame(Role::Client, 0xC2, payload);
        let failed = receive(both(true, 15), &wire);
        let error = DecodeError::InvalidDeflate;
        assert_eq!(failed, [Item::Failed(error)], "{payload:02x?}");
        assert_eq!(error.close_code().as_u16(), 1007);
    }
}

#[test]
fn a_final_block_ends_a_message_however_short() {
    // This is known to have made an implementation spin.
    let items = receive(both(true, 15), b"\xc2\x02\x03\x80\x82\x01a");
    assert_eq!(items, [Item::Binary(vec![]), Item::Binary(b"a".to_vec())]);
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let limit = 1 << 20;
    let mut limits = Limits::default();
    limits.max_message = limit;
    let mut deflater = Deflater::new(Direction::default(), 1);
    let mut bomb = |len: usize| {
        let zeros = vec![0; len];
        deflater.to_bytes(Message::Binary(&zeros)).unwrap()
    };
    let agreed = Params::default();
    for len in [limit - 1, limit] {
        let items = inflate(Role::Client, agreed, limits, bomb(len).chunks(512));
        assert_eq!(items, [Item::Binary(vec![0; len])]);
    }
    for len in [limit + 1, 10 << 20] {
        let wire = bomb(len);
        assert!(wire.len() < limit / 2);
        let failed = [Item::Failed(DecodeError::MessageTooLarge { limit })];
        assert_eq!(inflate(Role::Client, agreed, limits, [&*wire]), failed);
        assert_eq!(
            inflate(Role::Client, agreed, limits, wire.chunks(100)),
            failed
        );
    }
}

#[test]
fn a_bomb_fails_before_the_rest_of_it_arrives() {
    let mut limits = Limits::default();
    limits.max_message = 100_000;
    let mut deflater = Deflater::new(Direction::default(), 1);
    let bomb = deflater
        .to_bytes(Message::Binary(&vec![0; 10 << 20]))
        .unwrap();
    let limit = limits.max_message;
    let items = inflate(Role::Client, Params::default(), limits, [&bomb[..1000]]);
    assert_eq!(
        items,
        [Item::Failed(DecodeError::MessageTooLarge { limit })]
    );
}

#[test]
fn limits_hold_on_the_wire_too() {
    let mut limits = Limits::default();
    limits.max_message = 10;
    let wire = frame(Role::Client, 0xC2, &[0; 11]);
    let items = inflate(Role::Client, Params::default(), limits, [&wire[..2]]);
    let error = DecodeError::MessageTooLarge { limit: 10 };
    assert_eq!(items, [Item::Failed(error)]);
}

#[test]
fn a_limit_of_one_byte_lets_the_empty_message_through() {
    let mut limits = Limits::default();
    limits.max_message = 1;
    let empty = &b"\xc2\x01\x00"[..];
    let items = inflate(Role::Client, Params::default(), limits, [empty]);
    assert_eq!(items, [Item::Binary(vec![])]);
}

#[test]
fn compressed_text_is_validated_as_it_arrives() {
    let mut bytes = vec![b'a'; 200];
    bytes.extend(b"\xF4\x90");
    bytes.extend(noise(20_000));
    let mut deflater = Deflater::new(Direction::default(), 1);
    let mut wire = BytesMut::new();
    deflater.encode(Message::Binary(&bytes), &mut wire).unwrap();
    // The same frame as text: noise does not compress, but the deflater sent it so that it may be.
    let (head, stored) = wire.split_at(4);
    assert_eq!(head[0], 0x82, "sent as it is");
    let mut payload = vec![0x00];
    payload.extend(u16::try_from(stored.len()).unwrap().to_le_bytes());
    payload.extend((!u16::try_from(stored.len()).unwrap()).to_le_bytes());
    payload.extend(stored);
    payload.push(0x00);
    let wire = frame(Role::Server, 0xC1, &payload);
    let failed = [Item::Failed(DecodeError::InvalidUtf8)];
    let limits = Limits::default();
    let start = wire.len() - payload.len() + 5;
    let agreed = Params::default();
    for (end, expected) in [(start + 201, &[][..]), (start + 202, &failed[..])] {
        let items = inflate(Role::Server, agreed, limits, [&wire[..end]]);
        assert_eq!(items, expected, "{end}");
    }
}

#[test]
fn compressed_text_may_not_end_within_a_character() {
    let payload = b"\x00\x02\x00\xfd\xff\xc3\xa9\x00";
    let whole = frame(Role::Client, 0xC1, payload);
    assert_eq!(receive(Params::default(), &whole), [text("é")]);
    let cut = frame(Role::Client, 0xC1, b"\x00\x01\x00\xfe\xff\xc3\x00");
    let failed = [Item::Failed(DecodeError::InvalidUtf8)];
    assert_eq!(receive(Params::default(), &cut), failed);
}

#[test]
fn a_message_that_is_cut_off_is_refused_without_takeover() {
    let payload = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
    for len in 1..payload.len() - 1 {
        let cut = frame(Role::Client, 0xC1, &payload[..len]);
        let items = receive(both(false, 15), &cut);
        let failed = [Item::Failed(DecodeError::InvalidDeflate)];
        assert_eq!(items, failed, "{len} bytes");
    }
    // In a stored block, and between the halves of its length.
    for payload in [&b"\x00\x05\x00\xfa\xffHe"[..], b"\x00\x05\x00"] {
        let cut = frame(Role::Client, 0xC2, payload);
        let failed = [Item::Failed(DecodeError::InvalidDeflate)];
        assert_eq!(receive(both(false, 15), &cut), failed, "{payload:02x?}");
    }
}

#[test]
fn nothing_at_all_is_an_empty_message() {
    for takeover in [false, true] {
        // "Hello", nothing in one frame and in two, and "Hello" again.
        let hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
        let wire = [
            &[0xC1, 0x07][..],
            &hello,
            &[0xC1, 0x00, 0x41, 0x00, 0x80, 0x00],
            &[0xC1, 0x07],
            &hello,
        ]
        .concat();
        let expected = ["Hello", "", "", "Hello"].map(text);
        assert_eq!(receive(both(takeover, 15), &wire), expected, "{takeover}");
    }
}

#[test]
fn references_beyond_the_agreed_window_are_taken_however_they_arrive() {
    let payload = [noise(700), noise(700)].concat();
    let mut deflater = Deflater::new(both(true, 15).server, 1);
    let wire = deflater.to_bytes(Message::Binary(&payload)).unwrap();
    assert!(wire.len() < 1000, "the repetition was seen");
    for takeover in [true, false] {
        // Holds every size of pieces against the whole.
        let items = receive(both(takeover, 9), &wire);
        assert_eq!(items, [Item::Binary(payload.clone())]);
    }
    // From one message to the next.
    let again = deflater.to_bytes(Message::Binary(&payload)).unwrap();
    let items = receive(both(true, 9), &[wire, again].concat());
    assert_eq!(items, vec![Item::Binary(payload); 2]);
}

#[test]
fn stream_may_not_end_within_a_compressed_message() {
    let mut src = BytesMut::from(&b"\x41\x03\xf2\x48\xcd"[..]);
    let mut client = Assembler::new(Role::Client, Limits::default()).with_deflate(both(true, 15));
    assert_eq!(client.decode(&mut src), Ok(None));
    assert_eq!(client.finish(&src), Err(DecodeError::UnexpectedEnd));
    src.extend_from_slice(b"\x80\x04\xc9\xc9\x07\x00");
    assert_eq!(client.decode(&mut src), Ok(Some(Message::text("Hello"))));
    assert_eq!(client.decode(&mut src), Ok(None));
    assert_eq!(client.finish(&src), Ok(()));
}
