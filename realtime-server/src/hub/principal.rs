use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::identity::Identity;

/// The person that a connection belongs to, as of its latest request.
#[derive(Debug, Default)]
pub(crate) struct Principal(ArcSwapOption<Identity>);

impl Principal {
    pub(crate) fn new(who: Option<Arc<Identity>>) -> Self {
        Self(ArcSwapOption::new(who))
    }

    /// What is known of the person, if it is somebody who is known.
    pub(crate) fn identity(&self) -> Option<Arc<Identity>> {
        self.0.load_full()
    }

    /// Takes over what a further request knows of the person; false if it is another one.
    pub(crate) fn renew(&self, who: Option<&Arc<Identity>>) -> bool {
        match (&*self.0.load(), who) {
            (None, None) => true,
            (Some(known), Some(who)) if known.is_same_person(who) => {
                self.0.store(Some(Arc::clone(who)));
                true
            }
            _ => false,
        }
    }
}
