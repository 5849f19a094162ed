//! `login`, `logout` and `whoami`.

mod ask;

use super::{Ctx, Outcome, interrupt::Interrupt, out::tell, qr};
use crate::{
    app::{self, Office},
    config::AuthChoice,
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Approval, Challenge, CodeFrom, Offer, Progress, Way},
        text::Text,
        user::User,
    },
    effects::ports::{NOT_TOLD, Step},
};
use ask::Asker;
use clap::{Args, builder::PossibleValuesParser};
use secrecy::SecretString;
use serde_json::json;

#[derive(Args, Debug)]
pub struct Login {
    /// Who signs people in: the same as --auth
    #[arg(long, value_name = "PROVIDER", value_parser = PossibleValuesParser::new(AuthChoice::WORDS))]
    provider: Option<String>,
    /// Make a new account
    #[arg(long, conflicts_with_all = ["device", "email_code", "browser", "ticket_stdin"])]
    sign_up: bool,
    /// Your e-mail address [default: asked for]
    #[arg(long, conflicts_with_all = ["device", "browser", "ticket_stdin"])]
    email: Option<String>,
    /// Your name, for a new account [default: asked for, or the part of the address before the @]
    #[arg(long, requires = "sign_up")]
    name: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long, conflicts_with_all = ["device", "email_code", "browser", "ticket_stdin"])]
    password_stdin: bool,
    /// Sign in on another device: shows an address, a short code and a QR code, and waits
    #[arg(long, conflicts_with_all = ["email_code", "browser", "ticket_stdin"])]
    device: bool,
    /// Have a code sent to your e-mail address
    #[arg(long, conflicts_with_all = ["browser", "ticket_stdin"])]
    email_code: bool,
    /// Sign in with this machine's browser
    #[arg(long, conflicts_with = "ticket_stdin")]
    browser: bool,
    /// Read a ticket, made by somebody whom the box office trusts, from the first line of standard input
    #[arg(long)]
    ticket_stdin: bool,
    /// Read a code that is asked for from the next line of standard input
    #[arg(long, conflicts_with_all = ["device", "browser"])]
    code_stdin: bool,
}

impl Login {
    /// Flags that are settings, too.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        self.provider.iter().map(|provider| ("auth", provider.clone())).collect()
    }

    /// The way that the flags ask for; `None` leaves it to the service.
    fn way(&self) -> Option<Way> {
        let password = self.sign_up || self.password_stdin || self.email.is_some() || !ask::is_possible();
        let ways = [
            (self.device, Way::Device),
            (self.email_code, Way::EmailCode),
            (self.browser, Way::Browser),
            (self.ticket_stdin, Way::Ticket),
            (password, Way::Password),
        ];
        ways.into_iter().find(|(wanted, _)| *wanted).map(|(_, way)| way)
    }
}

pub async fn login(ctx: &Ctx, login: &Login) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let mut asker = Asker::new();
    let way = login.way();
    if ctx.settings.kiosk && matches!(way, Some(Way::Password | Way::Browser)) {
        let why = "kiosk mode asks nobody for a password and opens no browser; accepted are --device, --email-code and --ticket-stdin";
        return Err(Failure::new(FailureKind::Input, "kiosk", why));
    }
    let (way, step) = match way {
        // What a person has to type is asked for before the service is, so that a mistake costs no call.
        Some(way @ (Way::Password | Way::Ticket)) => (way, first_step(login, way, &mut asker)?),
        Some(way) => {
            must_be_offered(&office.session.offer().await?, way)?;
            (way, first_step(login, way, &mut asker)?)
        }
        None => {
            let offer = office.session.offer().await?;
            let way = first_way(&offer, ctx.settings.kiosk)?;
            (way, first_step(login, way, &mut asker)?)
        }
    };
    let user = match sign_in(ctx, &office, login, step, &mut asker).await {
        Err(why) if why.code == "not_offered" => {
            must_be_offered(&office.session.offer().await?, way)?;
            return Err(why);
        }
        outcome => outcome?,
    };
    let kept_in = office.session.kept_in();
    let document = json!({
        "v": 1, "user": user, "server": office.origin, "provider": ctx.settings.auth.to_string(), "kept_in": kept_in,
    });
    ctx.out.answer(document, || {
        format!("Signed in as {} <{}>. The sign-in is kept in {kept_in}.\n", user.name, user.email)
    })?;
    Ok(Outcome::Done)
}

