//! The modules of the crate stand on floors: each imports only from floors below its own. The
//! table is that of `ARCHITECTURE.md`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every module of the crate, and its floor.
const FLOORS: [(&str, usize); 17] = [
    ("config", 0),
    ("metrics", 0),
    ("clock", 0),
    ("id", 0),
    ("identity", 0),
    ("http", 1),
    ("throttle", 1),
    ("auth", 2),
    ("description", 2),
    ("fanout", 2),
    ("websocket", 2),
    ("hub", 3),
    ("signalr", 4),
    ("endpoint", 5),
    ("server", 6),
    ("demo", 7),
    ("cli", 8),
];

/// Lines that a file may have.
const MOST_LINES: usize = 400;

#[test]
fn imports_only_point_downward() {
    let upward: Vec<_> = sources()
        .iter()
        .flat_map(|(path, text)| upward_imports(path, text))
        .collect();
    assert_eq!(upward, Vec::<String>::new());
}

#[test]
fn every_module_has_a_floor_and_every_floor_a_module() {
    let root = fs::read_to_string(source_folder().join("lib.rs")).unwrap();
    let declared: BTreeSet<_> = root
        .lines()
        .filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'))
        .collect();
    assert_eq!(declared, FLOORS.map(|(module, _)| module).into());
}

#[test]
fn no_file_is_too_long() {
    let too_long: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(too_long, Vec::<PathBuf>::new());
}

#[test]
fn the_check_sees_every_way_to_write_an_upward_import() {
    let hub = "hub/clients.rs";
    for (path, text, found) in [
        (hub, "use crate::server::Server;", "server"),
        (
            hub,
            "pub(crate) use crate::signalr::HubEndpoint;",
            "signalr",
        ),
        (hub, "use crate::{config::HubConfig, demo};", "demo"),
        (
            hub,
            "use crate::{\n    id,\n    cli::{self, main},\n};",
            "cli",
        ),
        (hub, "use super::super::endpoint::EventStream;", "endpoint"),
        (hub, "use super::{Core, super::demo};", "demo"),
        (hub, "fn f() { crate::server::run() }", "server"),
        (
            hub,
            "fn f(s: &'static str) -> crate::cli::Options {}",
            "cli",
        ),
        (hub, "const Q: char = '\"'; use crate::demo;", "demo"),
        (
            hub,
            "mod tests { use super::super::super::demo::x; }",
            "demo",
        ),
        (
            hub,
            "mod tests { use super::*; } use super::super::cli::x;",
            "cli",
        ),
        (hub, "use crate::nowhere::Thing;", "nowhere"),
        ("http/mod.rs", "use super::fanout::Outbox;", "fanout"),
        ("id.rs", "use crate::clock;", "clock"),
        ("id.rs", "use super::metrics::Counter;", "metrics"),
    ] {
        let expected = vec![format!("{path} imports {found}")];
        assert_eq!(upward_imports(Path::new(path), text), expected, "{text}");
    }
}

