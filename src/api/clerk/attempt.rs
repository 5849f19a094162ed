//! A sign-in or sign-up, step by step. Clerk holds its state; kept here are its name and the client token.

use super::{
    answer::{ClientAnswer, Factor, Progress, StepAnswer},
    line::{Answer, Line},
    refusal::Refusal,
};
use crate::{
    api::http::{Call, Http},
    auth::provider::{Credential, Granted, Reached},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Challenge, CodeFrom},
        text::{Text, clean},
    },
    effects::ports::Step,
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

const SIGN_INS: [&str; 3] = ["v1", "client", "sign_ins"];
const SIGN_UPS: [&str; 3] = ["v1", "client", "sign_ups"];

pub struct Attempt {
    http: Arc<Http>,
    /// The client token of this attempt; empty before the first request.
    client: SecretString,
    stage: Stage,
}

/// What the next code is for.
enum Stage {
    None,
    FirstFactor { sign_in: String },
    SecondFactor { sign_in: String, factors: Vec<Second>, sent: Option<CodeFrom> },
    EmailOfSignUp { sign_up: String },
}

/// A second factor that can be given in a terminal.
struct Second {
    from: CodeFrom,
    factor: Factor,
}

impl Attempt {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http, client: SecretString::default(), stage: Stage::None }
    }

    pub async fn step(&mut self, step: Step) -> Result<Reached, Failure> {
        match step {
            Step::Password { email, password } => {
                let fields =
                    [("identifier", email.trim()), ("strategy", "password"), ("password", password.expose_secret())];
                let answer = self.begin(|| Call::post(&SIGN_INS).form(&fields)).await?;
                self.proceed(answer.read()?).await
            }
            Step::SendCode { email } => self.send_first_code(email.trim()).await,
            Step::Ticket { ticket } => {
                let fields = [("strategy", "ticket"), ("ticket", ticket.expose_secret().trim())];
                let answer = self.begin(|| Call::post(&SIGN_INS).form(&fields)).await?;
                self.proceed(answer.read()?).await
            }
            Step::SignUp { email, name, password } => self.sign_up(email.trim(), name.trim(), &password).await,
            Step::Code { from, code } => self.code(from, &code).await,
            Step::Device | Step::Browser | Step::Await => Err(not_offered("Clerk does not sign in like that here")),
        }
    }

    async fn ask(&mut self, call: Call) -> Result<Answer, Refusal> {
        Line::pending(&self.http, &mut self.client).ask(call).await
    }

    /// The first request of an attempt.
    async fn begin(&mut self, call: impl Fn() -> Call) -> Result<Answer, Refusal> {
        self.stage = Stage::None;
        match self.ask(call()).await {
            Err(refusal) if refusal.client_is_spent() => {
                self.client = SecretString::default();
                self.ask(call()).await
            }
            outcome => outcome,
        }
    }

    async fn send_first_code(&mut self, email: &str) -> Result<Reached, Failure> {
        let answer = self.begin(|| Call::post(&SIGN_INS).form(&[("identifier", email)])).await?;
        let Progress { id, supported_first_factors, .. } = answer.read::<StepAnswer>()?.response;
        let factor = supported_first_factors.into_iter().find(|factor| factor.strategy == "email_code");
        let Some(Factor { email_address_id: Some(address), safe_identifier, .. }) = factor else {
            return Err(not_offered("Clerk sends no codes to this address: sign in with the password"));
        };
        let fields = [("strategy", "email_code"), ("email_address_id", address.as_str())];
        self.ask(Call::post(&at(&SIGN_INS, &id, "prepare_first_factor")).form(&fields)).await?;
        self.stage = Stage::FirstFactor { sign_in: id };
        Ok(asks(CodeFrom::Email, safe_identifier.or_else(|| Some(Text::new(email))), Vec::new()))
    }

    async fn code(&mut self, from: CodeFrom, code: &SecretString) -> Result<Reached, Failure> {
        match (&self.stage, from) {
            (Stage::FirstFactor { sign_in }, CodeFrom::Email) => {
                let path = at(&SIGN_INS, sign_in, "attempt_first_factor");
                let call = code_call(&path, from, code);
                self.attempt(call).await
            }
            (Stage::EmailOfSignUp { sign_up }, CodeFrom::Email) => {
                let path = at(&SIGN_UPS, sign_up, "attempt_verification");
                let call = code_call(&path, from, code);
                self.attempt(call).await
            }
            (Stage::SecondFactor { sign_in, factors, sent }, _) => {
                if !factors.iter().any(|second| second.from == from) {
                    return Err(not_offered("Clerk does not accept such a code for this account"));
                }
                if from.is_sent() && (*sent != Some(from) || code.expose_secret().trim().is_empty()) {
                    return self.send_second_code(from).await;
                }
                let path = at(&SIGN_INS, sign_in, "attempt_second_factor");
                let call = code_call(&path, from, code);
                self.attempt(call).await
            }
            (Stage::None, _) => Err(not_offered("no sign-in waits for a code: begin again")),
            _ => Err(not_offered("Clerk waits for the code that it sent by e-mail")),
        }
    }

    /// A wrong code leaves the attempt where it is, so that another one can be tried.
    async fn attempt(&mut self, call: Call) -> Result<Reached, Failure> {
        let answer = self.ask(call).await?;
        self.proceed(answer.read()?).await
    }

    /// What is next, by what Clerk says.
    async fn proceed(&mut self, answer: StepAnswer) -> Result<Reached, Failure> {
        let status = answer.response.status.as_str();
        match status {
            "complete" => self.grant(answer).await,
            // Clerk asks for the same when the account has a second factor and when the device is new to it.
            "needs_second_factor" | "needs_client_trust" => self.second_factor(answer.response).await,
            "missing_requirements" => self.prove_email(answer.response).await,
            _ => {
                self.stage = Stage::None;
                Err(dead_end(status))
            }
        }
    }

    async fn second_factor(&mut self, progress: Progress) -> Result<Reached, Failure> {
        let mut factors: Vec<Second> = progress.supported_second_factors.into_iter().filter_map(Second::of).collect();
        factors.sort_by_key(|second| second.rank());
        factors.dedup_by_key(|second| second.rank());
        let Some(first) = factors.first().map(|second| second.from) else {
            self.stage = Stage::None;
            return Err(not_offered(
                "Clerk wants a second proof that cannot be given in a terminal: sign in on the cinema's web page, or set up an authenticator app there",
            ));
        };
        self.stage = Stage::SecondFactor { sign_in: progress.id, factors, sent: None };
        if first.is_sent() { self.send_second_code(first).await } else { Ok(self.asks_second(first)) }
    }

    async fn send_second_code(&mut self, from: CodeFrom) -> Result<Reached, Failure> {
        let Stage::SecondFactor { sign_in, factors, .. } = &self.stage else {
            return Err(not_offered("no sign-in waits for a code: begin again"));
        };
        let factor = factors.iter().find(|second| second.from == from).map(|second| &second.factor);
        let mut fields = vec![("strategy", strategy(from))];
        fields.extend(factor.and_then(|f| f.email_address_id.as_deref()).map(|id| ("email_address_id", id)));
        fields.extend(factor.and_then(|f| f.phone_number_id.as_deref()).map(|id| ("phone_number_id", id)));
        let call = Call::post(&at(&SIGN_INS, sign_in, "prepare_second_factor")).form(&fields);
        self.ask(call).await?;
        if let Stage::SecondFactor { sent, .. } = &mut self.stage {
            *sent = Some(from);
        }
        Ok(self.asks_second(from))
    }

    fn asks_second(&self, from: CodeFrom) -> Reached {
        let Stage::SecondFactor { factors, .. } = &self.stage else { return asks(from, None, Vec::new()) };
        let chosen = factors.iter().find(|second| second.from == from);
        let sent_to = chosen.and_then(|second| second.factor.safe_identifier.clone());
        let instead = factors.iter().map(|second| second.from).filter(|other| *other != from).collect();
        asks(from, sent_to, instead)
    }

    async fn sign_up(&mut self, email: &str, name: &str, password: &SecretString) -> Result<Reached, Failure> {
        let account = [("email_address", email), ("password", password.expose_secret())];
        let (first, last) = name.rsplit_once(char::is_whitespace).unwrap_or((name, ""));
        let names = [("first_name", first.trim()), ("last_name", last)];
        let mut fields = account.to_vec();
        fields.extend(names.into_iter().filter(|(_, name)| !name.is_empty()));
        let outcome = match self.begin(|| Call::post(&SIGN_UPS).form(&fields)).await {
            // Whether accounts have names is a setting of the instance.
            Err(refusal) if refusal.field_is_unknown() && refusal.field.as_deref().is_some_and(is_name) => {
                self.ask(Call::post(&SIGN_UPS).form(&account)).await
            }
            outcome => outcome,
        };
        self.proceed(outcome?.read()?).await
    }

    /// The rest of a sign-up: a code goes to the e-mail address. Anything else is for the web page.
    async fn prove_email(&mut self, progress: Progress) -> Result<Reached, Failure> {
        self.stage = Stage::None;
        let Progress { id, email_address, missing_fields, unverified_fields, .. } = progress;
        let others: Vec<&str> = missing_fields
            .iter()
            .chain(&unverified_fields)
            .map(String::as_str)
            .filter(|f| *f != "email_address")
            .collect();
        if !others.is_empty() {
            let wanted = clean(&others.join(", "), 80).replace('_', " ");
            let why = format!(
                "Clerk wants more for a new account ({wanted}): sign up on the cinema's web page, then sign in here"
            );
            return Err(Failure::new(FailureKind::Refused, "more_is_required", why));
        }
        let call = Call::post(&at(&SIGN_UPS, &id, "prepare_verification")).form(&[("strategy", "email_code")]);
        self.ask(call).await?;
        self.stage = Stage::EmailOfSignUp { sign_up: id };
        Ok(asks(CodeFrom::Email, email_address, Vec::new()))
    }

    async fn grant(&mut self, answer: StepAnswer) -> Result<Reached, Failure> {
        self.stage = Stage::None;
        let id = answer.response.created_session_id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| broken("it names no session"))?;
        let session = match answer.client.session(&id) {
            Some(session) => session,
            None => {
                let client: ClientAnswer = self.ask(Call::get(&["v1", "client"])).await?.read()?;
                client.response.session(&id).ok_or_else(|| broken("the session is not among the client's"))?
            }
        };
        // The next attempt is a new client's: this one belongs to the session from now on.
        let secret = std::mem::take(&mut self.client);
        if session.status == "pending" {
            let why = "Clerk wants something to be finished before this account can be used: sign in once on the cinema's web page";
            return Err(Failure::new(FailureKind::Refused, "session_pending", why));
        }
        if secret.expose_secret().is_empty() {
            return Err(broken("it sent no client token"));
        }
        let credential = Credential { session: id, secret, generation: 1 };
        Ok(Reached::Granted(Granted { user: session.user.user(), credential }))
    }
}