/// The first way of those that the service offers and a person here can use.
fn first_way(offer: &Offer, kiosk: bool) -> Result<Way, Failure> {
    let first = offer.ways.iter().find(|way| !kiosk || **way == Way::Device).or(offer.ways.first());
    first.copied().ok_or_else(|| refused("this box office takes no sign-in from here"))
}

fn must_be_offered(offer: &Offer, way: Way) -> Result<(), Failure> {
    if offer.ways.contains(&way) {
        return Ok(());
    }
    let flags: Vec<&str> = offer.ways.iter().map(|way| flag(*way)).collect();
    let offers = if flags.is_empty() { "nothing".to_owned() } else { flags.join(", ") };
    Err(refused(format!("this box office does not sign in by {}; it offers {offers}", flag(way))))
}

/// What asks for a way on the command line.
fn flag(way: Way) -> &'static str {
    match way {
        Way::Password => "password (--email)",
        Way::EmailCode => "--email-code",
        Way::Device => "--device",
        Way::Browser => "--browser",
        Way::Ticket => "--ticket-stdin",
    }
}

fn first_step(login: &Login, way: Way, asker: &mut Asker) -> Result<Step, Failure> {
    let email = |asker: &mut Asker| asker.text(login.email.as_deref(), "E-mail: ", "--email");
    Ok(match way {
        Way::Device => Step::Device,
        Way::Browser => Step::Browser,
        Way::EmailCode => Step::SendCode { email: email(asker)? },
        Way::Ticket if login.ticket_stdin => Step::Ticket { ticket: asker.line("ticket")? },
        Way::Ticket => Step::Ticket { ticket: asker.secret("Ticket: ", "--ticket-stdin")? },
        Way::Password => {
            let email = email(asker)?;
            let name = if login.sign_up { Some(name(login, &email, asker)?) } else { None };
            let password = match login.password_stdin {
                true => asker.line("password")?,
                false => asker.secret("Password: ", "--password-stdin")?,
            };
            match name {
                Some(name) => Step::SignUp { email, name, password },
                None => Step::Password { email, password },
            }
        }
    })
}

/// A new account's name: given, asked for, or where nobody can be asked what is before the @.
fn name(login: &Login, email: &str, asker: &mut Asker) -> Result<String, Failure> {
    if login.name.is_none() && (login.password_stdin || !ask::is_possible()) {
        return Ok(email.split('@').next().unwrap_or(email).to_owned());
    }
    asker.text(login.name.as_deref(), "Name: ", "--name")
}

/// Takes step after step until somebody is signed in.
async fn sign_in(ctx: &Ctx, office: &Office, login: &Login, first: Step, asker: &mut Asker) -> Result<User, Failure> {
    let mut progress = office.session.step(first).await?;
    loop {
        progress = match progress {
            Progress::Done(user) => return Ok(user),
            Progress::Asks(Challenge::Approval(approval)) => {
                // Before the person reads that Ctrl-C gives up.
                let interrupt = Interrupt::listen()?;
                tell(instructions(ctx, &approval));
                wait(office, interrupt).await?
            }
            Progress::Asks(Challenge::Code { from, sent_to, instead }) => {
                let step = code(login, from, sent_to.as_ref(), &instead, asker)?;
                office.session.step(step).await?
            }
        };
    }
}

async fn wait(office: &Office, mut interrupt: Interrupt) -> Result<Progress, Failure> {
    tokio::select! {
        progress = office.session.step(Step::Await) => progress,
        () = interrupt.wanted() => {
            Err(Failure::new(FailureKind::Other, "interrupted", "interrupted; nobody was signed in"))
        }
    }
}

