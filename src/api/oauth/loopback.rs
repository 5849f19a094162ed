//! Where the browser brings the answer of the authorization server: a port of this machine (RFC 8252, 7.3).

use std::{io, net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use url::Url;

/// The largest head of a request that is read, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// How long one connection may take. Browsers open some that they never use.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);
/// How long the browser may take to read the page.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);
/// How many connections are served at once; others wait.
const MAX_CONNECTIONS: usize = 16;
const PATH: &str = "/callback";

/// A port of 127.0.0.1 that waits for the browser.
pub struct Loopback {
    listener: TcpListener,
    redirect: Url,
}

/// What the browser brought. It came with the right `state`, so the authorization server sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    pub issuer: Option<String>,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    Code(String),
    Refused { error: String, description: String },
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(***)",
            Self::Refused { .. } => "Refused",
        })
    }
}

impl Loopback {
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let redirect = Url::parse(&format!("http://127.0.0.1:{port}{PATH}")).map_err(io::Error::other)?;
        Ok(Self { listener, redirect })
    }

    /// Where the authorization server is to send the browser.
    pub fn redirect(&self) -> &Url {
        &self.redirect
    }

    /// Waits for the answer that carries `state`. Whatever else comes is refused and waited past: any page in the
    /// browser can send requests here.
    pub async fn answer(&self, state: &str) -> io::Result<Callback> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some(served) = connections.join_next() => {
                    if let Ok(Some(callback)) = served {
                        return Ok(callback);
                    }
                }
                accepted = self.listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                    let (connection, _) = accepted?;
                    let (redirect, state) = (self.redirect.clone(), state.to_owned());
                    connections.spawn(async move {
                        timeout(CONNECTION_LIMIT, serve(connection, &redirect, &state)).await.ok()?
                    });
                }
            }
        }
    }
}

/// Answers one request, and gives what it brought if it is the one that is waited for.
async fn serve(mut connection: TcpStream, redirect: &Url, state: &str) -> Option<Callback> {
    let head = read_head(&mut connection).await?;
    let callback = parse(&head, redirect, state);
    let (status, words) = match &callback {
        Ok(Callback { outcome: Outcome::Code(_), .. }) => {
            ("200 OK", "You can close this window and go back to frontrow.")
        }
        Ok(_) => ("200 OK", "The sign-in was not approved. You can close this window and go back to frontrow."),
        Err(Wrong::Place) => ("404 Not Found", "There is nothing here."),
        Err(Wrong::Sender) => ("400 Bad Request", "This is not the answer that frontrow waits for."),
    };
    // The page is a courtesy: what was brought counts even where nobody stays to see it.
    let _ = timeout(GOODBYE_LIMIT, async {
        connection.write_all(page(status, words).as_bytes()).await?;
        connection.shutdown().await?;
        // Closed before the browser has read it all, it would show an error instead of the page.
        connection.read(&mut [0; 1]).await
    })
    .await;
    callback.ok()
}

async fn read_head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > MAX_HEAD || connection.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// Why a request is not the one that is waited for.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    Place,
    Sender,
}

fn parse(head: &str, redirect: &Url, state: &str) -> Result<Callback, Wrong> {
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (Some("GET"), Some(target)) = (request.next(), request.next()) else { return Err(Wrong::Place) };
    let authority = redirect.authority();
    // A page elsewhere whose name was made to lead to this machine would send its own name.
    let mut hosts = lines.filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    if hosts.next().is_none_or(|(_, host)| host.trim() != authority) || hosts.next().is_some() {
        return Err(Wrong::Sender);
    }
    let url = redirect.join(target).map_err(|_| Wrong::Place)?;
    if !target.starts_with('/') || url.authority() != authority || url.path() != redirect.path() {
        return Err(Wrong::Place);
    }
    let only = |name: &str| {
        let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        values.next().filter(|_| values.next().is_none())
    };
    if only("state").is_none_or(|given| given != state) {
        return Err(Wrong::Sender);
    }
    let outcome = match (only("code"), only("error")) {
        (Some(code), None) => Outcome::Code(code),
        (None, Some(error)) => Outcome::Refused { error, description: only("error_description").unwrap_or_default() },
        _ => return Err(Wrong::Sender),
    };
    Ok(Callback { issuer: only("iss"), outcome })
}

fn page(status: &str, words: &str) -> String {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>frontrow</title><p>{words}</p></html>\n"
    );
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(target: &str, host: &str) -> Result<Callback, Wrong> {
        let redirect = Url::parse("http://127.0.0.1:4711/callback").unwrap();
        parse(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"), &redirect, "xyz")
    }

    #[test]
    fn an_answer_with_the_right_state_is_taken() {
        let callback = parsed("/callback?code=abc&state=xyz&iss=https%3A%2F%2Fid.example", "127.0.0.1:4711").unwrap();
        assert_eq!(callback.issuer.as_deref(), Some("https://id.example"));
        assert!(matches!(callback.outcome, Outcome::Code(code) if code == "abc"));
        let refused = parsed("/callback?error=access_denied&state=xyz", "127.0.0.1:4711").unwrap();
        assert!(matches!(refused.outcome, Outcome::Refused { error, .. } if error == "access_denied"));
    }

    #[test]
    fn everything_else_is_not_what_is_waited_for() {
        let here = "127.0.0.1:4711";
        assert_eq!(parsed("/callback?code=abc", here), Err(Wrong::Sender));
        assert_eq!(parsed("/callback?code=abc&state=other", here), Err(Wrong::Sender));
        assert_eq!(parsed("/callback?code=abc&state=xyz&state=xyz", here), Err(Wrong::Sender));
        assert_eq!(parsed("/callback?code=abc&error=x&state=xyz", here), Err(Wrong::Sender));
        assert_eq!(parsed("/callback?state=xyz", here), Err(Wrong::Sender));
        assert_eq!(parsed("/callback?code=abc&state=xyz", "evil.example:4711"), Err(Wrong::Sender));
        assert_eq!(parsed("/favicon.ico", here), Err(Wrong::Place));
        assert_eq!(parsed("http://evil.example/callback?code=abc&state=xyz", here), Err(Wrong::Place));
        assert_eq!(parsed("//evil.example/callback?code=abc&state=xyz", here), Err(Wrong::Place));
        let redirect = Url::parse("http://127.0.0.1:4711/callback").unwrap();
        assert_eq!(parse("POST /callback HTTP/1.1\r\n\r\n", &redirect, "xyz"), Err(Wrong::Place));
        assert_eq!(parse("\u{0}\u{1}", &redirect, "xyz"), Err(Wrong::Place));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_here_is_parsed_without_a_panic_and_never_taken_without_the_state(
            target in "[/a-z?=&%:@#. \\\\]{0,60}",
            rest: String,
        ) {
            let redirect = Url::parse("http://127.0.0.1:4711/callback").unwrap();
            let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n{rest}\r\n\r\n");
            prop_assert!(parse(&head, &redirect, "XYZ").is_err());
            prop_assert!(parse(&rest, &redirect, "XYZ").is_err());
        }
    }
}
