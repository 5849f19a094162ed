//! Where a request comes from.

use super::{office::Office, problem::Refusal};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

/// What a proxy on this machine says of whom it speaks for; the last entry is its own observation.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(IpAddr);

impl Peer {
    /// A proxy on this machine is believed. What it forwards may be made up by the client where the proxy adds
    /// nothing, but such a client would count as this machine otherwise, and be limited even less.
    fn of(connection: SocketAddr, headers: &HeaderMap) -> Self {
        let nearest = connection.ip().to_canonical();
        let told = headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| last_of(value.as_bytes()));
        Self(told.filter(|_| nearest.is_loopback()).map_or(nearest, |address| address.to_canonical()))
    }

    /// What limits go by; `None` for this machine, which is not limited. The people who share the machine can do
    /// worse to it than to ask often, and the box office inside the program has only one person.
    pub fn limited_as(self) -> Option<IpAddr> {
        Some(self.network()).filter(|_| !self.0.is_loopback())
    }

    /// What belongs to one customer: of IPv6 that is a whole /64.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V6(address) if !address.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
            }
            address => address,
        }
    }
}

/// The last address of a list, some proxies write its port, too. What stands before it comes from the client and may
/// be any bytes.
fn last_of(list: &[u8]) -> Option<IpAddr> {
    let last = std::str::from_utf8(list.rsplit(|byte| *byte == b',').next()?).ok()?.trim();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequestParts<Arc<Office>> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Office>) -> Result<Self, Refusal> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let ConnectInfo(address) = connection.ok_or_else(|| Refusal::internal("a connection has no address"))?;
        Ok(Self::of(*address, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(connection: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        Peer::of(connection.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_proxy_on_this_machine_is_believed_and_nobody_else() {
        assert_eq!(peer("127.0.0.1:9", &[]), "127.0.0.1");
        assert_eq!(peer("127.0.0.1:9", &["10.0.0.1, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(peer("127.0.0.1:9", &["203.0.113.7", "203.0.113.8"]), "203.0.113.8");
        assert_eq!(peer("[::ffff:127.0.0.1]:9", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(peer("127.0.0.1:9", &["nonsense"]), "127.0.0.1");
        assert_eq!(peer("127.0.0.1:9", &["\u{e9}, 203.0.113.7:4711"]), "203.0.113.7");
        assert_eq!(peer("127.0.0.1:9", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(peer("198.51.100.1:9", &["127.0.0.1"]), "198.51.100.1");
    }

    #[test]
    fn this_machine_is_not_limited_and_a_customers_network_is_one() {
        let limited = |text: &str| Peer(text.parse().unwrap()).limited_as();
        assert_eq!(limited("127.0.0.1"), None);
        assert_eq!(limited("::1"), None);
        assert_eq!(limited("2001:db8:1:2:3::4"), limited("2001:db8:1:2:9::1"));
        assert_ne!(limited("2001:db8:1:2::1"), limited("2001:db8:1:3::1"));
        assert_ne!(limited("198.51.100.1"), limited("198.51.100.2"));
    }
}
