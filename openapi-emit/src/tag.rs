//! Groups of operations.

use crate::emit::Emitter;
use crate::value::Object;
use crate::version::Version;

/// A tag: its name is what operations carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
    description: Option<String>,
    external_docs: Option<(String, String)>,
    summary: Option<String>,
    kind: Option<String>,
}

impl Tag {
    /// A tag with nothing but a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            parent: None,
            description: None,
            external_docs: None,
            summary: None,
            kind: None,
        }
    }

    /// The title to show in lists. Of 3.2.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.summary = Some(text.to_owned());
        self
    }

    /// What the operations of this tag have in common.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// Where to read more, and what is found there.
    #[must_use]
    pub fn external_docs(mut self, url: &str, description: &str) -> Self {
        self.external_docs = Some((url.to_owned(), description.to_owned()));
        self
    }

    /// The tag that this one belongs under. Of 3.2.
    #[must_use]
    pub fn parent(mut self, name: &str) -> Self {
        self.parent = Some(name.to_owned());
        self
    }

    /// What sort of tag this is: `nav`, `badge`, `audience` or another. Of 3.2.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut tag = Object::from([("name", &self.name)]);
        tag.insert_some("description", self.description.as_ref());
        tag.insert_some("externalDocs", self.emit_external_docs(emitter));
        //= https://spec.openapis.org/oas/v3.2.0.html#specification-extensions
        //# Field names beginning `x-oai-` and `x-oas-` are reserved for uses defined by the OpenAPI Initiative.
        // `x-oas-` is how the Initiative's own field reaches a version before it.
        let names = if emitter.version >= Version::V3_2 {
            ["summary", "parent", "kind"]
        } else {
            ["x-oas-summary", "x-oas-parent", "x-oas-kind"]
        };
        for (name, value) in names.iter().zip([&self.summary, &self.parent, &self.kind]) {
            tag.insert_some(name, value.as_ref());
        }
        tag
    }

    /// The Tag Object of `AsyncAPI`.
    pub(crate) fn emit_asyncapi(&self, emitter: &mut Emitter) -> Object {
        let mut tag = Object::from([("name", &self.name)]);
        tag.insert_some(
            "description",
            self.description.as_ref().or(self.summary.as_ref()),
        );
        tag.insert_some("externalDocs", self.emit_external_docs(emitter));
        tag
    }

    fn emit_external_docs(&self, emitter: &mut Emitter) -> Option<Object> {
        let (url, description) = self.external_docs.as_ref()?;
        let url = emitter.url(url)?;
        let description = description.as_str();
        Some(Object::from([("description", description), ("url", url)]))
    }
}
