//! Requests read in the most obvious way, as RFC 9110 and 9112 say, whole and without limits: what the
//! server's own parser is compared with. Where a server may choose, this one refuses.

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) length: Length,
    /// How many bytes the head has, with empty lines before it.
    pub(crate) head: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Length {
    Bytes(u128),
    Chunked,
}

/// What there is at the beginning of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Read<T> {
    All(T),
    /// It may become something when more comes.
    Partial,
    /// It is never a request, whatever comes.
    Refused,
}

pub(crate) fn request(bytes: &[u8]) -> Read<Request> {
    let mut rest = bytes;
    let mut blank = 0;
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        rest = after;
        blank += 1;
    }
    if blank > 4 {
        return Read::Refused;
    }
    let Some(end) = find(rest, b"\r\n\r\n") else {
        return Read::Partial;
    };
    let head = 2 * blank + end + 4;
    match parse(&rest[..end]) {
        Some(request) => Read::All(Request { head, ..request }),
        None => Read::Refused,
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&at| bytes[at..].starts_with(what))
}

fn parse(head: &[u8]) -> Option<Request> {
    let lines = split(head, b"\r\n");
    if lines
        .iter()
        .any(|line| line.contains(&b'\r') || line.contains(&b'\n'))
    {
        return None;
    }
    let (first, fields) = lines.split_first()?;
    let words = split(first, b" ");
    let [method, target, version] = words.as_slice() else {
        return None;
    };
    let known: [&[u8]; 7] = [
        b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS",
    ];
    if !known.contains(method) || !(*version == b"HTTP/1.1" || *version == b"HTTP/1.0") {
        return None;
    }
    let old = *version == b"HTTP/1.0";
    let (path, query) = parse_target(std::str::from_utf8(target).ok()?, *method == b"OPTIONS")?;
    let fields: Vec<_> = fields
        .iter()
        .map(|line| parse_field(line))
        .collect::<Option<_>>()?;
    let all = |name: &str| -> Vec<&[u8]> {
        let named = fields.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_slice()).collect()
    };
    for name in [
        "host",
        "content-type",
        "authorization",
        "origin",
        "sec-websocket-key",
        "sec-websocket-version",
    ] {
        if all(name).len() > 1 {
            return None;
        }
    }
    match all("host").first() {
        Some(host) if is_authority(std::str::from_utf8(host).ok()?) => {}
        None if old => {}
        _ => return None,
    }
    let expects = list(&all("expect"));
    if !old && !expects.is_empty() && expects != ["100-continue"] {
        return None;
    }
    let length = match (
        all("transfer-encoding").as_slice(),
        all("content-length").as_slice(),
    ) {
        ([], []) => Length::Bytes(0),
        ([], [digits]) => {
            let digits = std::str::from_utf8(digits).ok()?;
            if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
                return None;
            }
            Length::Bytes(digits.parse().ok()?)
        }
        (codings, []) if !old && list(codings) == ["chunked"] => Length::Chunked,
        _ => return None,
    };
    Some(Request {
        method: String::from_utf8_lossy(method).into_owned(),
        path,
        query,
        length,
        head: 0,
        fields,
    })
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(end) = find(rest, at) {
        parts.push(&rest[..end]);
        rest = &rest[end + at.len()..];
    }
    parts.push(rest);
    parts
}

/// The members of a list, in lower case.
fn list(lines: &[&[u8]]) -> Vec<String> {
    let joined: Vec<String> = lines
        .iter()
        .map(|line| line.iter().map(|&byte| char::from(byte)).collect())
        .collect();
    joined
        .join(",")
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']).to_ascii_lowercase())
        .filter(|member| !member.is_empty())
        .collect()
}

fn parse_field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = find(line, b":")?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    if !is_token(name) {
        return None;
    }
    let mut value = &line[colon + 1..];
    while value.first().is_some_and(|byte| b" \t".contains(byte)) {
        value = &value[1..];
    }
    while value.last().is_some_and(|byte| b" \t".contains(byte)) {
        value = &value[..value.len() - 1];
    }
    let visible = |&byte: &u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    value
        .iter()
        .all(visible)
        .then(|| (name.to_ascii_lowercase(), value.to_vec()))
}

