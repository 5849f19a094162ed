//! Where a poster may come from. The place is a server's word: without these rules it could make the program ask any
//! address that can be reached from this machine.

use crate::domain::failure::{Failure, FailureKind};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use url::{Host, Url};

/// The longest address that is looked at.
const MAX_URL: usize = 2_048;

/// Finds the addresses of a host.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's own.
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// The two places that posters come from.
pub struct Rules {
    pub server: Url,
    pub base: Url,
}

impl Rules {
    /// The address of a poster's place: one of its own, or a path below the base.
    pub fn resolve(&self, place: &str) -> Result<Url, Failure> {
        if place.len() > MAX_URL {
            return Err(refused("the poster's address is too long"));
        }
        let url = if place.starts_with('/') {
            Url::parse(&format!("{}{place}", self.base.as_str().trim_end_matches('/')))
        } else {
            Url::parse(place)
        };
        url.map_err(|_| refused("the poster's place is neither a path nor an address"))
    }

    /// Whether anything may be asked of this address.
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        let is_server = url.origin() == self.server.origin();
        if !(url.scheme() == "https" || url.scheme() == "http" && is_server) {
            return Err(refused("the poster's address is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("the poster's address names a user"));
        }
        if !is_server && url.origin() != self.base.origin() {
            return Err(refused(&format!(
                "{} is neither the server nor the base of the posters",
                url.host_str().unwrap_or("the poster's host")
            )));
        }
        // Names are looked at when their addresses are known.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(()),
        };
        if self.is_own(url.host_str().unwrap_or_default()) || is_public(address) {
            return Ok(());
        }
        Err(refused(&format!("{address} is not an address of the internet")))
    }

    /// The server that the person has chosen may be anywhere.
    fn is_own(&self, host: &str) -> bool {
        self.server.host_str() == Some(host)
    }
}

fn refused(why: &str) -> Failure {
    Failure::new(FailureKind::Refused, "poster_refused", why)
}

/// Gives the addresses of a host only when all of them may be asked; to these the connection goes.
pub struct Guarded {
    pub rules: Arc<Rules>,
    pub lookup: Arc<dyn Lookup>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, lookup) = (self.rules.clone(), self.lookup.clone());
        Box::pin(async move {
            let host = name.as_str();
            let found = lookup.addresses(host).await?;
            if let Some(inside) = found.iter().find(|address| !rules.is_own(host) && !is_public(**address)) {
                let why = format!("{host} leads to {inside}, which is not an address of the internet");
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Whether an address is one of the internet at large (IANA's registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a, b) == (169, 254)
        || (a, b) == (192, 168)
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 100 && (64..128).contains(&b))
        || (a == 172 && (16..32).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let inner = || Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..] => is_public_v4(inner()),
        // NAT64: how machines without IPv4 reach it.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(inner()),
        // Tunnels and addresses of documents, out of the global unicast addresses 2000::/3.
        [0x2002, ..] | [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        let inside = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fdff::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::1",
            "100::1",
        ];
        for address in inside {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        let outside = [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ];
        for address in outside {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_path_is_below_the_base_and_an_address_is_its_own() {
        let url = |text: &str| Url::parse(text).unwrap();
        let rules = Rules { server: url("https://kino.example:8443"), base: url("https://image.tmdb.org/t/p/w500/") };
        let resolved = |place: &str| rules.resolve(place).map(|url| url.to_string());
        assert_eq!(resolved("/p9.jpg").unwrap(), "https://image.tmdb.org/t/p/w500/p9.jpg");
        assert_eq!(resolved("//evil.example/p9.jpg").unwrap(), "https://image.tmdb.org/t/p/w500//evil.example/p9.jpg");
        assert_eq!(resolved("https://kino.example:8443/p.png").unwrap(), "https://kino.example:8443/p.png");
        assert!(resolved("p9.jpg").is_err());
        assert!(resolved(&format!("/{}", "p".repeat(3_000))).is_err());
    }

    #[test]
    fn only_the_server_and_the_base_are_asked_and_only_the_server_without_encryption() {
        let url = |text: &str| Url::parse(text).unwrap();
        let rules = |server: &str| Rules { server: url(server), base: url("https://image.tmdb.org/t/p/w500") };
        let https = rules("https://kino.example:8443");
        let fine = |rules: &Rules, text: &str| rules.check(&url(text)).is_ok();
        assert!(fine(&https, "https://kino.example:8443/p.png"));
        assert!(fine(&https, "https://image.tmdb.org/other/p.png"));
        for text in [
            "https://kino.example/p.png",
            "http://kino.example:8443/p.png",
            "http://image.tmdb.org/p.png",
            "https://image.tmdb.org:8443/p.png",
            "https://image.tmdb.org.evil.example/p.png",
            "https://ana@image.tmdb.org/p.png",
            "https://:secret@kino.example:8443/p.png",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "ftp://image.tmdb.org/p.png",
        ] {
            assert!(!fine(&https, text), "{text}");
        }
        let local = rules("http://127.0.0.1:7878");
        assert!(fine(&local, "http://127.0.0.1:7878/p.png"), "the server that was chosen may be here");
        assert!(!fine(&local, "http://127.0.0.1:22/p.png"));
        assert!(!fine(&local, "http://[::1]:7878/p.png"));
        let inside = Rules { server: url("https://kino.example"), base: url("https://10.0.0.5/p") };
        assert!(!fine(&inside, "https://10.0.0.5/p/p9.jpg"));
    }
}
