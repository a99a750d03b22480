use std::{sync::Arc, time::Duration};

use jsonwebtoken::{EncodingKey, Header, encode};
use realtime_server::{
    auth::{Access, Guard, Key, Verifier},
    clock,
    config::HubConfig,
    http::{Request, Response, Status},
    hub::{Any, Caller, Hub, HubError},
    id,
    server::{ServerBuilder, SetupError},
};
use serde_json::json;

/// The claim that names the user.
const USER: &str = "nameid";
/// Whom a token is for unless the query says so.
const DEFAULT_USER: &str = "testuser";
/// Seconds that a token is good for.
const LIFETIME: i64 = 5;
/// How far clocks may differ, as in ASP.NET Core; so a token is good for longer than it says.
const LEEWAY: Duration = Duration::from_secs(300);

/// A hub for those with a token, and the tokens.
pub(super) fn install(server: &mut ServerBuilder, hubs: &HubConfig) -> Result<(), SetupError> {
    // Nobody knows it, and it is another one at the next start.
    let secret = id::hex() + &id::hex();
    let key = Key::hs256(secret.as_bytes()).expect("64 digits are long enough");
    let verifier = Verifier::new(key).user_claim(USER).leeway(LEEWAY);
    let guard = Guard::new(Access::new().with_verifier(verifier));
    server.hub("/authorizedhub", hub(hubs).guard(&guard))?;
    let key = EncodingKey::from_secret(secret.as_bytes());
    server.get("/generateJwtToken", move |request| {
        std::future::ready(generate(&key, &request))
    })?;
    Ok(())
}

fn hub(config: &HubConfig) -> Hub<()> {
    Hub::new(())
        .config(*config)
        .method("Echo", async |_, _, (text,): (String,)| Ok(text))
        .method("GetUser", async |_, caller: Caller, (): ()| {
            Ok(caller.user().map(str::to_owned))
        })
        .method("SendToUser", send_to_user)
}

async fn send_to_user(
    _: Arc<()>,
    caller: Caller,
    (user, value): (String, Any),
) -> Result<(), HubError> {
    Ok(caller
        .clients()
        .user(&user)
        .send("UserMessage", (value,))
        .await?)
}

fn generate(key: &EncodingKey, request: &Request) -> Response {
    let user = request.query("user").filter(|user| !user.is_empty());
    let user = user.as_deref().unwrap_or(DEFAULT_USER);
    let claims = json!({USER: user, "exp": clock::unix_seconds() + LIFETIME});
    match encode(&Header::default(), &claims, key) {
        Ok(token) => Response::text(Status::OK, token),
        Err(_) => Response::empty(Status::INTERNAL_SERVER_ERROR),
    }
}
