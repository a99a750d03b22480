use std::{
    future::ready,
    sync::{Arc, OnceLock},
};

use openapi_emit::Api;

use super::{ServerBuilder, SetupError};
use crate::{
    auth::Guard,
    endpoint::{DocsPage, Documents, HubApi, Publisher, hub_api::ROUTES},
    http::{Method, Response, Status},
};

/// The largest body of a request to publish, which can hold many events.
const PUBLISH_BODY_LIMIT: usize = 256 * 1024;

impl ServerBuilder {
    /// Answers POST at `pattern`, which has a parameter `{stream}`, with a body of at most 256 KiB:
    /// its events go to the stream of that name.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn publisher(&mut self, pattern: &str, publisher: Publisher) -> Result<(), SetupError> {
        let guard = Guard::new(Arc::clone(publisher.access()));
        self.add(
            Method::Post,
            pattern,
            PUBLISH_BODY_LIMIT,
            Arc::new(move |request| Box::pin(ready(publisher.publish(&request)))),
        )?
        .guard(&guard)
        .describe(Publisher::describe);
        Ok(())
    }

    /// Lets a backend drive hubs at routes below `base`, such as `/api/hubs`, with bodies of at most
    /// 256 KiB:
    ///
    /// | route | what |
    /// | --- | --- |
    /// | `POST /{hub}/send` | calls `target` on all clients |
    /// | `POST /{hub}/groups/{group}/send` | on the members of a group |
    /// | `POST /{hub}/users/{user}/send` | on all connections of a user |
    /// | `POST /{hub}/connections/{connection}/send` | on one connection |
    /// | `POST /{hub}/connections/{connection}/invoke` | on one, and waits for its result |
    /// | `PUT`, `DELETE /{hub}/groups/{group}/connections/{connection}` | joins, leaves a group |
    /// | `DELETE /{hub}/connections/{connection}` | ends a connection |
    /// | `GET /{hub}/groups/{group}` | the connections in a group |
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn hub_api(&mut self, base: &str, api: &HubApi) -> Result<(), SetupError> {
        let guard = Guard::new(Arc::clone(api.access()));
        for (method, path, action) in ROUTES {
            let api = api.clone();
            self.add(
                method,
                &format!("{base}{path}"),
                PUBLISH_BODY_LIMIT,
                Arc::new(move |request| {
                    let api = api.clone();
                    Box::pin(async move { api.answer(action, &request).await })
                }),
            )?
            .guard(&guard)
            .describe(|schemas| action.describe(path, schemas));
        }
        Ok(())
    }

    /// Serves documents about all routes, and a page to read them by: `/openapi/{version}/openapi.json`
    /// and `.yaml`, `/asyncapi/{version}/asyncapi.json` and `.yaml`, `/docs`. The API brings what
    /// routes do not say: its title, its tags.
    ///
    /// # Errors
    /// When one of these routes is taken.
    pub fn document(&mut self, api: Api) -> Result<(), SetupError> {
        let documents = Arc::new(OnceLock::<Documents>::new());
        for form in Documents::FORMS {
            let known = Arc::clone(&documents);
            self.get(form.pattern(), move |request| {
                // They are written when the server is built, before there are requests.
                let answer = known
                    .get()
                    .map(|documents| documents.answer(form, &request));
                ready(answer.unwrap_or_else(|| Response::empty(Status::NOT_FOUND)))
            })?
            .describe(|schemas| form.describe(schemas));
        }
        for (path, file) in DocsPage::files() {
            self.get(&path, move |request| ready(file.answer(&request)))?
                .hide();
        }
        self.api = Some((api, documents));
        Ok(())
    }
}
