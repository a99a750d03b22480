//! YAML 1.2 of a [`Value`].

use std::fmt::Write;

use crate::value::{Object, Value};

impl Value {
    /// Writes the value as YAML 1.2 in block style: two spaces of indent, `\n` line ends.
    ///
    /// Strings that could be taken for something else, by a reader of YAML 1.1 too, are in
    /// double quotes.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Object(object) if !object.is_empty() => write_object(&mut text, object, 0),
            Self::Array(elements) if !elements.is_empty() => write_array(&mut text, elements, 0),
            _ => {
                write_scalar(&mut text, self);
                text.push('\n');
            }
        }
        text
    }
}

fn write_object(text: &mut String, object: &Object, indent: usize) {
    for (index, (key, value)) in object.iter().enumerate() {
        // The first member stands where the caller is.
        if index > 0 {
            write_indent(text, indent);
        }
        write_string(text, key);
        text.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                text.push('\n');
                write_indent(text, indent + 1);
                write_object(text, members, indent + 1);
            }
            Value::Array(elements) if !elements.is_empty() => {
                text.push('\n');
                write_indent(text, indent + 1);
                write_array(text, elements, indent + 1);
            }
            _ => {
                text.push(' ');
                write_scalar(text, value);
                text.push('\n');
            }
        }
    }
}

fn write_array(text: &mut String, elements: &[Value], indent: usize) {
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            write_indent(text, indent);
        }
        text.push_str("- ");
        match element {
            Value::Object(members) if !members.is_empty() => {
                write_object(text, members, indent + 1);
            }
            Value::Array(elements) if !elements.is_empty() => {
                write_array(text, elements, indent + 1);
            }
            _ => {
                write_scalar(text, element);
                text.push('\n');
            }
        }
    }
}

fn write_indent(text: &mut String, indent: usize) {
    for _ in 0..indent {
        text.push_str("  ");
    }
}

fn write_scalar(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(string) => write_string(text, string),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
}

fn write_string(text: &mut String, string: &str) {
    if is_plain(string) {
        text.push_str(string);
        return;
    }
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // Controls, and the line breaks and the mark that YAML 1.1 sees.
            '\0'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{FEFF}'
            | '\u{FFFE}'
            | '\u{FFFF}' => {
                write!(text, "\\u{:04X}", u32::from(character))
                    .expect("the writer is memory, so nothing can fail");
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

/// Whether a string may stand without quotes: words of ASCII that begin with a letter, `/` or `$`,
/// and are no keyword of YAML 1.1 or 1.2.
fn is_plain(string: &str) -> bool {
    const KEYWORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let starts =
        string.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '$'));
    starts
        && !string.ends_with(' ')
        && string
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"$ /._-+()".contains(&byte))
        && !KEYWORDS
            .iter()
            .any(|keyword| keyword.eq_ignore_ascii_case(string))
}