impl Second {
    fn of(factor: Factor) -> Option<Self> {
        let from = match factor.strategy.as_str() {
            "totp" => CodeFrom::App,
            "phone_code" => CodeFrom::Phone,
            "email_code" => CodeFrom::Email,
            "backup_code" => CodeFrom::Recovery,
            _ => return None,
        };
        Some(Self { from, factor })
    }

    /// What is at hand comes first, what cannot be had again comes last.
    fn rank(&self) -> u8 {
        match self.from {
            CodeFrom::App => 0,
            CodeFrom::Phone => 1,
            CodeFrom::Email => 2,
            CodeFrom::Recovery => 3,
        }
    }
}

/// `…/{id}/{action}`
fn at<'a>(resource: &[&'a str; 3], id: &'a str, action: &'a str) -> [&'a str; 5] {
    [resource[0], resource[1], resource[2], id, action]
}

/// People type codes with spaces between the digits.
fn code_call(path: &[&str], from: CodeFrom, code: &SecretString) -> Call {
    let code = SecretString::from(code.expose_secret().split_whitespace().collect::<String>());
    Call::post(path).form(&[("strategy", strategy(from)), ("code", code.expose_secret())])
}

fn strategy(from: CodeFrom) -> &'static str {
    match from {
        CodeFrom::Email => "email_code",
        CodeFrom::Phone => "phone_code",
        CodeFrom::App => "totp",
        CodeFrom::Recovery => "backup_code",
    }
}

