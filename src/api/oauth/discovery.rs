//! What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0).

use super::transport::Transport;
use crate::{api::http::is_loopback, domain::failure::Failure};
use serde::Deserialize;
use url::Url;

/// Whether anything may travel unencrypted to a machine that is not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    Loopback,
    Anywhere,
}

/// The places of an authorization server. Each was checked to be as safe to reach as the server itself.
pub struct Metadata {
    pub issuer: String,
    pub token: Url,
    pub authorization: Option<Url>,
    pub device: Option<Url>,
    pub revocation: Option<Url>,
    pub userinfo: Option<Url>,
    /// Whether its answers through the browser name it (RFC 9207).
    pub names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    token_endpoint: String,
    authorization_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Whether a person or a token may be sent to this address.
pub fn is_safe(url: &Url, plain: PlainHttp) -> bool {
    let encrypted = match url.scheme() {
        "https" => true,
        "http" => plain == PlainHttp::Anywhere || is_loopback(url),
        _ => false,
    };
    encrypted && url.username().is_empty() && url.password().is_none() && url.host().is_some()
}

/// Asks the authorization server where its places are.
pub async fn discover(transport: &Transport, issuer: &Url, plain: PlainHttp) -> Result<Metadata, Failure> {
    for place in [oauth_place(issuer), openid_place(issuer)] {
        if let Some(document) = transport.document::<Document>(&place, None).await? {
            return check(transport, issuer, plain, document);
        }
    }
    Err(transport.unreadable(
        "it has neither /.well-known/oauth-authorization-server nor /.well-known/openid-configuration (oauth_issuer)",
    ))
}

/// RFC 8414, 3: the well-known part goes between the host and the path.
fn oauth_place(issuer: &Url) -> Url {
    let mut place = issuer.clone();
    place.set_path(&format!("/.well-known/oauth-authorization-server{}", issuer.path().trim_end_matches('/')));
    place
}

/// OpenID Connect Discovery 1.0, 4: the well-known part goes to the end.
fn openid_place(issuer: &Url) -> Url {
    let mut place = issuer.clone();
    place.set_path(&format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/')));
    place
}

fn check(transport: &Transport, issuer: &Url, plain: PlainHttp, document: Document) -> Result<Metadata, Failure> {
    // A slash at the end is the one difference that people make when they copy the address.
    if document.issuer.trim_end_matches('/') != issuer.as_str().trim_end_matches('/') {
        return Err(transport.unreadable(&format!("it says that it is {} (oauth_issuer)", document.issuer)));
    }
    let place = |name: &str, text: String| match Url::parse(&text) {
        // An encrypted server's places are encrypted, too, even those that are said to be on this machine.
        Ok(url) if is_safe(&url, plain) && (url.scheme() == "https" || issuer.scheme() == "http") => Ok(url),
        _ => Err(transport.unreadable(&format!("its {name} {text} is not an https address"))),
    };
    let maybe = |name: &str, text: Option<String>| text.map(|text| place(name, text)).transpose();
    // Servers that say nothing of PKCE take it or ignore it; one that lists its methods must have the only good one.
    let methods = document.code_challenge_methods_supported;
    let proves = methods.is_none_or(|methods| methods.iter().any(|method| method == "S256"));
    Ok(Metadata {
        token: place("token_endpoint", document.token_endpoint)?,
        authorization: maybe("authorization_endpoint", document.authorization_endpoint.filter(|_| proves))?,
        device: maybe("device_authorization_endpoint", document.device_authorization_endpoint)?,
        revocation: maybe("revocation_endpoint", document.revocation_endpoint)?,
        userinfo: maybe("userinfo_endpoint", document.userinfo_endpoint)?,
        names_itself: document.authorization_response_iss_parameter_supported,
        issuer: document.issuer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn checked(issuer: &str, document: serde_json::Value) -> Result<Metadata, String> {
        let issuer = url(issuer);
        let document = serde_json::from_value(document).unwrap();
        check(&Transport::new(issuer.clone()), &issuer, PlainHttp::Loopback, document).map_err(|failure| failure.why)
    }

    #[test]
    fn the_well_known_places_keep_the_path_of_the_issuer() {
        let places = |issuer: &str| (oauth_place(&url(issuer)).to_string(), openid_place(&url(issuer)).to_string());
        assert_eq!(
            places("https://id.example/tenant/"),
            (
                "https://id.example/.well-known/oauth-authorization-server/tenant".to_owned(),
                "https://id.example/tenant/.well-known/openid-configuration".to_owned()
            )
        );
        assert_eq!(places("https://id.example").0, "https://id.example/.well-known/oauth-authorization-server");
    }

    #[test]
    fn another_issuer_is_not_believed() {
        let document =
            serde_json::json!({ "issuer": "https://evil.example", "token_endpoint": "https://id.example/t" });
        assert!(
            checked("https://id.example", document).err().unwrap().contains("says that it is https://evil.example")
        );
    }

    #[test]
    fn places_must_be_as_safe_as_the_issuer() {
        let at = |issuer: &str, token: &str| {
            checked(issuer, serde_json::json!({ "issuer": issuer, "token_endpoint": token })).is_ok()
        };
        assert!(at("https://id.example", "https://login.example/token"));
        assert!(!at("https://id.example", "http://id.example/token"));
        assert!(!at("https://id.example", "http://127.0.0.1/token"));
        assert!(!at("https://id.example", "https://user:word@id.example/token"));
        assert!(!at("https://id.example", "file:///etc/passwd"));
        assert!(at("http://127.0.0.1:8080", "http://127.0.0.1:8080/token"));
        assert!(!at("http://127.0.0.1:8080", "http://id.example/token"));
    }

    #[test]
    fn without_s256_there_is_no_way_through_the_browser() {
        let with = |methods: serde_json::Value| {
            let place = "https://id.example/x";
            let document = serde_json::json!({
                "issuer": "https://id.example", "token_endpoint": place, "authorization_endpoint": place,
                "code_challenge_methods_supported": methods,
            });
            checked("https://id.example/", document).unwrap().authorization.is_some()
        };
        assert!(with(serde_json::json!(["plain", "S256"])));
        assert!(with(serde_json::Value::Null));
        assert!(!with(serde_json::json!(["plain"])));
    }
}
