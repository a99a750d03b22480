use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use signalr_protocol::{Completion, EncodeError, Outcome, PayloadContent, Protocol, Typed};

use super::Answer;

/// How an invocation is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) protocol: Protocol,
    /// Nothing where the client wants no answer.
    pub(crate) id: Option<Arc<str>>,
}

impl Reply {
    /// What a method returned.
    pub(super) fn result<R: Serialize>(&self, result: &R) -> Result<Answer, EncodeError> {
        self.answer(Outcome::Result(Typed(result)))
    }

    /// The end of a stream.
    pub(crate) fn end(&self) -> Result<Answer, EncodeError> {
        self.answer(Outcome::<Typed<'_, ()>>::Void)
    }

    /// The completion that says why there is no result.
    pub(crate) fn failure(&self, error: &str) -> Option<Bytes> {
        let answer = self.answer(Outcome::<Typed<'_, ()>>::Error(error.into()));
        answer.expect("an id and a text can be written").0
    }

    fn answer<P: PayloadContent>(&self, outcome: Outcome<'_, P>) -> Result<Answer, EncodeError> {
        let Some(id) = &self.id else {
            return Ok(Answer(None));
        };
        let mut record = BytesMut::new();
        Completion::new(&**id, outcome).encode(self.protocol, &mut record)?;
        Ok(Answer(Some(record.freeze())))
    }
}
