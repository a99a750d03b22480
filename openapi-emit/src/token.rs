//! The tokens of HTTP: RFC 9110, section 5.6.2.

/// Whether the text is a token, as names of fields and media types are.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Whether the text is `type/subtype` with parameters after it, or a range of such.
pub(crate) fn is_media_range(text: &str) -> bool {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let is_name = name
        .trim_end_matches([' ', '\t'])
        .split_once('/')
        .is_some_and(|(main, sub)| is_token(main) && is_token(sub));
    is_name && are_parameters(parameters)
}

/// What stands between semicolons: nothing, or a name and its value.
fn are_parameters(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return true;
        }
        if !rest.starts_with(';') {
            let Some((name, value)) = rest.split_once('=') else {
                return false;
            };
            match after_value(value) {
                Some(tail) if is_token(name) => rest = tail.trim_start_matches([' ', '\t']),
                _ => return false,
            }
        }
        match rest.strip_prefix(';') {
            Some(tail) => rest = tail,
            None => return rest.is_empty(),
        }
    }
}

/// What follows a token or a quoted string.
fn after_value(text: &str) -> Option<&str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text
            .find(|it: char| !it.is_ascii() || !u8::try_from(it).is_ok_and(is_tchar))
            .unwrap_or(text.len());
        return text.get(end..).filter(|_| end > 0);
    };
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return quoted.get(at + 1..),
            '\\' => {
                characters.next().filter(|(_, it)| !is_control(*it))?;
            }
            it if is_control(it) => return None,
            _ => {}
        }
    }
    None
}

fn is_control(character: char) -> bool {
    character.is_control() && character != '\t'
}

fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
