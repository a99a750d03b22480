//! Policies out of rules.

use realtime_server::{
    auth::{Denied, Rules, RulesError, Verb},
    identity::Identity,
};
use serde_json::{Value, json};

fn rules(rules: &Value) -> Rules {
    Rules::from_json(rules.to_string().as_bytes()).unwrap()
}

#[test]
fn a_rule_allows_what_fits_all_of_it_and_the_rest_is_denied() {
    let rules = rules(&json!([
        {"may": "subscribe", "at": "news", "names": ["eu/*", "users/{sub}/*", "a*b*c"]},
        {"may": "subscribe", "at": "news", "scope": "all"},
        {"may": "subscribe", "at": "news", "names": ["us"], "claims": {"role": ["x", "y"], "n": 1}},
    ]));
    let policy = rules.policy(Verb::Subscribe, "news").unwrap();
    let ann = Identity::user("ann").with_claim("sub", "ann");
    let star = Identity::user("*").with_claim("sub", "*");
    let scoped = Identity::user("s").with_claim("scope", "none all");
    let editor = Identity::user("r")
        .with_claim("role", json!(["y"]))
        .with_claim("n", 1);
    for (who, name, is_allowed) in [
        (&ann, "eu/de", true),
        (&ann, "eu/", true),
        (&ann, "eu", false),
        (&ann, "users/ann/1", true),
        (&ann, "users/bo/1", false),
        // What a claim says is no pattern.
        (&star, "users/bo/1", false),
        (&star, "users/*/1", true),
        // Who has no such claim fits nothing.
        (&scoped, "users//1", true),
        (&editor, "users//1", false),
        (&ann, "abc", true),
        (&ann, "a-b-b-c", true),
        (&ann, "acb", false),
        (&ann, "ab", false),
        (&ann, "", false),
        (&scoped, "", true),
        (&scoped, "anything", true),
        (&editor, "us", true),
        (&ann, "us", false),
    ] {
        let checked = policy.check(Some(who), name);
        assert_eq!(checked.is_ok(), is_allowed, "{who:?} {name}");
        if !is_allowed {
            assert_eq!(checked, Err(Denied::Forbidden));
        }
    }
    assert_eq!(policy.check(None, "us"), Err(Denied::Missing));
    assert_eq!(policy.check(None, "eu/de"), Ok(()));
}

#[test]
fn where_no_rule_is_about_something_there_is_no_policy() {
    let rules = rules(&json!([
        {"may": "publish", "at": "a*"},
        {"may": "join", "at": "*", "names": ["lobby"]},
    ]));
    let publish = rules.policy(Verb::Publish, "abc").unwrap();
    assert_eq!(publish.check(Some(&Identity::user("ann")), ""), Ok(()));
    assert!(rules.policy(Verb::Publish, "b").is_none());
    assert!(rules.policy(Verb::Subscribe, "abc").is_none());
    let join = rules.policy(Verb::Join, "any").unwrap();
    let ann = Identity::user("ann");
    assert_eq!(join.check(Some(&ann), "lobby"), Ok(()));
    assert_eq!(join.check(Some(&ann), "hall"), Err(Denied::Forbidden));
}

#[test]
fn what_is_no_list_of_rules_is_refused() {
    for text in [
        "",
        "{}",
        "[{}]",
        r#"[{"may":"fly","at":"a"}]"#,
        r#"[{"may":"join"}]"#,
        r#"[{"may":"join","at":"a","name":["x"]}]"#,
        r#"[{"may":"join","at":1}]"#,
    ] {
        let refused = Rules::from_json(text.as_bytes());
        assert!(matches!(refused, Err(RulesError::Malformed(_))), "{text}");
    }
    let rule = json!({"may": "join", "at": "a"});
    let many = json!(vec![&rule; 1_001]).to_string();
    assert!(matches!(
        Rules::from_json(many.as_bytes()),
        Err(RulesError::TooMany)
    ));
}
