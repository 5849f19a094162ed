//! The publishable key of a Clerk instance. It is no secret: it says where the instance's Frontend API is.

use crate::domain::{
    failure::{Failure, FailureKind},
    text::clean,
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use url::Url;

/// Copied keys often lack the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The Frontend API that a publishable key names: `pk_test_` or `pk_live_`, then the host and `$` in base64.
pub fn frontend_api(key: &str) -> Result<Url, Failure> {
    let key = key.trim();
    if key.starts_with("sk_") {
        return Err(bad("it is a secret key, which belongs on no client: take it out, and give the publishable key"));
    }
    let encoded = key.strip_prefix("pk_live_").or_else(|| key.strip_prefix("pk_test_"));
    let encoded = encoded.ok_or_else(|| bad("it begins neither with pk_live_ nor with pk_test_"))?;
    let decoded = BASE64.decode(encoded).map_err(|_| bad("what follows its prefix is not base64; was it cut off?"))?;
    let decoded = String::from_utf8(decoded).map_err(|_| bad("what it holds is not text"))?;
    let host = decoded.strip_suffix('$').ok_or_else(|| bad("what it holds does not end in `$`; was it cut off?"))?;
    let url = Url::parse(&format!("https://{host}")).ok().filter(|url| names_only_a_host(url, host));
    url.ok_or_else(|| bad(&format!("what it holds, \"{}\", is not the name of a host", clean(host, 80))))
}

fn names_only_a_host(url: &Url, host: &str) -> bool {
    let whole = url.as_str() == format!("https://{}/", host.to_ascii_lowercase());
    whole && url.username().is_empty() && host.contains('.') && !host.contains('$')
}

fn bad(reason: &str) -> Failure {
    let why = format!(
        "setting `clerk_publishable_key` cannot be used: {reason}; accepted is the key that Clerk's dashboard shows under API keys, pk_live_… or pk_test_…"
    );
    Failure::new(FailureKind::Input, "bad_setting", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(prefix: &str, content: &str) -> String {
        format!("{prefix}{}", BASE64.encode(content))
    }

    #[test]
    fn a_key_names_its_frontend_api() {
        for (key, host) in [
            ("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k".to_owned(), "https://clerk.example.com/"),
            (key("pk_live_", "clerk.example.com$"), "https://clerk.example.com/"),
            (key("pk_test_", "happy-hippo-1.clerk.accounts.dev$"), "https://happy-hippo-1.clerk.accounts.dev/"),
            (key("pk_live_", "clerk.example.org$").trim_end_matches('=').to_owned(), "https://clerk.example.org/"),
            (format!(" {}\n", key("pk_live_", "clerk.example.org$")), "https://clerk.example.org/"),
        ] {
            assert_eq!(frontend_api(&key).unwrap().as_str(), host, "{key}");
        }
    }

    #[test]
    fn a_wrong_key_is_told_in_one_sentence() {
        for (key, part) in [
            (String::new(), "begins neither"),
            (key("sk_live_", "clerk.example.com$"), "secret key"),
            (key("pk_prod_", "clerk.example.com$"), "begins neither"),
            ("pk_live_".to_owned(), "does not end in `$`"),
            ("pk_live_%%%".to_owned(), "not base64"),
            ("pk_live_Y2xlcmsuZXhhbXBsZS5jb20".to_owned(), "does not end in `$`"),
            (key("pk_live_", "clerk.example.com"), "does not end in `$`"),
            (key("pk_live_", "clerk.example.com$$"), "not the name of a host"),
            (key("pk_live_", "clerk$.example.com$"), "not the name of a host"),
            (key("pk_live_", "localhost$"), "not the name of a host"),
            (key("pk_live_", "user@clerk.example.com$"), "not the name of a host"),
            (key("pk_live_", "clerk.example.com/path$"), "not the name of a host"),
            (key("pk_live_", "clerk.example.com?query$"), "not the name of a host"),
            (key("pk_live_", "clerk example.com$"), "not the name of a host"),
            (key("pk_live_", "\u{1b}[31m.com$"), "not the name of a host"),
            (format!("pk_live_{}", BASE64.encode([0xff, 0xfe, b'$'])), "not text"),
        ] {
            let failure = frontend_api(&key).unwrap_err();
            assert!(failure.why.contains(part), "{key}: {}", failure.why);
            assert!(!failure.why.contains(|c: char| c.is_control()), "{}", failure.why);
            assert_eq!(failure.kind, FailureKind::Input);
        }
    }
}
