use std::{collections::BTreeMap, error::Error, fmt, sync::Arc};

use serde::Deserialize;
use serde_json::Value;

use super::Policy;
use crate::identity::Identity;

/// The largest file of rules, in rules. All that fit are looked at for each request.
const MOST: usize = 1_000;

/// Policies as a configuration: a JSON list of who may do what where.
///
/// ```
/// use realtime_server::{auth::{Rules, Verb}, identity::Identity};
///
/// let rules = Rules::from_json(br#"[
///     {"may": "subscribe", "at": "prices", "names": ["eu/*", "users/{sub}"]},
///     {"may": "subscribe", "at": "prices", "claims": {"role": ["admin", "ops"]}},
///     {"may": "publish", "at": "*", "scope": "publish"}
/// ]"#)?;
/// let policy = rules.policy(Verb::Subscribe, "prices").unwrap();
/// let ann = Identity::user("ann").with_claim("sub", "ann");
/// assert!(policy.check(Some(&ann), "eu/de").is_ok());
/// assert!(policy.check(Some(&ann), "users/ann").is_ok());
/// assert!(policy.check(Some(&ann), "users/bo").is_err());
/// assert!(rules.policy(Verb::Subscribe, "other").is_none());
/// # Ok::<(), realtime_server::auth::RulesError>(())
/// ```
///
/// Where no rule is about an action at a place, the action is as free as without rules. Where one
/// is, only what a rule allows is allowed there. A rule allows it when all that it asks for is
/// true: a name that one of `names` fits (without `names`: any), a scope, claims with one of the
/// values. In `at` and `names`, `*` stands for anything; in `names`, `{claim}` for what the claim
/// says.
#[derive(Clone, Debug, Default)]
pub struct Rules(Arc<[Rule]>);

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verb {
    /// Connecting to a hub, at the hub's name.
    Connect,
    /// Invoking a hub's methods, which are the names.
    Invoke,
    /// Joining a hub's groups, which are the names.
    Join,
    /// Driving a hub over HTTP.
    Drive,
    /// Subscribing to a stream; its topics are the names.
    Subscribe,
    /// Publishing to a stream; its topics are the names, and whom no topic reaches needs a rule
    /// without names.
    Publish,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    may: Verb,
    at: Pattern,
    names: Option<Vec<Pattern>>,
    scope: Option<String>,
    #[serde(default)]
    claims: BTreeMap<String, OneOrMany>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

/// Why a text is no list of rules.
#[derive(Debug)]
#[non_exhaustive]
pub enum RulesError {
    /// It is not such JSON.
    Malformed(serde_json::Error),
    /// It has more than 1,000.
    TooMany,
}

impl Rules {
    /// Reads rules.
    ///
    /// # Errors
    /// When they are malformed, or too many.
    pub fn from_json(text: &[u8]) -> Result<Self, RulesError> {
        let rules: Vec<Rule> = serde_json::from_slice(text).map_err(RulesError::Malformed)?;
        if rules.len() > MOST {
            return Err(RulesError::TooMany);
        }
        Ok(Self(rules.into()))
    }

    /// What the rules say of an action at a place; nothing if none is about it.
    #[must_use]
    pub fn policy(&self, verb: Verb, place: &str) -> Option<Policy> {
        let nobody = Identity::default();
        let fit = self.0.iter().enumerate();
        let fit = fit.filter(|(_, rule)| rule.may == verb && rule.at.fits(place, &nobody));
        let fit: Vec<usize> = fit.map(|(index, _)| index).collect();
        if fit.is_empty() {
            return None;
        }
        let rules = Arc::clone(&self.0);
        Some(Policy::new(move |who, name| {
            let mut rules = fit.iter().filter_map(|index| rules.get(*index));
            rules.any(|rule| rule.allows(who, name))
        }))
    }
}

impl Rule {
    fn allows(&self, who: &Identity, name: &str) -> bool {
        let names_fit = match &self.names {
            Some(names) => names.iter().any(|pattern| pattern.fits(name, who)),
            None => true,
        };
        names_fit
            && self.scope.as_ref().is_none_or(|scope| who.has_scope(scope))
            && self.claims.iter().all(|(name, wanted)| match wanted {
                OneOrMany::One(value) => who.has_claim(name, value),
                OneOrMany::Many(values) => values.iter().any(|value| who.has_claim(name, value)),
            })
    }
}

/// A name with places for anything and for what a claim says.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct Pattern(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Anything,
    Claim(String),
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let at = rest.find(['*', '{']).unwrap_or(rest.len());
            let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            if !plain.is_empty() {
                parts.push(Part::Text(plain.to_owned()));
            }
            rest = if let Some(rest) = special.strip_prefix('*') {
                parts.push(Part::Anything);
                rest
            } else if let Some((claim, rest)) = special
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
            {
                parts.push(Part::Claim(claim.to_owned()));
                rest
            } else {
                parts.extend((!special.is_empty()).then(|| Part::Text(special.to_owned())));
                ""
            };
        }
        Self(parts)
    }
}

impl Pattern {
    /// Whether `name` fits. A claim that says no text fits nothing.
    fn fits(&self, name: &str, who: &Identity) -> bool {
        // The texts that have to come one after the other, with anything between them.
        let mut texts = vec![String::new()];
        for part in &self.0 {
            let text = match part {
                Part::Anything => {
                    texts.push(String::new());
                    continue;
                }
                Part::Text(text) => text.as_str(),
                Part::Claim(claim) => match who.claims.get(claim).and_then(Value::as_str) {
                    Some(said) if !said.is_empty() => said,
                    _ => return false,
                },
            };
            if let Some(last) = texts.last_mut() {
                last.push_str(text);
            }
        }
        let (Some(first), Some(last)) = (texts.first(), texts.last()) else {
            return false;
        };
        let Some(mut rest) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        if texts.len() == 1 {
            return rest.is_empty();
        }
        for text in texts.get(1..texts.len() - 1).unwrap_or_default() {
            // The first place will do: what follows has all the more room.
            let Some((_, after)) = rest.split_once(text.as_str()) else {
                return false;
            };
            rest = after;
        }
        rest.ends_with(last.as_str())
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "these are no rules: {error}"),
            Self::TooMany => write!(f, "there are more than {MOST} rules"),
        }
    }
}

impl Error for RulesError {}
