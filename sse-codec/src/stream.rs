use core::{
    error, fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::BytesMut;
use futures_core::stream::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::{DecodeError, Decoder, Event, Item};

pin_project! {
    /// The events in a stream of chunks, such as the body of an HTTP response.
    ///
    /// Control blocks and comments are not told; what they set is read from the
    /// [`decoder`](Self::decoder). Every event is told before another chunk is asked for.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_codec::{Decoder, EventStream, Limits, StreamError};
    ///
    /// # async fn body() -> Result<(), StreamError<std::io::Error>> {
    /// let chunks = stream::iter([Ok::<_, std::io::Error>("data: he"), Ok("llo\n\n")]);
    /// let mut events = EventStream::new(chunks, Decoder::new(Limits::default()));
    /// let event = events.next().await.transpose()?;
    /// assert_eq!(event.map(|event| event.data).as_deref(), Some("hello"));
    /// # Ok(())
    /// # }
    /// # futures_util::FutureExt::now_or_never(body()).expect("the chunks are there").unwrap();
    /// ```
    #[derive(Debug)]
    pub struct EventStream<S> {
        #[pin]
        chunks: S,
        src: BytesMut,
        decoder: Decoder,
        state: State,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There may be an event in `src`.
    Decoding,
    /// A chunk is needed.
    Reading,
    Ended,
}

impl<S> EventStream<S> {
    /// Reads events from `chunks` with a decoder that is new, or that an earlier connection left.
    #[must_use]
    pub fn new(chunks: S, decoder: Decoder) -> Self {
        Self {
            chunks,
            src: BytesMut::new(),
            decoder,
            state: State::Reading,
        }
    }

    /// The decoder, which knows the last event ID and the reconnection time.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Ends the stream and gives the decoder back for the next connection's; see
    /// [`Decoder::finish`].
    #[must_use]
    pub fn into_decoder(mut self) -> Decoder {
        self.decoder.finish(&mut self.src);
        self.decoder
    }
}

impl<S, C, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<C, E>>,
    C: AsRef<[u8]>,
{
    type Item = Result<Event, StreamError<E>>;

    /// An event that is over a limit is told as an error and the stream goes on after it; after an
    /// error of the chunks it ends.
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match this.state {
                State::Ended => return Poll::Ready(None),
                State::Decoding => match this.decoder.decode(this.src) {
                    Ok(Some(Item::Event(event))) => {
                        return Poll::Ready(Some(Ok(event.into_owned())));
                    }
                    Ok(Some(Item::Control(_) | Item::Comment(_))) => {}
                    Ok(None) => *this.state = State::Reading,
                    Err(error) => return Poll::Ready(Some(Err(StreamError::Decode(error)))),
                },
                State::Reading => match ready!(this.chunks.as_mut().poll_next(context)) {
                    Some(Ok(chunk)) => {
                        this.src.extend_from_slice(chunk.as_ref());
                        *this.state = State::Decoding;
                    }
                    Some(Err(error)) => {
                        *this.state = State::Ended;
                        return Poll::Ready(Some(Err(StreamError::Chunks(error))));
                    }
                    None => *this.state = State::Ended,
                },
            }
        }
    }
}

impl<S, C, E> FusedStream for EventStream<S>
where
    S: Stream<Item = Result<C, E>>,
    C: AsRef<[u8]>,
{
    fn is_terminated(&self) -> bool {
        self.state == State::Ended
    }
}

/// Why an [`EventStream`] gives no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamError<E> {
    /// The chunks failed; the stream has ended.
    Chunks(E),
    /// An event is over a limit and was dropped; the stream goes on.
    Decode(DecodeError),
}

impl<E> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chunks(_) => f.write_str("the stream of bytes failed"),
            Self::Decode(_) => f.write_str("an event was dropped"),
        }
    }
}

impl<E: error::Error + 'static> error::Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Chunks(error) => Some(error),
            Self::Decode(error) => Some(error),
        }
    }
}
