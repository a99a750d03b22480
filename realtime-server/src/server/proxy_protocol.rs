//! The PROXY protocol, by which a load balancer says for whom it connects: both versions of
//! <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>.

use std::{
    fmt, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::io::{AsyncRead, AsyncReadExt};

/// What version 2 begins with.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1, with its end.
const MAX_LINE: usize = 107;
/// Addresses and extensions of version 2. Extensions are not looked at.
const MAX_BLOCK: usize = 2_048;

/// Why a connection does not begin as a load balancer's would.
#[derive(Debug)]
pub(super) enum PreambleError {
    Io(io::Error),
    Malformed,
    TooLong,
}

/// Reads the preamble and not a byte more. `None` is a connection that the load balancer makes for
/// itself, or for somebody it has no address of.
pub(super) async fn read(
    socket: &mut (impl AsyncRead + Unpin),
) -> Result<Option<SocketAddr>, PreambleError> {
    // Shorter than every preamble of either version.
    let mut begin = [0; SIGNATURE.len()];
    socket.read_exact(&mut begin).await?;
    if begin == SIGNATURE {
        read_block(socket).await
    } else if begin.starts_with(b"PROXY ") {
        read_line(socket, &begin).await
    } else {
        Err(PreambleError::Malformed)
    }
}

async fn read_block(
    socket: &mut (impl AsyncRead + Unpin),
) -> Result<Option<SocketAddr>, PreambleError> {
    let [command, family, high, low] = {
        let mut fields = [0; 4];
        socket.read_exact(&mut fields).await?;
        fields
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length > MAX_BLOCK {
        return Err(PreambleError::TooLong);
    }
    let mut block = vec![0; length];
    socket.read_exact(&mut block).await?;
    match (command, family) {
        // A receiver falls back to what it sees itself for families that it does not know what to do
        // with, here UDP and Unix sockets (section 2.2); families that there are not are refused.
        (0x20, _) | (0x21, 0x00 | 0x12 | 0x22 | 0x31 | 0x32) => Ok(None),
        (0x21, 0x11) => match block.as_slice() {
            [a, b, c, d, _, _, _, _, high, low, _, _, ..] => {
                let port = u16::from_be_bytes([*high, *low]);
                Ok(Some((Ipv4Addr::new(*a, *b, *c, *d), port).into()))
            }
            _ => Err(PreambleError::Malformed),
        },
        (0x21, 0x21) => match block.split_first_chunk::<16>() {
            Some((source, rest)) => match rest.split_first_chunk::<16>() {
                Some((_, [high, low, _, _, ..])) => {
                    let port = u16::from_be_bytes([*high, *low]);
                    let address = Ipv6Addr::from(*source).to_canonical();
                    Ok(Some(SocketAddr::new(address, port)))
                }
                _ => Err(PreambleError::Malformed),
            },
            None => Err(PreambleError::Malformed),
        },
        _ => Err(PreambleError::Malformed),
    }
}

async fn read_line(
    socket: &mut (impl AsyncRead + Unpin),
    begin: &[u8],
) -> Result<Option<SocketAddr>, PreambleError> {
    let mut line = begin.to_vec();
    // Byte by byte: what follows the line is the client's.
    while !line.ends_with(b"\n") {
        if line.len() == MAX_LINE {
            return Err(PreambleError::TooLong);
        }
        line.push(socket.read_u8().await?);
    }
    if line.starts_with(b"PROXY UNKNOWN") && line.ends_with(b"\r\n") {
        return Ok(None);
    }
    parse_line(&line).map(Some).ok_or(PreambleError::Malformed)
}

fn parse_line(line: &[u8]) -> Option<SocketAddr> {
    let line = str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
    let mut words = line.strip_prefix("PROXY ")?.split(' ');
    let family = words.next()?;
    let [source, _, port, _] = [words.next()?, words.next()?, words.next()?, words.next()?];
    if words.next().is_some() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let address = match family {
        "TCP4" => source.parse::<Ipv4Addr>().ok()?.into(),
        "TCP6" => source.parse::<Ipv6Addr>().ok()?.to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(address, port.parse().ok()?))
}

impl From<io::Error> for PreambleError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for PreambleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Malformed => f.write_str("it does not begin with the PROXY protocol"),
            Self::TooLong => f.write_str("its PROXY protocol header is too long"),
        }
    }
}