#[test]
fn the_check_lets_downward_imports_and_mere_mentions_pass() {
    for (path, text) in [
        (
            "hub/clients.rs",
            "use crate::{fanout::{End, Member}, http::Status, hub::Core};",
        ),
        (
            "hub/clients.rs",
            "pub(in crate::hub) fn f() {} pub(super) fn g() {}",
        ),
        (
            "hub/clients.rs",
            "/// See [`crate::server::Server`].\n// crate::demo\nstruct S;",
        ),
        (
            "hub/clients.rs",
            "/* crate::demo /* nested */ crate::cli */ struct S;",
        ),
        (
            "hub/clients.rs",
            "const S: &str = \"crate::demo \\\" crate::cli\";",
        ),
        (
            "hub/clients.rs",
            "const S: &str = r#\"crate::demo \" crate::cli\"#;",
        ),
        (
            "hub/clients.rs",
            "fn f<'a>(t: &'a str) { g('\\'', '\"'); super::core::x() }",
        ),
        (
            "signalr/transport/websocket.rs",
            "use super::super::session::Session;",
        ),
        ("id.rs", "mod tests { use super::*; use super::hex; }"),
        ("main.rs", "fn main() { crate::cli::main() }"),
    ] {
        let upward = upward_imports(Path::new(path), text);
        assert_eq!(upward, Vec::<String>::new(), "{text}");
    }
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file: its path below `src`, and its text.
fn sources() -> Vec<(PathBuf, String)> {
    let root = source_folder();
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(
        files.len() > FLOORS.len(),
        "the sources are not where they were"
    );
    files.sort();
    files
}

/// The imports of a file that reach its own floor or a higher one, outside of its own module.
fn upward_imports(path: &Path, text: &str) -> Vec<String> {
    let here = module_path(path);
    let Some(own) = here.first() else {
        return Vec::new();
    };
    let own_floor = floor(own).unwrap_or_else(|| panic!("{own} has no floor"));
    imported_modules(&here, text)
        .into_iter()
        .filter(|target| target != own && floor(target).is_none_or(|floor| floor >= own_floor))
        .map(|target| format!("{} imports {target}", path.display()))
        .collect()
}

fn floor(module: &str) -> Option<usize> {
    let found = FLOORS.into_iter().find(|(name, _)| *name == module);
    found.map(|(_, floor)| floor)
}

/// `signalr/transport/mod.rs` is `signalr::transport`; the two roots are at no path.
fn module_path(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let mut names: Vec<_> = path
        .iter()
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    if ["mod", "lib", "main"].contains(&names.last().unwrap().as_str()) {
        names.pop();
    }
    names
}

/// The modules below the root of the crate that `text` names, by `crate` or `super`.
fn imported_modules(here: &[String], text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    let mut here = here.to_vec();
    // The depths of braces at which modules within the file began.
    let mut inner = Vec::new();
    let mut depth = 0;
    for at in 0..tokens.len() {
        match tokens[at].as_str() {
            "{" => {
                depth += 1;
                if at >= 2 && tokens[at - 2] == "mod" {
                    here.push(tokens[at - 1].clone());
                    inner.push(depth);
                }
            }
            "}" => {
                if inner.last() == Some(&depth) {
                    inner.pop();
                    here.pop();
                }
                depth -= 1;
            }
            "crate" | "super" if at == 0 || tokens[at - 1] != "::" => {
                resolve(&tokens[at..], &here, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Follows one path, or one tree of a `use`, from `base`; says how many tokens it has.
fn resolve(tokens: &[String], base: &[String], found: &mut BTreeSet<String>) -> usize {
    let mut base = base.to_vec();
    let mut at = 0;
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("crate") => base.clear(),
            Some("super") => drop(base.pop()),
            Some("self") => {}
            Some("{") => {
                at += 1;
                while tokens[at] != "}" {
                    at += resolve(&tokens[at..], &base, found);
                    while ![",", "}"].contains(&tokens[at].as_str()) {
                        at += 1;
                    }
                    at += usize::from(tokens[at] == ",");
                }
                return at + 1;
            }
            Some(name) => base.push(name.to_owned()),
            None => return at,
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token != "::") {
            // What is of the root itself, as in `super::*`, is on no floor.
            found.extend(base.into_iter().next().filter(|name| name != "*"));
            return at;
        }
        at += 1;
    }
}

/// The words and marks of a Rust text, without comments, texts and characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' {
            // A lifetime has no quote behind its first letter.
            let is_character = rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\'');
            if is_character { quoted(rest, '\'') } else { 1 }
        } else {
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            let word = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            if !first.is_whitespace() {
                tokens.push(rest[..length].to_owned());
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &text[at..];
        match rest.get(..2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            None => return text.len(),
            _ => {
                at += rest.chars().next().unwrap().len_utf8();
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
}

/// The length of a raw text at the start of `text`, if one is there.
fn raw_text(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let inner = rest.trim_start_matches('#');
    let hashes = &rest[..rest.len() - inner.len()];
    let inner = inner.strip_prefix('"')?;
    let end = format!("\"{hashes}");
    let length = inner.find(&end)? + end.len();
    Some(text.len() - inner.len() + length)
}

fn quoted(text: &str, quote: char) -> usize {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return at + 1;
        }
    }
    text.len()
}
