use alloc::borrow::Cow;
use core::{error::Error, fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use super::calendar;
use crate::form::TIMESTAMP;

const NANOS_PER_SECOND: u32 = 1_000_000_000;
const DAY: i64 = 86_400;
/// The first and the last second that a `DateTime` of .NET can have: the years 1 to 9999.
const SECONDS: core::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// A moment as a `DateTime` of .NET: ISO 8601 text in JSON, the timestamp extension in MessagePack.
///
/// ```
/// use signalr_protocol::{Payload, Timestamp};
///
/// let moment: Timestamp = Payload::json(r#""2000-01-01T01:00:00.5+01:00""#)?.to()?;
/// assert_eq!((moment.seconds(), moment.nanos()), (946_684_800, 500_000_000));
/// assert_eq!(moment.to_string(), "2000-01-01T00:00:00.5Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// What is inside of the newtype that tells the protocols.
struct Content(Timestamp);

impl Timestamp {
    /// That many seconds and nanoseconds after the beginning of 1970 in UTC; nothing outside of the
    /// years 1 to 9999, and where the nanoseconds are a second or more.
    #[must_use]
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        let fits = SECONDS.contains(&seconds) && nanos < NANOS_PER_SECOND;
        fits.then_some(Self { seconds, nanos })
    }

    /// Whole seconds since 1970; before it, negative.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after that second.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    //= https://github.com/msgpack/msgpack/blob/master/spec.md#timestamp-extension-type
    //# timestamp 64 stores the number of seconds and nanoseconds that have elapsed since
    //# 1970-01-01 00:00:00 UTC in 32-bit unsigned integers
    fn write<T>(self, write: impl FnOnce(&[u8]) -> T) -> T {
        match u64::try_from(self.seconds) {
            Ok(seconds) if seconds >> 34 == 0 => match u32::try_from(seconds) {
                Ok(seconds) if self.nanos == 0 => write(&seconds.to_be_bytes()),
                _ => write(&(u64::from(self.nanos) << 34 | seconds).to_be_bytes()),
            },
            _ => {
                let [n0, n1, n2, n3] = self.nanos.to_be_bytes();
                let [s0, s1, s2, s3, s4, s5, s6, s7] = self.seconds.to_be_bytes();
                write(&[n0, n1, n2, n3, s0, s1, s2, s3, s4, s5, s6, s7])
            }
        }
    }

    /// The content of a timestamp extension.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if let Ok(seconds) = bytes.try_into() {
            return Self::new(u32::from_be_bytes(seconds).into(), 0);
        }
        if let Ok(both) = bytes.try_into() {
            let both = u64::from_be_bytes(both);
            let seconds = i64::try_from(both & ((1 << 34) - 1)).ok()?;
            return Self::new(seconds, u32::try_from(both >> 34).ok()?);
        }
        let (nanos, seconds) = bytes.split_first_chunk()?;
        let seconds = seconds.try_into().ok()?;
        Self::new(i64::from_be_bytes(seconds), u32::from_be_bytes(*nanos))
    }
}

/// As .NET writes it: no fraction where it is zero, no zeros at its end.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = calendar::date(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos > 0 {
            let (mut fraction, mut digits) = (self.nanos, 9);
            while fraction % 10 == 0 {
                fraction /= 10;
                digits -= 1;
            }
            write!(f, ".{fraction:0digits$}")?;
        }
        f.write_str("Z")
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads `2000-01-31T23:59:59.999Z`, the fraction as long as it likes, and the `Z` may be an
    /// offset such as `+01:00` or be missing.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        read_iso(text).ok_or(TimestampError)
    }
}

fn read_iso(text: &str) -> Option<Timestamp> {
    let mut rest = text.as_bytes();
    let day = calendar::day(
        number(&mut rest, 4)?,
        after(&mut rest, b'-')?,
        after(&mut rest, b'-')?,
    )?;
    let (hour, minute, second) = (
        after(&mut rest, b'T')?,
        after(&mut rest, b':')?,
        after(&mut rest, b':')?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = fraction(&mut rest)?;
    let offset = match rest {
        b"Z" | b"" => 0,
        [sign @ (b'+' | b'-'), digits @ ..] => {
            rest = digits;
            let (hours, minutes) = (number(&mut rest, 2)?, after(&mut rest, b':')?);
            if !rest.is_empty() || hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 3_600 + minutes * 60;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let seconds = day * DAY + hour * 3_600 + minute * 60 + second - offset;
    Timestamp::new(seconds, nanos)
}

/// Two digits behind that byte.
fn after(rest: &mut &[u8], byte: u8) -> Option<i64> {
    *rest = rest.strip_prefix(&[byte])?;
    number(rest, 2)
}

/// That many digits.
fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (number, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    number.iter().try_fold(0, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        Some(number * 10 + digit)
    })
}

/// A fraction of a second in nanoseconds, if there is one. What is smaller is left out.
fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let Some(digits) = rest.strip_prefix(b".") else {
        return Some(0);
    };
    let len = digits
        .iter()
        .take_while(|digit| digit.is_ascii_digit())
        .count();
    let (digits, behind) = digits.split_at_checked(len).filter(|_| len > 0)?;
    *rest = behind;
    let nanos = digits.iter().chain(&[b'0'; 9]).take(9);
    Some(nanos.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(TIMESTAMP, &Content(*self))
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            self.0.write(|bytes| serializer.serialize_bytes(bytes))
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TIMESTAMP, TimestampVisitor)
    }
}

struct TimestampVisitor;

impl<'de> Visitor<'de> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a timestamp")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Timestamp, D::Error> {
        if !inner.is_human_readable() {
            return inner.deserialize_bytes(self);
        }
        let text = Cow::<str>::deserialize(inner)?;
        text.parse().map_err(de::Error::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Timestamp, E> {
        Timestamp::read(bytes).ok_or_else(|| E::custom(TimestampError))
    }
}

/// The text is not a moment of the years 1 to 9999 in ISO 8601, or the bytes are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a timestamp")
    }
}

impl Error for TimestampError {}
