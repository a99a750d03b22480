//! Tags and their tree.

use crate::error::{BuildError, Part};
use crate::tag::Tag;

pub(super) fn check(tags: &[Tag]) -> Result<(), BuildError> {
    for (index, tag) in tags.iter().enumerate() {
        //= https://spec.openapis.org/oas/v3.2.0.html#openapi-object
        //# Each tag name in the list MUST be unique.
        if tags
            .iter()
            .take(index)
            .any(|earlier| earlier.name == tag.name)
        {
            return Err(BuildError::Duplicate {
                part: Part::Tag,
                name: tag.name.clone(),
            });
        }
        climb(tag, tags)?;
    }
    Ok(())
}

//= https://spec.openapis.org/oas/v3.2.0.html#tag-object
//# The named tag MUST exist in the API description, and circular references between parent and child tags MUST NOT be used.
fn climb(tag: &Tag, tags: &[Tag]) -> Result<(), BuildError> {
    let mut current = tag;
    // Without a cycle there are at most as many steps as tags.
    for _ in tags {
        let Some(parent) = &current.parent else {
            return Ok(());
        };
        match tags.iter().find(|candidate| candidate.name == *parent) {
            Some(found) => current = found,
            None => {
                return Err(BuildError::Unknown {
                    part: Part::Tag,
                    name: parent.clone(),
                });
            }
        }
    }
    Err(BuildError::TagCycle {
        name: tag.name.clone(),
    })
}
