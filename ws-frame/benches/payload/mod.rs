//! What is sent in the benchmarks.

/// `len` bytes of a `kind`: "binary", "ascii", or text of which half is not ASCII.
pub(crate) fn payload(kind: &str, len: usize) -> Vec<u8> {
    let pattern: Vec<u8> = match kind {
        "binary" => (0..=255).collect(),
        "ascii" => b"{\"type\":1,\"target\":\"ReceiveMessage\",\"arguments\":[42]}".to_vec(),
        _ => "Grüße aus Zürich, 你好，世界 \u{1F600} and some ASCII. ".into(),
    };
    let mut bytes: Vec<u8> = pattern.into_iter().cycle().take(len).collect();
    if kind == "mixed" {
        // Not in the middle of a character.
        let valid = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
        bytes.truncate(valid);
        bytes.resize(len, b'.');
    }
    bytes
}
