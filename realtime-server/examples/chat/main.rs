//! A chat with rooms: groups, a name kept with each connection, and what happens when somebody goes.
//!
//! `npm install @microsoft/signalr`, then `cargo run -p realtime-server --example chat`, and open the
//! page in two windows.

#[path = "../pages/site.rs"]
mod site;

use std::{error::Error, sync::Arc};

use realtime_server::{
    hub::{Caller, Disconnect, Hub, HubError},
    server::ServerBuilder,
};

/// Characters of a name, of a guest or a room.
const LONGEST_NAME: usize = 40;
/// Characters of a message.
const LONGEST_TEXT: usize = 1_000;

struct Chat;

/// Who somebody is, and where.
#[derive(Clone)]
struct Guest {
    name: String,
    room: String,
}

/// Takes the caller into a room, out of the one before; says how many are there.
async fn enter(
    _: Arc<Chat>,
    caller: Caller,
    (name, room): (String, String),
) -> Result<usize, HubError> {
    let guest = Guest {
        name: within(&name, LONGEST_NAME)?,
        room: within(&room, LONGEST_NAME)?,
    };
    if let Some(before) = caller.kept::<Guest>() {
        leave(&caller, &before).await?;
    }
    caller.join(&guest.room).await?;
    let room = caller.clients().group(&guest.room);
    let count = room.count();
    room.send("Entered", (&guest.name, count)).await?;
    caller.keep(guest);
    Ok(count)
}

async fn say(_: Arc<Chat>, caller: Caller, (text,): (String,)) -> Result<(), HubError> {
    let text = within(&text, LONGEST_TEXT)?;
    let guest: Guest = caller
        .kept()
        .ok_or_else(|| HubError::new("Enter a room first."))?;
    let room = caller.clients().group(&guest.room);
    Ok(room.send("Said", (guest.name, text)).await?)
}

async fn leave(caller: &Caller, guest: &Guest) -> Result<(), HubError> {
    caller.leave(&guest.room).await;
    let room = caller.clients().group(&guest.room);
    Ok(room.send("Left", (&guest.name, room.count())).await?)
}

async fn left(_: Arc<Chat>, caller: Caller, _: Disconnect) {
    if let Some(guest) = caller.kept::<Guest>() {
        // The others are told; there is nobody else to tell that it failed.
        let _ = leave(&caller, &guest).await;
    }
}

/// The text without space around it, if there is any and not too much.
fn within(text: &str, most: usize) -> Result<String, HubError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(HubError::new("There is nothing in it.")),
        count if count > most => Err(HubError::new(format!("More than {most} characters."))),
        _ => Ok(text.to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ServerBuilder::new();
    let hub = Hub::new(Chat)
        .method("Enter", enter)
        .method("Say", say)
        .on_disconnected(left);
    server.hub("/chat", hub)?;
    site::serve(server, include_str!("page.html")).await
}
