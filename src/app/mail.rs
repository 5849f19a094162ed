//! The mail server of the settings, ready to send.

use super::secret_file::first_line;
use crate::{
    config::{MailSecurity, MailServer},
    domain::failure::{Failure, FailureKind},
    server::mail::{Encryption, Mailer, SmtpMailer, SmtpServer},
};
use std::sync::Arc;

/// Reads the password; nothing is connected to yet.
pub fn mailer(server: &MailServer) -> Result<Arc<dyn Mailer>, Failure> {
    let account = match &server.account {
        Some((user, file)) => Some((user.clone(), first_line("smtp_password_file", file)?)),
        None => None,
    };
    let smtp = SmtpServer {
        host: server.host.clone(),
        port: server.port,
        encryption: match server.security {
            MailSecurity::Tls => Encryption::Wrapped,
            MailSecurity::StartTls => Encryption::StartTls,
            MailSecurity::Local => Encryption::None,
        },
        account,
        from: server.from.clone(),
    };
    let mailer = SmtpMailer::new(smtp).map_err(|error| refuse(format!("mail cannot be sent: {error}")))?;
    Ok(Arc::new(mailer))
}

fn refuse(why: String) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}
