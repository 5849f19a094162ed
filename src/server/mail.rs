//! Mail to people: codes and notices, as plain text.

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use thiserror::Error;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(15);

/// One mail. Its text may hold a code: it is never logged.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Why a mail was not sent. It repeats nothing of the mail.
#[derive(Debug, Error)]
pub enum MailError {
    #[error("{0} is not an address that mail can be sent to or from")]
    Address(&'static str),
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From its first byte (`smtps://`).
    Wrapped,
    /// By STARTTLS, without which nothing is sent.
    StartTls,
    /// Not at all: for a mail server on this machine.
    None,
}

/// A mail server.
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Who sends, where the server wants to know.
    pub account: Option<(String, SecretString)>,
    /// The sender as people see it, such as `Odeon <tickets@example.org>`.
    pub from: String,
}

/// Sends through a mail server, one connection a mail.
pub struct SmtpMailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// Does not connect yet.
    pub fn new(server: SmtpServer) -> Result<Self, MailError> {
        let from = server.from.parse().map_err(|_| MailError::Address("the sender"))?;
        let tls = match server.encryption {
            Encryption::Wrapped => Tls::Wrapper(TlsParameters::new(server.host.clone())?),
            Encryption::StartTls => Tls::Required(TlsParameters::new(server.host.clone())?),
            Encryption::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((name, password)) = server.account {
            builder = builder.credentials(Credentials::new(name, password.expose_secret().to_owned()));
        }
        Ok(Self { from, transport: builder.build() })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let to: Address = mail.to.parse().map_err(|_| MailError::Address("the receiver"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)?;
        self.transport.send(message).await?;
        Ok(())
    }
}
