//! The standard's algorithm, sentence by sentence, without a thought for speed or memory.

use std::time::Duration;

use sse_codec::Event;

use super::seen::Seen;

/// The event source that the standard speaks of, and what it has told.
#[derive(Debug, Default)]
pub(crate) struct EventSource {
    pub(crate) seen: Vec<Seen>,
    pub(crate) last_event_id: String,
    pub(crate) retry: Option<Duration>,
    data_buffer: String,
    event_type_buffer: Option<String>,
    last_event_id_buffer: String,
    block_sets_id: bool,
    block_retry: Option<Duration>,
}

impl EventSource {
    /// Interprets a whole stream, from its first byte to the end of the file.
    pub(crate) fn read(stream: &[u8]) -> Self {
        let mut source = Self::default();
        let text = String::from_utf8_lossy(stream);
        for line in lines(text.strip_prefix('\u{FEFF}').unwrap_or(&text)) {
            source.process(&line);
        }
        source
    }

    fn process(&mut self, line: &str) {
        if line.is_empty() {
            self.dispatch();
        } else if let Some(comment) = line.strip_prefix(':') {
            self.seen.push(Seen::Comment(comment.to_owned()));
        } else if let Some((field, value)) = line.split_once(':') {
            self.process_field(field, value.strip_prefix(' ').unwrap_or(value));
        } else {
            self.process_field(line, "");
        }
    }

    fn process_field(&mut self, field: &str, value: &str) {
        match field {
            "event" => self.event_type_buffer = Some(value.to_owned()),
            "data" => {
                self.data_buffer.push_str(value);
                self.data_buffer.push('\n');
            }
            "id" if !value.contains('\0') => {
                value.clone_into(&mut self.last_event_id_buffer);
                self.block_sets_id = true;
            }
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                let millis = value.trim_start_matches('0').parse();
                let millis = if value.chars().all(|c| c == '0') {
                    Ok(0)
                } else {
                    millis
                };
                self.retry = Some(Duration::from_millis(millis.unwrap_or(u64::MAX)));
                self.block_retry = self.retry;
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.last_event_id.clone_from(&self.last_event_id_buffer);
        let id = std::mem::take(&mut self.block_sets_id).then(|| self.last_event_id.clone());
        let retry = self.block_retry.take();
        let event_type = self.event_type_buffer.take();
        let mut data = std::mem::take(&mut self.data_buffer);
        if data.pop().is_some() {
            let mut event = Event::default();
            event.retry = retry;
            event.id = id;
            event.event = event_type;
            event.data = data;
            event.last_event_id.clone_from(&self.last_event_id);
            self.seen.push(Seen::Event(event));
        } else if id.is_some() || retry.is_some() || event_type.is_some() {
            let event = event_type;
            self.seen.push(Seen::Control { retry, id, event });
        }
    }
}

/// The lines that have an end.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' {
            chars.next_if_eq(&'\n');
        }
        if c == '\r' || c == '\n' {
            lines.push(std::mem::take(&mut line));
        } else {
            line.push(c);
        }
    }
    lines
}
