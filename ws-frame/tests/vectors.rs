//! Runs `tests/vectors/*.txt`, each wire whole, byte by byte and in every split in two.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod collect;

use collect::{Item, assemble};
use ws_frame::{Limits, Role};

/// The rows of a file, each as its columns.
fn rows(file: &str) -> impl Iterator<Item = Vec<&str>> {
    file.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('|').map(str::trim).collect())
}

fn role(name: &str) -> Role {
    match name {
        "client" => Role::Client,
        "server" => Role::Server,
        _ => panic!("no role {name}"),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    assert!(digits.len() % 2 == 0, "half a byte in {text}");
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn item(text: &str) -> Item {
    let words: Vec<&str> = text.split_whitespace().collect();
    let payload = || words.get(1).map(|word| hex(word)).unwrap_or_default();
    match words[0] {
        "text" => Item::Text(String::from_utf8(payload()).unwrap()),
        "binary" => Item::Binary(payload()),
        "ping" => Item::Ping(payload()),
        "pong" => Item::Pong(payload()),
        "close" => Item::Close(words.get(1).map(|code| {
            let reason = words.get(2).map(|word| hex(word)).unwrap_or_default();
            (code.parse().unwrap(), String::from_utf8(reason).unwrap())
        })),
        kind => panic!("no item {kind}"),
    }
}

#[test]
fn messages_come_out_of_every_split() {
    for row in rows(include_str!("vectors/messages.txt")) {
        let (role, wire) = (role(row[0]), hex(row[1]));
        let expected: Vec<Item> = row[2].split(',').map(item).collect();
        let bytewise = assemble(role, Limits::default(), wire.chunks(1));
        assert_eq!(bytewise, expected, "byte by byte: {}", row[1]);
        for at in 0..=wire.len() {
            let items = assemble(role, Limits::default(), [&wire[..at], &wire[at..]]);
            assert_eq!(items, expected, "split at {at}: {}", row[1]);
        }
    }
}

#[test]
fn broken_rules_are_refused_at_the_byte_that_breaks_them() {
    for row in rows(include_str!("vectors/refused.txt")) {
        let (role, wire) = (role(row[0]), hex(row[1]));
        let before = assemble(role, Limits::default(), wire[..wire.len() - 1].chunks(1));
        assert!(
            !matches!(before.last(), Some(Item::Failed(_))),
            "too early: {}",
            row[1]
        );
        for at in 0..=wire.len() {
            let items = assemble(role, Limits::default(), [&wire[..at], &wire[at..]]);
            let Some((Item::Failed(error), rest)) = items.split_last() else {
                panic!("split at {at}, not refused: {}", row[1]);
            };
            assert_eq!(
                rest, before,
                "what came before is still delivered: {}",
                row[1]
            );
            assert_eq!(format!("{error:?}"), row[3], "split at {at}: {}", row[1]);
            assert_eq!(error.close_code().to_string(), row[2], "{}", row[1]);
        }
    }
}
