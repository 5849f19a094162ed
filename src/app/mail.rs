//! The mail server of the settings, ready to send.

use crate::{
    config::{MailSecurity, MailServer},
    domain::failure::{Failure, FailureKind},
    server::mail::{Encryption, Mailer, SmtpMailer, SmtpServer},
};
use secrecy::SecretString;
use std::{fs, path::Path, sync::Arc};

/// Reads the password; nothing is connected to yet.
pub fn mailer(server: &MailServer) -> Result<Arc<dyn Mailer>, Failure> {
    let account = match &server.account {
        Some((user, file)) => Some((user.clone(), password(file)?)),
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

fn password(file: &Path) -> Result<SecretString, Failure> {
    let refuse = |why: &str| refuse(format!("setting `smtp_password_file` is {}: {why}", file.display()));
    must_be_private(file).map_err(refuse)?;
    let text = fs::read_to_string(file).map_err(|error| refuse(&format!("it cannot be read ({error})")))?;
    match text.lines().next().unwrap_or_default() {
        "" => Err(refuse("its first line is empty; accepted is the password")),
        line => Ok(SecretString::from(line)),
    }
}

#[cfg(unix)]
fn must_be_private(file: &Path) -> Result<(), &'static str> {
    use std::os::unix::fs::PermissionsExt;
    let open_to_others = fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if open_to_others { Err("others can read it; run chmod 600 on it") } else { Ok(()) }
}

#[cfg(not(unix))]
fn must_be_private(_: &Path) -> Result<(), &'static str> {
    Ok(())
}

fn refuse(why: String) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}
