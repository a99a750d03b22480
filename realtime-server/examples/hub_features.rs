//! A hub with everything that a hub can have: streams both ways, client results, cancellation,
//! users and groups. The tests with official clients connect to it.
//!
//! `cargo run -p realtime-server --example hub_features -- --listen 127.0.0.1:5000`, then connect a
//! client to `/hub`, as the user of the query `user`.

use std::{error::Error, sync::Arc, time::Duration};

use realtime_server::{
    config::HubConfig,
    http::{Problem, Request, Response, Status},
    hub::{Any, Caller, Clients, Hub, HubError, InvokeError, Items, Upload},
    server::ServerBuilder,
};

use tokio::{net::TcpListener, time};

struct Features;

async fn counter(
    _: Arc<Features>,
    _: Caller,
    (count, millis): (u32, u64),
    items: Items<u32>,
) -> Result<(), HubError> {
    for number in 0..count {
        if millis > 0 {
            time::sleep(Duration::from_millis(millis)).await;
        }
        items.send(number).await?;
    }
    Ok(())
}

async fn counter_then_fail(
    _: Arc<Features>,
    _: Caller,
    (count,): (u32,),
    items: Items<u32>,
) -> Result<(), HubError> {
    for number in 0..count {
        items.send(number).await?;
    }
    Err(HubError::new("stream broke"))
}

/// Tells its caller when it wants no more.
async fn infinite(
    _: Arc<Features>,
    caller: Caller,
    (): (),
    items: Items<u32>,
) -> Result<(), HubError> {
    items.cancelled().await;
    Ok(caller.itself().send("StreamCanceled", ()).await?)
}

async fn upload_sum(
    _: Arc<Features>,
    _: Caller,
    (mut numbers,): (Upload<i64>,),
) -> Result<i64, HubError> {
    let mut sum = 0;
    while let Some(number) = numbers.next().await {
        sum += number?;
    }
    Ok(sum)
}

async fn upload_echo(
    _: Arc<Features>,
    _: Caller,
    (mut source,): (Upload<Any>,),
    items: Items<Any>,
) -> Result<(), HubError> {
    while let Some(item) = source.next().await {
        items.send(item?).await?;
    }
    Ok(())
}

async fn ask_client(
    _: Arc<Features>,
    caller: Caller,
    (target, value): (String, Any),
) -> Result<Any, HubError> {
    Ok(caller.itself().invoke(&target, (value,)).await?)
}

async fn slow(
    _: Arc<Features>,
    caller: Caller,
    (millis,): (u64,),
) -> Result<&'static str, HubError> {
    Ok(tokio::select! {
        () = time::sleep(Duration::from_millis(millis)) => "finished",
        () = caller.cancelled() => "cancelled",
    })
}

fn hub() -> Hub<Features> {
    let mut config = HubConfig::default();
    config.allow_stateful_reconnect = true;
    Hub::new(Features)
        .config(config)
        .user_id(|head| head.target.value("user").map(std::borrow::Cow::into_owned))
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method(
            "SendToUser",
            async |_, caller: Caller, (user, value): (String, Any)| {
                Ok(caller
                    .clients()
                    .user(&user)
                    .send("UserMessage", (value,))
                    .await?)
            },
        )
        .method(
            "JoinGroup",
            async |_, caller: Caller, (group,): (String,)| Ok(caller.join(&group).await?),
        )
        .method(
            "SendToOthersInGroup",
            async |_, caller: Caller, (group, value): (String, Any)| {
                let others = caller.others_in_group(&group);
                Ok(others.send("GroupMessage", (value,)).await?)
            },
        )
        .method("AbortMe", async |_, caller: Caller, (): ()| {
            caller.abort();
            Ok(())
        })
        .method("Number", async |_, caller: Caller, (number,): (u64,)| {
            Ok(caller.itself().send("Numbered", (number,)).await?)
        })
        .method("AskClient", ask_client)
        .method("SlowCancellable", slow)
        .method("UploadSum", upload_sum)
        .stream("Counter", counter)
        .stream("CounterThenThrow", counter_then_fail)
        .stream("InfiniteStream", infinite)
        .stream("UploadEcho", upload_echo)
}

/// Asks a client from outside its hub.
async fn ask(clients: Clients, request: Request) -> Result<Response, Problem> {
    let id = request.param("connection").unwrap_or_default();
    match clients.connection(id).invoke::<i64, _>("Result", ()).await {
        Ok(number) => Ok(Response::text(Status::OK, number.to_string())),
        Err(error @ InvokeError::NotConnected { .. }) => {
            Err(Problem::new(Status::NOT_FOUND).with_detail(error.to_string()))
        }
        Err(error) => Ok(Response::text(Status::OK, error.to_string())),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .skip_while(|argument| argument != "--listen")
        .nth(1);
    let mut server = ServerBuilder::new();
    let clients = server.hub("/hub", hub())?;
    server.get("/ask/{connection}", move |request| {
        ask(clients.clone(), request)
    })?;
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:5000")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    #[expect(
        clippy::print_stdout,
        reason = "whoever started it waits for this line"
    )]
    {
        println!("listening on {url}");
    }
    let stop = async {
        // Without the signal there is only the harder way to stop it.
        let _ = tokio::signal::ctrl_c().await;
    };
    server.build()?.serve(listener, stop).await;
    Ok(())
}
