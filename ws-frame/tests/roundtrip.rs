//! Whatever is sent, in whatever fragments and chunks, arrives as it was.

mod collect;

use bytes::BytesMut;
use collect::{Item, assemble};
use proptest::prelude::*;
use ws_frame::{Close, CloseCode, Frame, Limits, Message, Opcode, Role};

/// A message and where its sender cuts it into fragments.
#[derive(Clone, Debug)]
struct Sent {
    item: Item,
    cuts: Vec<usize>,
    /// A ping that goes out behind the first fragment.
    ping: Option<Vec<u8>>,
}

fn item() -> impl Strategy<Value = Item> {
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let short = prop::collection::vec(any::<u8>(), 0..=125);
    let code = prop_oneof![1000..=1003_u16, 1007..=1014_u16, 3000..=4999_u16];
    prop_oneof![
        4 => "\\PC{0,100}".prop_map(Item::Text),
        4 => bytes.prop_map(Item::Binary),
        1 => short.clone().prop_map(Item::Ping),
        1 => short.prop_map(Item::Pong),
        1 => prop::option::of((code, "[a-zäß€😀]{0,30}")).prop_map(Item::Close),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    let cuts = prop::collection::vec(any::<usize>(), 0..5);
    let ping = prop::option::of(prop::collection::vec(any::<u8>(), 0..9));
    (item(), cuts, ping).prop_map(|(item, cuts, ping)| Sent { item, cuts, ping })
}

/// Sends to `to`: a client's peer is a server, which does not mask.
struct Sender {
    to: Role,
    key: [u8; 4],
    wire: BytesMut,
    /// What is to arrive.
    items: Vec<Item>,
}

impl Sender {
    fn frame(&mut self, frame: Frame<'_>) {
        let sent = match self.to {
            Role::Client => frame.encode(&mut self.wire),
            Role::Server => frame.encode_masked(self.key, &mut self.wire),
        };
        assert_eq!(sent, Ok(()));
        self.key = self.key.map(|byte| byte.wrapping_mul(5).wrapping_add(7));
    }

    fn message(&mut self, message: Message<'_>) {
        let before = self.wire.len();
        let (sent, key) = match self.to {
            Role::Client => (message.encode(&mut self.wire), 0),
            Role::Server => (message.encode_masked(self.key, &mut self.wire), 4),
        };
        assert_eq!(sent, Ok(()));
        assert_eq!(self.wire.len() - before, message.encoded_len() + key);
        self.items.push(Item::from(message));
    }

    fn send(&mut self, sent: &Sent) {
        let (opcode, payload) = match &sent.item {
            Item::Text(text) => (Opcode::Text, text.as_bytes()),
            Item::Binary(bytes) => (Opcode::Binary, &bytes[..]),
            Item::Ping(bytes) => return self.message(Message::Ping(bytes)),
            Item::Pong(bytes) => return self.message(Message::Pong(bytes)),
            Item::Close(None) => return self.message(Message::Close(None)),
            Item::Close(Some((code, reason))) => {
                let code = CloseCode::new(*code).unwrap_or(CloseCode::NORMAL);
                return self.message(Message::Close(Some(Close::new(code, reason))));
            }
            Item::Failed(error) => panic!("{error} is not sent"),
        };
        let mut cuts: Vec<usize> = sent
            .cuts
            .iter()
            .map(|cut| cut % (payload.len() + 1))
            .collect();
        cuts.sort_unstable();
        let (mut opcode, mut rest, mut done) = (opcode, payload, 0);
        for cut in cuts {
            let (fragment, after) = rest.split_at(cut - done);
            self.frame(Frame {
                fin: false,
                rsv1: false,
                opcode,
                payload: fragment,
            });
            if let (Some(ping), true) = (&sent.ping, opcode != Opcode::Continuation) {
                self.message(Message::Ping(ping));
            }
            (opcode, rest, done) = (Opcode::Continuation, after, cut);
        }
        self.frame(Frame::new(opcode, rest));
        self.items.push(sent.item.clone());
    }
}

proptest! {
    #[test]
    fn what_is_sent_arrives(
        messages in prop::collection::vec(sent(), 0..8),
        key in any::<[u8; 4]>(),
        chunk in 1..600_usize,
        server in any::<bool>(),
    ) {
        let to = if server { Role::Server } else { Role::Client };
        let mut sender = Sender { to, key, wire: BytesMut::new(), items: Vec::new() };
        for message in &messages {
            sender.send(message);
            if matches!(message.item, Item::Close(_)) {
                break;
            }
        }
        let items = assemble(to, Limits::default(), sender.wire.chunks(chunk));
        prop_assert_eq!(items, sender.items);
    }
}
