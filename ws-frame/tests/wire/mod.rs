//! Frames written by hand, so that the tests do not trust the encoder they test.

use ws_frame::Role;

pub(crate) const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// The frame that `to` receives, with `first` as its first byte.
pub(crate) fn frame(to: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = match to {
        Role::Client => 0x00,
        Role::Server => 0x80,
    };
    let mut wire = vec![first];
    match payload.len() {
        len @ 0..126 => wire.push(mask | u8::try_from(len).expect("the arm bounds it")),
        len @ 126..0x1_0000 => {
            wire.push(mask | 0x7E);
            wire.extend(u16::try_from(len).expect("the arm bounds it").to_be_bytes());
        }
        len => {
            wire.push(mask | 0x7F);
            wire.extend(u64::try_from(len).expect("the arm bounds it").to_be_bytes());
        }
    }
    match to {
        Role::Client => wire.extend(payload),
        Role::Server => {
            wire.extend(KEY);
            wire.extend(
                payload
                    .iter()
                    .zip(KEY.iter().cycle())
                    .map(|(byte, key)| byte ^ key),
            );
        }
    }
    wire
}
