use core::{error, fmt};

use bytes::{BufMut, BytesMut};
use serde::{Deserialize, Serialize};

use crate::{EncodeError, Event, EventRef, EventWriter};

impl<'a> EventRef<'a> {
    /// Reads the data as JSON; strings without escapes can borrow from it.
    ///
    /// ```
    /// use sse_codec::EventRef;
    ///
    /// let event = EventRef::new(r#"["BTC",61000]"#);
    /// assert_eq!(event.data_as::<(&str, u32)>()?, ("BTC", 61000));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the data is not JSON, or not of a `T`.
    pub fn data_as<T: Deserialize<'a>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data())
    }

    /// Appends the block like [`encode`](Self::encode), with `value` as JSON after the data, which
    /// is empty as a rule. The JSON is written where it belongs, without a string in between.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use sse_codec::EventRef;
    ///
    /// let mut dst = BytesMut::new();
    /// let event = EventRef::new("").with_event("price");
    /// event.encode_json(&("BTC", 61000), &mut dst)?;
    /// assert_eq!(dst, "event: price\ndata: [\"BTC\",61000]\n\n");
    /// # Ok::<(), sse_codec::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// If the event type or the id cannot be carried, or the value is not serializable; `dst` is
    /// then as before.
    pub fn encode_json<T>(&self, value: &T, dst: &mut BytesMut) -> Result<(), JsonError>
    where
        T: Serialize + ?Sized,
    {
        let mut writer = EventWriter::begin(dst, *self).map_err(JsonError::Encode)?;
        writer.push_json(value).map_err(JsonError::Serialize)?;
        writer.finish();
        Ok(())
    }
}

impl Event {
    /// Reads the data as JSON, as [`EventRef::data_as`] does.
    ///
    /// # Errors
    /// If the data is not JSON, or not of a `T`.
    pub fn data_as<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.data)
    }
}

impl EventWriter<'_> {
    /// Appends a value to the data, as JSON.
    ///
    /// # Errors
    /// If the value is not serializable; the data is then as before.
    pub fn push_json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), serde_json::Error> {
        self.push_written(|dst| serde_json::to_writer(dst.writer(), value))
    }
}

/// Why [`EventRef::encode_json`] failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum JsonError {
    /// The event type or the id cannot be carried.
    Encode(EncodeError),
    /// The value is not serializable.
    Serialize(serde_json::Error),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(_) => f.write_str("event cannot be written"),
            Self::Serialize(_) => f.write_str("value cannot be written as JSON"),
        }
    }
}

impl error::Error for JsonError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Serialize(error) => Some(error),
        }
    }
}
