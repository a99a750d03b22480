//! When a certificate is valid: the one thing about it that goes wrong by itself.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The times of a certificate (RFC 5280 section 4.1.2.5).
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// Tags of DER.
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Finds the times of the certificate `der`.
pub(super) fn of(der: &[u8]) -> Option<Validity> {
    let certificate = Elements(der).of(SEQUENCE)?;
    let signed = Elements(certificate).of(SEQUENCE)?;
    let mut fields = Elements(signed);
    // The version is left out where it is the first; then this is the serial number.
    if fields.next()?.0 == VERSION {
        fields.next()?;
    }
    let (_algorithm, _issuer) = (fields.next()?, fields.next()?);
    let mut times = Elements(fields.of(SEQUENCE)?);
    Some(Validity {
        from: time(times.next()?)?,
        until: time(times.next()?)?,
    })
}

/// What is left of a sequence.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The content of the next element, if it has this tag.
    fn of(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .and_then(|(found, content)| (found == tag).then_some(content))
    }

    /// Tag and content of the next element.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = if length < 0x80 {
            (usize::from(length), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |sum, &digit| {
                sum.checked_mul(0x100)?.checked_add(usize::from(digit))
            });
            (length?, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

/// `YYMMDDHHMMSSZ`, in the fifty years before and after 2000, or `YYYYMMDDHHMMSSZ`.
fn time((tag, text): (u8, &[u8])) -> Option<Timestamp> {
    let text = str::from_utf8(text).ok()?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year = year.parse::<i16>().ok()?;
            (if year < 50 { 2000 } else { 1900 } + year, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse::<i16>().ok()?, rest)
        }
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}
