use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use bytes::BytesMut;

use super::{BUFFER, Left, Line, Over};

/// Bytes that are taken of a client before its transport has come: a handshake and a bit.
const EARLY: usize = 4 * 1024;

/// The way from the client to the hub.
impl Line {
    /// Hands the body of a POST over and waits until the hub has caught up.
    ///
    /// A body goes over as a whole or not at all, also where the request is given up.
    pub(in crate::signalr) async fn post(&self, body: &[u8]) -> Result<(), Over> {
        let _turn = self.turn.acquire().await.map_err(|_closed| Over)?;
        poll_fn(|cx| self.poll_post_room(cx, body.len())).await?;
        {
            let mut state = self.lock();
            state.incoming.extend_from_slice(body);
            if let Some(task) = state.task.take() {
                task.wake();
            }
        }
        poll_fn(|cx| self.poll_post_room(cx, 0)).await
    }

    fn poll_post_room(&self, cx: &mut Context<'_>, size: usize) -> Poll<Result<(), Over>> {
        let mut state = self.lock();
        if state.is_over() {
            return Poll::Ready(Err(Over));
        }
        let room = match state.transport {
            None => state.incoming.len() + size <= EARLY,
            Some(_) => state.incoming.len() < BUFFER,
        };
        if room {
            return Poll::Ready(Ok(()));
        }
        state.post = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Appends at most `max` bytes of what the client has sent to `records`.
    pub(in crate::signalr) fn poll_incoming(
        &self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
        max: usize,
    ) -> Poll<Result<(), Left>> {
        let mut state = self.lock();
        let size = state.incoming.len().min(max);
        if size == 0 {
            if let Some(left) = state.left {
                return Poll::Ready(Err(left));
            }
            state.task = Some(cx.waker().clone());
            return Poll::Pending;
        }
        records.extend_from_slice(&state.incoming.split_to(size));
        if state.incoming.is_empty() {
            state.incoming = BytesMut::new();
        }
        if state.incoming.len() < BUFFER
            && let Some(post) = state.post.take()
        {
            post.wake();
        }
        Poll::Ready(Ok(()))
    }
}
