//! The address by which people reach this server.

use super::office::Office;
use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// The address by which a request reached this server, without a slash at its end: the one that the settings name, or
/// what the request says in `Host`, or where the server listens.
pub fn of_request(office: &Office, headers: &HeaderMap) -> String {
    if let Some(url) = &office.public_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let asked = host.and_then(|host| Url::parse(&format!("http://{host}")).ok()).filter(is_origin);
    asked.map_or_else(|| office.url.clone(), |url| url.origin().ascii_serialization())
}

/// A scheme, a host and a port, and nothing more.
pub fn is_origin(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    bare && url.path() == "/" && url.query().is_none() && url.fragment().is_none()
}

/// Whether other devices can open an address: not when it names this machine as it names itself.
pub fn reaches_from_elsewhere(address: &str) -> bool {
    match Url::parse(address).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name != "localhost",
        Some(Host::Ipv4(address)) => !address.is_loopback(),
        Some(Host::Ipv6(address)) => !address.is_loopback(),
        None => false,
    }
}