fn is_name(field: &str) -> bool {
    matches!(field, "first_name" | "last_name")
}

fn asks(from: CodeFrom, sent_to: Option<Text>, instead: Vec<CodeFrom>) -> Reached {
    Reached::Asks(Challenge::Code { from, sent_to, instead })
}

/// A state of a sign-in from which a terminal cannot go on.
fn dead_end(status: &str) -> Failure {
    let (code, why) = match status {
        "needs_new_password" => (
            "needs_new_password",
            "Clerk wants a new password for this account: set one on the cinema's web page, then sign in here"
                .to_owned(),
        ),
        "needs_identifier" | "needs_first_factor" => {
            ("not_offered", "Clerk does not let this account sign in like that: try a code by e-mail".to_owned())
        }
        "abandoned" => {
            ("abandoned", "Clerk has given this sign-in up because it took too long: begin again".to_owned())
        }
        other => (
            "unknown_status",
            format!(
                "Clerk wants a step that this program does not know ({}): sign in on the cinema's web page",
                clean(other, 40)
            ),
        ),
    };
    Failure::new(FailureKind::Refused, code, why)
}

fn not_offered(why: &str) -> Failure {
    Failure::new(FailureKind::Refused, "not_offered", why)
}

fn broken(reason: &str) -> Failure {
    Failure::new(FailureKind::Other, "not_clerk", format!("Clerk's answer to the sign-in cannot be used: {reason}"))
}
