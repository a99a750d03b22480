//! A cursor over MessagePack that checks and cuts out the values it passes.

use crate::MAX_DEPTH;

/// The bytes are not MessagePack, or break off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

/// The next value: a scalar whole, of an array or map the number of what follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Head<'a> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float32(f32),
    Float64(f64),
    Text(&'a [u8]),
    Binary(&'a [u8]),
    Extension(i8, &'a [u8]),
    Array(u32),
    Map(u32),
}

/// A cursor over MessagePack. Every method leaves it behind what it read; behind an error it is
/// anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    //= https://github.com/msgpack/msgpack/blob/master/spec.md#formats
    //# never used | 11000001 | 0xc1
    pub(crate) fn head(&mut self) -> Result<Head<'a>, Malformed> {
        let marker = self.byte()?;
        Ok(match marker {
            0x00..=0x7F => Head::Unsigned(marker.into()),
            0x80..=0x8F => Head::Map((marker & 0x0F).into()),
            0x90..=0x9F => Head::Array((marker & 0x0F).into()),
            0xA0..=0xBF => Head::Text(self.take((marker & 0x1F).into())?),
            0xC0 => Head::Nil,
            0xC1 => return Err(Malformed),
            0xC2 => Head::Bool(false),
            0xC3 => Head::Bool(true),
            0xC4 => Head::Binary(self.sized::<1>()?),
            0xC5 => Head::Binary(self.sized::<2>()?),
            0xC6 => Head::Binary(self.sized::<4>()?),
            0xC7 => self.extension::<1>()?,
            0xC8 => self.extension::<2>()?,
            0xC9 => self.extension::<4>()?,
            0xCA => Head::Float32(f32::from_be_bytes(self.array()?)),
            0xCB => Head::Float64(f64::from_be_bytes(self.array()?)),
            0xCC => Head::Unsigned(self.byte()?.into()),
            0xCD => Head::Unsigned(u16::from_be_bytes(self.array()?).into()),
            0xCE => Head::Unsigned(u32::from_be_bytes(self.array()?).into()),
            0xCF => Head::Unsigned(u64::from_be_bytes(self.array()?)),
            0xD0 => signed(i8::from_be_bytes(self.array()?).into()),
            0xD1 => signed(i16::from_be_bytes(self.array()?).into()),
            0xD2 => signed(i32::from_be_bytes(self.array()?).into()),
            0xD3 => signed(i64::from_be_bytes(self.array()?)),
            0xD4 => self.fixed_extension(1)?,
            0xD5 => self.fixed_extension(2)?,
            0xD6 => self.fixed_extension(4)?,
            0xD7 => self.fixed_extension(8)?,
            0xD8 => self.fixed_extension(16)?,
            0xD9 => Head::Text(self.sized::<1>()?),
            0xDA => Head::Text(self.sized::<2>()?),
            0xDB => Head::Text(self.sized::<4>()?),
            0xDC => Head::Array(self.length::<2>()?),
            0xDD => Head::Array(self.length::<4>()?),
            0xDE => Head::Map(self.length::<2>()?),
            0xDF => Head::Map(self.length::<4>()?),
            0xE0..=0xFF => signed(i8::from_be_bytes([marker]).into()),
        })
    }

    /// Reads any value, which stands at that depth, and gives its bytes. It recurses, but no deeper
    /// than [`MAX_DEPTH`].
    pub(crate) fn value(&mut self, depth: usize) -> Result<&'a [u8], Malformed> {
        let before = self.rest;
        self.skip(depth)?;
        before
            .get(..before.len() - self.rest.len())
            .ok_or(Malformed)
    }

    fn skip(&mut self, depth: usize) -> Result<(), Malformed> {
        // Announced lengths cost nothing: the bytes end before a wrong one does.
        let values = match self.head()? {
            Head::Array(len) => u64::from(len),
            Head::Map(len) => u64::from(len) * 2,
            _ => return Ok(()),
        };
        if depth >= MAX_DEPTH {
            return Err(Malformed);
        }
        for _ in 0..values {
            self.skip(depth + 1)?;
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let (&byte, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(byte)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*array)
    }

    fn length<const N: usize>(&mut self) -> Result<u32, Malformed> {
        let bytes = self.array::<N>()?;
        Ok(bytes
            .iter()
            .fold(0, |length, &byte| length << 8 | u32::from(byte)))
    }

    fn sized<const N: usize>(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.length::<N>()?;
        self.take(usize::try_from(len).map_err(|_| Malformed)?)
    }

    fn extension<const N: usize>(&mut self) -> Result<Head<'a>, Malformed> {
        let len = self.length::<N>()?;
        self.fixed_extension(usize::try_from(len).map_err(|_| Malformed)?)
    }

    fn fixed_extension(&mut self, len: usize) -> Result<Head<'a>, Malformed> {
        let kind = i8::from_be_bytes(self.array()?);
        Ok(Head::Extension(kind, self.take(len)?))
    }
}

fn signed<'a>(number: i64) -> Head<'a> {
    u64::try_from(number).map_or(Head::Negative(number), Head::Unsigned)
}
