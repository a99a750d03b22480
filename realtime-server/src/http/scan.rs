//! Finding the end of a head while it arrives.

use std::ops::Range;

use memchr::memchr;

use super::refusal::Refusal;
use super::request_line::{RequestLine, is_token_byte};
use crate::config::HttpConfig;

/// Empty lines that are skipped before a request line.
//= https://www.rfc-editor.org/rfc/rfc9112#section-2.2
//# In the interest of robustness, a server that is expecting to receive and parse a request-line
//# SHOULD ignore at least one empty line (CRLF) received prior to the request-line.
const MAX_BLANK_LINES: usize = 4;

/// The bytes that those lines have at most.
pub(crate) const BLANK_BYTES: usize = 2 * MAX_BLANK_LINES;

/// Looks for the end of a head; no byte is looked at twice.
#[derive(Debug, Default)]
pub(crate) struct HeadScan {
    /// Where the search goes on.
    scanned: usize,
    /// Where the line begins that has not ended yet.
    line_start: usize,
    blank_lines: usize,
    begun: bool,
    request: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    line: RequestLine,
    start: usize,
    fields_start: usize,
}

/// A whole head.
#[derive(Debug)]
pub(crate) struct ScannedHead {
    pub(crate) line: RequestLine,
    /// The header lines and the empty line that ends them.
    pub(crate) fields: Range<usize>,
}

impl HeadScan {
    /// Whether a request has begun: empty lines are none.
    pub(crate) fn begun(&self) -> bool {
        self.begun
    }

    /// Whether it is a `HEAD`, whose answer has no content, as far as `input` goes.
    pub(crate) fn is_head(input: &[u8]) -> bool {
        let blank = input
            .iter()
            .take_while(|&&byte| matches!(byte, b'\r' | b'\n'));
        let line = input.get(blank.count()..).unwrap_or_default();
        line.starts_with(b"HEAD ")
    }

    /// Goes on in `input`, to which bytes may only have been appended since the last call.
    pub(crate) fn advance(
        &mut self,
        input: &[u8],
        config: &HttpConfig,
    ) -> Result<Option<ScannedHead>, Refusal> {
        while let Some(found) = memchr(b'\n', input.get(self.scanned..).unwrap_or_default()) {
            let end = self.scanned + found;
            let start = self.line_start;
            self.scanned = end + 1;
            self.line_start = end + 1;
            //= https://www.rfc-editor.org/rfc/rfc9112#section-2.2
            //# Although the line terminator for the start-line and fields is the sequence CRLF, a
            //# recipient MAY recognize a single LF as a line terminator and ignore any preceding
            //# CR.
            // We do not: two servers that see different lines are how requests get smuggled.
            let line = input
                .get(start..end)
                .and_then(|line| line.strip_suffix(b"\r"));
            let line = line
                .filter(|line| !line.ends_with(b"\r"))
                .ok_or(Refusal::LineEnd)?;
            match self.request.take() {
                None => self.end_first_line(line, start, config)?,
                Some(begun) if self.line_start - begun.start > config.max_head => {
                    return Err(Refusal::HeadTooLarge);
                }
                Some(begun) if line.is_empty() => {
                    let fields = begun.fields_start..self.line_start;
                    return Ok(Some(ScannedHead {
                        line: begun.line,
                        fields,
                    }));
                }
                begun => self.request = begun,
            }
        }
        self.scanned = input.len();
        match &self.request {
            Some(begun) if input.len() - begun.start >= config.max_head => {
                Err(Refusal::HeadTooLarge)
            }
            Some(_) => Ok(None),
            None => {
                self.check_first_line(input.get(self.line_start..).unwrap_or_default(), config)?;
                Ok(None)
            }
        }
    }

    fn end_first_line(
        &mut self,
        line: &[u8],
        start: usize,
        config: &HttpConfig,
    ) -> Result<(), Refusal> {
        if line.is_empty() {
            self.blank_lines += 1;
            return if self.blank_lines > MAX_BLANK_LINES {
                Err(Refusal::BlankLines)
            } else {
                Ok(())
            };
        }
        self.check_first_line(line, config)?;
        // Parsed before the other lines come, so that what is no HTTP gets its answer at once.
        let line = RequestLine::parse(line)?;
        self.request = Some(Begun {
            line,
            start,
            fields_start: self.line_start,
        });
        Ok(())
    }

    /// Checks what there is of the request line.
    fn check_first_line(&mut self, line: &[u8], config: &HttpConfig) -> Result<(), Refusal> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => return Ok(()),
            Some(&first) if !is_token_byte(first) => return Err(Refusal::NotHttp),
            Some(_) => self.begun = true,
        }
        if line.len() <= config.max_request_line.min(config.max_head) {
            return Ok(());
        }
        //= https://www.rfc-editor.org/rfc/rfc9112#section-3
        //# A server that receives a request-target longer than any URI it wishes to parse MUST
        //# respond with a 414 (URI Too Long) status code.
        if line.contains(&b' ') {
            return Err(Refusal::TargetTooLong);
        }
        //= https://www.rfc-editor.org/rfc/rfc9112#section-3
        //# A server that receives a method longer than any that it implements SHOULD respond with a
        //# 501 (Not Implemented) status code.
        Err(Refusal::Method)
    }
}
