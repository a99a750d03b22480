//! Whatever is compressed, in whatever chunks it arrives, comes out as it was.

use bytes::BytesMut;
use proptest::prelude::*;
use ws_frame::{
    Assembler, Frame, Limits, Message, Opcode, Role,
    deflate::{Deflater, Direction, Params, WindowBits},
};

use crate::{
    collect::{Item, items},
    wire::KEY,
};

fn params() -> impl Strategy<Value = Params> {
    let direction = || {
        (any::<bool>(), 9..=15_u8).prop_map(|(context_takeover, bits)| Direction {
            context_takeover,
            window_bits: WindowBits::new(bits).expect("in range"),
        })
    };
    (direction(), direction()).prop_map(|(server, client)| Params { server, client })
}

fn item() -> impl Strategy<Value = Item> {
    prop_oneof![
        "[a-c]{0,300}".prop_map(Item::Text),
        "\\PC{0,100}".prop_map(Item::Text),
        prop::collection::vec(0..4_u8, 0..2000).prop_map(Item::Binary),
        prop::collection::vec(any::<u8>(), 0..2000).prop_map(Item::Binary),
        prop::collection::vec(any::<u8>(), 0..125).prop_map(Item::Ping),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn messages_arrive_as_they_were_sent(
        agreed in params(),
        sent in prop::collection::vec(item(), 1..8),
        threshold in prop_oneof![Just(0_usize), 0..500_usize],
        chunk in prop_oneof![1..20_usize, 1..3000_usize],
        server in any::<bool>(),
    ) {
        let (role, direction) = if server {
            (Role::Server, agreed.client)
        } else {
            (Role::Client, agreed.server)
        };
        let mut deflater = Deflater::new(direction, threshold);
        let mut wire = BytesMut::new();
        for item in &sent {
            let message = match item {
                Item::Text(text) => Message::text(text),
                Item::Binary(bytes) => Message::Binary(bytes),
                Item::Ping(bytes) => Message::Ping(bytes),
                other => panic!("{other:?} is not made"),
            };
            let encoded = match role {
                Role::Client => deflater.encode(message, &mut wire),
                Role::Server => deflater.encode_masked(message, KEY, &mut wire),
            };
            prop_assert_eq!(encoded, Ok(()));
        }
        let assembler = Assembler::new(role, Limits::default()).with_deflate(agreed);
        prop_assert_eq!(items(assembler, wire.chunks(chunk)), sent);
    }

    #[test]
    fn a_compressed_message_may_be_fragmented_anywhere(
        text in "[a-zäß€😀]{1,400}",
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        chunk in 1..30_usize,
    ) {
        let agreed = Params::default();
        let mut deflater = Deflater::new(agreed.server, 1);
        let whole = deflater.to_bytes(Message::text(&text)).expect("a message");
        let rsv1 = whole.first() == Some(&0xC1);
        let payload = whole.get(whole.len() - payload_len(&whole)..).expect("within");
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        ends.push(payload.len());
        ends.sort_unstable();
        let (mut wire, mut start) = (BytesMut::new(), 0);
        for (index, &end) in ends.iter().enumerate() {
            let frame = Frame {
                fin: index + 1 == ends.len(),
                rsv1: rsv1 && index == 0,
                opcode: if index == 0 { Opcode::Text } else { Opcode::Continuation },
                payload: payload.get(start..end).expect("sorted"),
            };
            prop_assert_eq!(frame.encode(&mut wire), Ok(()));
            prop_assert_eq!(Message::Ping(b"!").encode(&mut wire), Ok(()));
            start = end;
        }
        let assembler = Assembler::new(Role::Client, Limits::default()).with_deflate(agreed);
        let received: Vec<_> = items(assembler, wire.chunks(chunk))
            .into_iter()
            .filter(|item| *item != Item::Ping(b"!".to_vec()))
            .collect();
        prop_assert_eq!(received, [Item::Text(text)]);
    }
}

/// The length that an unmasked frame of less than 64 KiB declares.
fn payload_len(wire: &[u8]) -> usize {
    match wire {
        [_, 126, a, b, ..] => usize::from(u16::from_be_bytes([*a, *b])),
        [_, short, ..] => usize::from(*short),
        _ => 0,
    }
}
