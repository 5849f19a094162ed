//! The settings of the mail server through which a box office sends its codes.

use super::load::{given, refuse_value, text};
use crate::domain::failure::Failure;
use config::Config;
use std::{net::IpAddr, path::PathBuf, str::FromStr};
use url::Url;

/// A mail server. Its password is in a file of its own: it is no setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Who sends, where the server wants to know, and the file with the password.
    pub account: Option<(String, PathBuf)>,
    /// The sender as people see it.
    pub from: String,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// From its first byte (`smtps://`).
    Tls,
    /// By STARTTLS, always (`smtp://`).
    StartTls,
    /// Not at all: `smtp://` to this machine.
    Local,
}

/// `None` where no mail is sent.
pub fn read(merged: &Config) -> Result<Option<MailServer>, Failure> {
    let Some(url) = given(merged, "smtp_url")? else { return Ok(None) };
    let SmtpUrl { host, port, security, user } =
        url.trim().parse().map_err(|accepted: &str| refuse_value(merged, "smtp_url", &url, accepted))?;
    let from = text(merged, "mail_from")?.trim().to_owned();
    if !from.contains('@') {
        let accepted = "accepted with smtp_url is a sender such as \"Odeon <tickets@example.org>\"";
        return Err(refuse_value(merged, "mail_from", &from, accepted));
    }
    let file = given(merged, "smtp_password_file")?;
    let account = match (user, file) {
        (Some(user), Some(file)) => Some((user, PathBuf::from(file))),
        (None, None) => None,
        (Some(_), None) => {
            let accepted = "accepted is the file with the password of the user in smtp_url";
            return Err(refuse_value(merged, "smtp_password_file", "", accepted));
        }
        (None, Some(file)) => {
            let accepted = "accepted is a file where smtp_url names a user, as in smtp://user@mail.example.org";
            return Err(refuse_value(merged, "smtp_password_file", &file, accepted));
        }
    };
    Ok(Some(MailServer { host, port, security, account, from }))
}

struct SmtpUrl {
    host: String,
    port: u16,
    security: MailSecurity,
    user: Option<String>,
}

impl FromStr for SmtpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let accepted = "accepted is smtp://mail.example.org:587 (STARTTLS) or smtps://mail.example.org:465, with user@ \
                        before the host where one is needed, without a password";
        let url = Url::parse(text).map_err(|_| accepted)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(accepted)?;
        let bare = url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        if !bare || !matches!(url.path(), "" | "/") {
            return Err(accepted);
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let (security, port) = match url.scheme() {
            "smtps" => (MailSecurity::Tls, 465),
            "smtp" if local => (MailSecurity::Local, 25),
            "smtp" => (MailSecurity::StartTls, 587),
            _ => return Err(accepted),
        };
        // In a URL an @ inside a user's name is written %40.
        let user = Some(url.username()).filter(|user| !user.is_empty()).map(|user| user.replace("%40", "@"));
        Ok(Self { host, port: url.port().unwrap_or(port), security, user })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_the_connection_is_protected() {
        let read = |text: &str| {
            let url: SmtpUrl = text.parse().unwrap();
            (url.host, url.port, url.security, url.user)
        };
        let host = || "mail.example.org".to_owned();
        assert_eq!(read("smtp://mail.example.org"), (host(), 587, MailSecurity::StartTls, None));
        assert_eq!(read("smtps://mail.example.org"), (host(), 465, MailSecurity::Tls, None));
        let user = Some("ann@example.org".to_owned());
        assert_eq!(read("smtp://ann%40example.org@mail.example.org:25"), (host(), 25, MailSecurity::StartTls, user));
        assert_eq!(read("smtp://127.0.0.1:2525"), ("127.0.0.1".to_owned(), 2525, MailSecurity::Local, None));
        assert_eq!(read("smtp://[::1]"), ("::1".to_owned(), 25, MailSecurity::Local, None));
    }

    #[test]
    fn other_addresses_and_passwords_in_them_are_refused() {
        for text in
            ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a:b@c.d", "smtp://c.d/x", "smtp:c"]
        {
            assert!(text.parse::<SmtpUrl>().is_err(), "{text}");
        }
    }
}