/// What to do on the other device, for standard error.
fn instructions(ctx: &Ctx, approval: &Approval) -> String {
    let minutes = approval.ttl_ms.div_ceil(60_000);
    let Some(user_code) = &approval.user_code else {
        return format!(
            "Your browser should have opened. If not, open\n\n  {}\n\nWaiting, up to {minutes} min; Ctrl-C gives up.",
            approval.url
        );
    };
    // Read aloud, a picture is nothing but noise.
    let scanned = approval.url_with_code.as_ref().filter(|_| !ctx.settings.plain);
    let picture = scanned.and_then(|url| qr::draw(&ctx.out, url.as_str()).ok());
    let (place, approve) = match approval.is_on_this_computer() {
        true => (
            "In a browser on this computer",
            format!("Where you are signed in already, this approves it: frontrow device approve {user_code}\n\n"),
        ),
        false => ("On your phone or another device", String::new()),
    };
    format!(
        "{place}, open\n\n  {}\n\nand make sure that it shows this code:  {user_code}\n\n{}{approve}Waiting for the approval, up to {minutes} min; Ctrl-C gives up.",
        approval.url,
        picture.map(|picture| format!("{picture}\n")).unwrap_or_default(),
    )
}

/// The code that is asked for. At a prompt an empty answer turns to the next of the codes that are accepted.
fn code(
    login: &Login,
    from: CodeFrom,
    sent_to: Option<&Text>,
    instead: &[CodeFrom],
    asker: &mut Asker,
) -> Result<Step, Failure> {
    if login.code_stdin {
        return Ok(Step::Code { from, code: asker.line("code")? });
    }
    if !ask::is_possible() {
        let why = format!("{} is asked for: give it with --code-stdin", code_words(from));
        return Err(Failure::new(FailureKind::SignIn, "code_needed", why));
    }
    let accepted: Vec<CodeFrom> = std::iter::once(from).chain(instead.iter().copied()).collect();
    for turn in accepted.iter().copied().cycle() {
        if turn != from && turn.is_sent() {
            // With nothing typed, this asks for it to be sent.
            return Ok(Step::Code { from: turn, code: SecretString::default() });
        }
        let sent = sent_to.filter(|_| turn == from).map(|address| format!(", sent to {address}")).unwrap_or_default();
        let other = if accepted.len() > 1 { " (empty: another one)" } else { "" };
        let answer = asker.maybe(&format!("{}{sent}{other}: ", capital(code_words(turn))))?;
        if let Some(code) = answer {
            return Ok(Step::Code { from: turn, code });
        }
        if accepted.len() == 1 {
            break;
        }
    }
    Err(ask::usage("the code must not be empty"))
}

fn code_words(from: CodeFrom) -> &'static str {
    match from {
        CodeFrom::Email => "a code from an e-mail",
        CodeFrom::Phone => "a code sent to your phone",
        CodeFrom::App => "a code of your authenticator app",
        CodeFrom::Recovery => "a recovery code",
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

pub async fn logout(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    // Whoever it was: what is kept here goes.
    let before = office.session.restore().await.unwrap_or_default();
    match office.session.sign_out().await {
        // Nobody can sign in with what was kept here; at the server the session ends by itself.
        Err(why) if why.code == NOT_TOLD => tell(format_args!("frontrow: {}", why.why)),
        outcome => outcome?,
    }
    ctx.out.answer(json!({ "v": 1, "signed_out": before.is_some() }), || match before {
        Some(user) => format!("{} is signed out.\n", user.name),
        None => "Nobody was signed in.\n".to_owned(),
    })?;
    Ok(Outcome::Done)
}

/// Asks the server, too, so that a session which was ended elsewhere is not shown as good.
pub async fn whoami(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let user = office.session.restore().await?;
    if office.session.report().mints == 0 {
        // The server could not be asked yet, or nobody is signed in: either is a failure here.
        office.session.fresh().await?;
    }
    let Some(user) = user else {
        return Err(Failure::new(FailureKind::SignIn, "signed_out", "nobody is signed in"));
    };
    let kept_in = office.session.kept_in();
    let report = office.session.report();
    let document = json!({
        "v": 1, "user": user, "server": office.origin, "provider": ctx.settings.auth.to_string(), "kept_in": kept_in,
        "session": { "generation": report.generation, "clock_skew_s": report.skew_s },
    });
    ctx.out.answer(document, || {
        format!("{} <{}> at {}; the sign-in is kept in {kept_in}.\n", user.name, user.email, office.origin)
    })?;
    Ok(Outcome::Done)
}

fn refused(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Refused, "not_offered", why)
}
