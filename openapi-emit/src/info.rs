//! Title, version, licence and contact of an API.

use crate::emit::Emitter;
use crate::value::Object;
use crate::version::Version;

/// The licence of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    name: String,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Identifier(String),
    Url(String),
}

impl License {
    /// A licence by its SPDX expression, such as `MIT` or `MIT OR Apache-2.0`.
    #[must_use]
    pub fn spdx(expression: &str) -> Self {
        Self {
            name: expression.to_owned(),
            place: Place::Identifier(expression.to_owned()),
        }
    }

    /// A licence by its name and the address of its text.
    #[must_use]
    pub fn at(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            place: Place::Url(url.to_owned()),
        }
    }

    fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut license = Object::from([("name", &self.name)]);
        match &self.place {
            Place::Url(url) => license.insert_some("url", emitter.url(url)),
            Place::Identifier(id) if emitter.version > Version::V3_0 => {
                license.insert("identifier", id);
            }
            // SPDX has a page per licence, none per expression.
            Place::Identifier(id) if is_one_license(id) => {
                license.insert("url", format!("https://spdx.org/licenses/{id}.html"));
            }
            Place::Identifier(_) => {}
        }
        license
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<License>,
    pub(crate) contact: Option<(String, String)>,
}

impl Info {
    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut info = Object::from([("title", &self.title)]);
        let mut description = self.description.as_ref();
        if emitter.version > Version::V3_0 {
            info.insert_some("summary", self.summary.as_ref());
        } else {
            // 3.0 has no summary; it is worth more than no text at all.
            description = description.or(self.summary.as_ref());
        }
        info.insert_some("description", description);
        if let Some((name, url)) = &self.contact {
            let mut contact = Object::from([("name", name)]);
            contact.insert_some("url", emitter.url(url));
            info.insert("contact", contact);
        }
        info.insert_some(
            "license",
            self.license.as_ref().map(|license| license.emit(emitter)),
        );
        info.insert("version", &self.version);
        info
    }
}

/// Whether an SPDX expression is the identifier of a licence and no more.
fn is_one_license(expression: &str) -> bool {
    !expression.is_empty()
        && expression
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}
