//! The header field `Cookie`.

use realtime_server::auth::{CookieError, Cookies};

fn find<'a>(lines: &[&'a str], name: &str) -> Result<Option<&'a [u8]>, CookieError> {
    Cookies::find(lines.iter().map(|line| line.as_bytes()), name)
}

#[test]
fn a_cookie_is_found_by_its_whole_name() {
    for (lines, value) in [
        (&["a=1"][..], Some("1")),
        (&["b=2; a=1"], Some("1")),
        (&["b=2;a=1"], Some("1")),
        (&[" a = 1 ;"], Some("1")),
        (&["a=\"1\""], Some("1")),
        (&["a=1=2"], Some("1=2")),
        (&["a="], Some("")),
        (&["b=2", "a=1"], Some("1")),
        (&["a=1; a=1"], Some("1")),
        (&[], None),
        (&[""], None),
        (&["a"], None),
        (&["A=1"], None),
        (&["aa=1; b=a=1"], None),
        (&["a;=1"], None),
        (&[";;;"], None),
    ] {
        let found = find(lines, "a").unwrap();
        assert_eq!(found, value.map(str::as_bytes), "{lines:?}");
    }
}

#[test]
fn two_that_differ_are_none() {
    assert_eq!(find(&["a=1; a=2"], "a"), Err(CookieError::Ambiguous));
    assert_eq!(find(&["a=1", "a=2"], "a"), Err(CookieError::Ambiguous));
}

#[test]
fn a_hundred_cookies_are_looked_at_and_no_more() {
    let hundred = "x=1;".repeat(99) + "a=1";
    assert_eq!(find(&[&hundred], "a"), Ok(Some(&b"1"[..])));
    let one_more = "x=1;".repeat(100) + "a=1";
    assert_eq!(find(&[&one_more], "a"), Err(CookieError::TooMany));
}
