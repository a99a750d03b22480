//! The spans that what is logged for a connection and an invocation belongs to.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use realtime_server::hub::{Hub, HubError};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    info,
    level_filters::LevelFilter,
    span,
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::{LookupSpan, Scope},
};

use crate::{client::Client, rig::Rig};

/// Writes down every record with the spans around it, the outermost first.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

/// A span or a record as text.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Notes {
    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: Context<'_, S>,
    ) {
        let mut text = Text(attributes.metadata().name().to_owned());
        attributes.record(&mut text);
        context.span(id).unwrap().extensions_mut().insert(text);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut note = String::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(Scope::from_root)
        {
            note += &span.extensions().get::<Text>().unwrap().0;
            note += ": ";
        }
        let mut text = Text::default();
        event.record(&mut text);
        self.0.lock().unwrap().push(note + text.0.trim_start());
    }
}

fn hub() -> Hub<()> {
    Hub::new(())
        .method("Log", async |_, _, (): ()| {
            info!("at work");
            Ok(())
        })
        .method("Fail", async |_, _, (): ()| {
            Err::<(), _>(HubError::new("why"))
        })
}

#[tokio::test]
async fn records_of_an_invocation_belong_to_it_and_to_its_connection() {
    let notes = Notes::default();
    let subscriber = Registry::default().with(notes.clone());
    let _logging = tracing::subscriber::set_default(subscriber);
    let rig = Rig::new(hub()).await;
    let mut client = Client::connect_with(
        rig.address,
        "access_token=secret",
        "Authorization: Bearer secret\r\n",
    )
    .await;
    client
        .send(r#"{"type":1,"invocationId":"1","headers":{"traceparent":"00-1-2-01","tracestate":"a=b","cookie":"secret"},"target":"log","arguments":[]}"#)
        .await;
    client.json().await;
    client.invoke("2", "Fail", "[]").await;
    let id = rig.clients.all().ids().remove(0);
    let connection =
        format!(r#"hub_connection hub="/hub" connection="{id}" transport="WebSockets": "#);
    let invocation = |rest: &str| {
        format!(r#"{connection}hub_invocation rpc.system="signalr" rpc.service="/hub" {rest}"#)
    };
    let notes = notes.0.lock().unwrap();
    for expected in [
        invocation(r#"rpc.method="Log" traceparent="00-1-2-01" tracestate="a=b": message=at work"#),
        invocation(r#"rpc.method="Fail": message=a hub method failed method=Fail error=why"#),
    ] {
        assert!(notes.contains(&expected), "{expected}: {notes:#?}");
    }
    assert!(!notes.concat().contains("secret"), "{notes:#?}");
}

#[tokio::test]
async fn there_are_none_where_nobody_wants_them() {
    let notes = Notes::default();
    let subscriber = Registry::default().with(notes.clone().with_filter(LevelFilter::INFO));
    let _logging = tracing::subscriber::set_default(subscriber);
    let rig = Rig::new(hub()).await;
    rig.client().await.invoke("1", "Log", "[]").await;
    assert_eq!(*notes.0.lock().unwrap(), ["message=at work"]);
}
