use std::{error::Error, fmt, net::IpAddr, str::FromStr};

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or a single address.
///
/// ```
/// use realtime_server::config::Network;
///
/// let network: Network = "10.0.0.0/8".parse()?;
/// assert!(network.contains("10.1.2.3".parse()?));
/// assert!(network.contains("::ffff:10.1.2.3".parse()?));
/// assert!("10.0.0.1/8".parse::<Network>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many leading bits an address must share.
    prefix: u32,
}

impl Network {
    /// This machine, by IPv4 and IPv6.
    #[must_use]
    pub fn loopback() -> Vec<Self> {
        let network = |address: IpAddr, prefix| Self { address, prefix };
        vec![
            network([127, 0, 0, 0].into(), 8),
            network([0, 0, 0, 0, 0, 0, 0, 1].into(), 128),
        ]
    }

    /// Whether `address` is in it. An IPv4 address counts as such even where it is written as IPv6.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let (width, empty) = match address {
            IpAddr::V4(address) => (32, address.to_bits().trailing_zeros().min(32)),
            IpAddr::V6(address) => (128, address.to_bits().trailing_zeros()),
        };
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| NetworkError::Prefix)?
            }
            Some(_) => return Err(NetworkError::Prefix),
        };
        if prefix > width {
            return Err(NetworkError::Prefix);
        }
        if width - prefix > empty {
            return Err(NetworkError::HostBits);
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Why a text is no block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkError {
    /// It does not begin with an IP address.
    Address,
    /// What follows the slash is no length that such an address has.
    Prefix,
    /// The address has bits beyond the length: it is inside the block, not the block.
    HostBits,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "expected an IP address, or one with a length such as 10.0.0.0/8",
            Self::Prefix => "the length of a network is 0 to 32 bits, or to 128 for IPv6",
            Self::HostBits => "the address has bits beyond the length of the network",
        })
    }
}

impl Error for NetworkError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn contains_what_shares_its_leading_bits() {
        for (block, address, inside) in [
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "::1", false),
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.4.0/22", "192.168.7.255", true),
            ("192.168.4.0/22", "192.168.8.0", false),
            ("192.168.4.1", "192.168.4.1", true),
            ("192.168.4.1", "192.168.4.0", false),
            ("192.168.4.1/32", "::ffff:192.168.4.1", true),
            ("::/0", "fe80::1", true),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
            ("2001:db8::1", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8::2", false),
        ] {
            let found = network(block).contains(address.parse().expect("an address"));
            assert_eq!(found, inside, "{address} in {block}");
        }
    }

    #[test]
    fn refuses_what_is_no_block() {
        for (text, error) in [
            ("", NetworkError::Address),
            ("example.com", NetworkError::Address),
            ("10.0.0/8", NetworkError::Address),
            ("10.0.0.0/", NetworkError::Prefix),
            ("10.0.0.0/33", NetworkError::Prefix),
            ("10.0.0.0/+8", NetworkError::Prefix),
            ("10.0.0.0/8/8", NetworkError::Prefix),
            ("::/129", NetworkError::Prefix),
            ("10.0.0.1/8", NetworkError::HostBits),
            ("0.0.0.1/0", NetworkError::HostBits),
            ("fd00::1/64", NetworkError::HostBits),
        ] {
            assert_eq!(text.parse::<Network>(), Err(error), "{text}");
        }
    }
}