pub(crate) fn is_token(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

/// Path and query of a target on a connection in clear text.
fn parse_target(target: &str, options: bool) -> Option<(String, Option<String>)> {
    if target == "*" && options {
        return Some(("*".into(), None));
    }
    let lower = target.to_ascii_lowercase();
    let rest = if lower.starts_with("http://") {
        let rest = &target["http://".len()..];
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        if !is_authority(&rest[..end]) {
            return None;
        }
        &rest[end..]
    } else if target.starts_with('/') {
        target
    } else {
        return None;
    };
    let (path, query) = match rest.find('?') {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let in_path = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/".contains(c);
    let in_query = |c: char| ('!'..='~').contains(&c) && !"\"#<>".contains(c);
    if !is_encoded(path, in_path) || !query.is_none_or(|query| query.chars().all(in_query)) {
        return None;
    }
    let path = if path.is_empty() { "/" } else { path };
    Some((path.into(), query.map(Into::into)))
}

/// Whether it has only such characters, and octets as `%` and two digits.
fn is_encoded(text: &str, fits: impl Fn(char) -> bool) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let octet = c == '%'
            && chars.next().is_some_and(|c| c.is_ascii_hexdigit())
            && chars.next().is_some_and(|c| c.is_ascii_hexdigit());
        if !octet && (c == '%' || !fits(c)) {
            return false;
        }
    }
    true
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rfind(']') {
        Some(end) => (&text[..=end], &text[end + 1..]),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    if (!port.is_empty() && !port.starts_with(':'))
        || digits.len() > 5
        || !digits.chars().all(|c| c.is_ascii_digit())
    {
        return false;
    }
    if let Some(bracketed) = host.strip_prefix('[') {
        let address = bracketed.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let in_name = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(c);
    !host.is_empty() && !host.starts_with('.') && is_encoded(host, in_name)
}

/// A chunked body and how many bytes it takes.
pub(crate) fn chunked(bytes: &[u8]) -> Read<(Vec<u8>, usize)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let line = match line(&bytes[at..]) {
            Read::All(line) => line,
            Read::Partial => return Read::Partial,
            Read::Refused => return Read::Refused,
        };
        at += line.len() + 2;
        let Some(size) = chunk_size(line) else {
            return Read::Refused;
        };
        if size == 0 {
            break;
        }
        let Some(data) = usize::try_from(size)
            .ok()
            .and_then(|size| bytes[at..].get(..size))
        else {
            return Read::Partial;
        };
        body.extend_from_slice(data);
        at += data.len();
        let end = &bytes[at..bytes.len().min(at + 2)];
        if end != b"\r\n" {
            return if b"\r\n".starts_with(end) {
                Read::Partial
            } else {
                Read::Refused
            };
        }
        at += 2;
    }
    loop {
        match line(&bytes[at..]) {
            Read::All([]) => return Read::All((body, at + 2)),
            Read::All(trailer) if parse_field(trailer).is_some() => at += trailer.len() + 2,
            Read::Partial => return Read::Partial,
            _ => return Read::Refused,
        }
    }
}

/// Up to the first line feed, before which there must be the only carriage return.
fn line(bytes: &[u8]) -> Read<&[u8]> {
    let Some(end) = find(bytes, b"\n") else {
        return Read::Partial;
    };
    match bytes[..end].strip_suffix(b"\r") {
        Some(line) if !line.contains(&b'\r') => Read::All(line),
        _ => Read::Refused,
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    // Quoted strings may hold what is no ASCII; nothing else may.
    let text: String = line.iter().map(|&byte| char::from(byte)).collect();
    let digits = text.find(|c: char| !c.is_ascii_hexdigit());
    let (size, mut rest) = text.split_at(digits.unwrap_or(text.len()));
    if size.is_empty() || size.len() > 16 {
        return None;
    }
    while !rest.is_empty() {
        let name = blanks(blanks(rest).strip_prefix(';')?);
        rest = token(name)?;
        if let Some(value) = blanks(rest).strip_prefix('=') {
            let value = blanks(value);
            rest = match value.strip_prefix('"') {
                Some(quoted) => closing(quoted)?,
                None => token(value)?,
            };
        }
    }
    u64::from_str_radix(size, 16).ok()
}

fn blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// What follows the token that must be here.
fn token(text: &str) -> Option<&str> {
    let end = text.find(|c| !is_token(&String::from(c)));
    let (token, rest) = text.split_at(end.unwrap_or(text.len()));
    (!token.is_empty()).then_some(rest)
}

/// What follows the closing quote that must come.
fn closing(text: &str) -> Option<&str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let c = match c {
            '"' => return text.get(at + 1..),
            '\\' => chars.next()?.1,
            c => c,
        };
        if c != '\t' && (c < ' ' || c == '\x7f') {
            return None;
        }
    }
    None
}
