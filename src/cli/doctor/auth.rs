//! `doctor auth`: where the sign-in is kept and why, and what a fresh token for each call costs.

use super::{Ctx, Outcome};
use crate::{
    api::http::{Call, Http},
    app::{self, Office},
    auth::store::{PassedOver, Survey},
    config::{AuthChoice, Settings, TokenPolicy},
    domain::{failure::Failure, user::User},
    effects::ports::{Bearer, SessionReport},
    wire::{DeviceSession, SessionsAnswer},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::Url;

/// How often a token is minted to see what that takes; a box office allows 30 at once.
const MINTS: usize = 10;
/// After this much no other is begun: a command that gives tokens may take its time.
const MINTING_TIME: Duration = Duration::from_secs(10);

/// All that was found. Nothing in it is secret.
struct Findings {
    /// `None` where nothing is kept: a command gives the tokens.
    survey: Option<Survey>,
    provider: AuthChoice,
    policy: TokenPolicy,
    /// `None` where the box office could not be reached.
    server: Option<Server>,
    /// What does not work, in sentences.
    problems: Vec<Failure>,
}

struct Server {
    origin: String,
    /// `None` when nobody is signed in.
    person: Option<Person>,
}

struct Person {
    user: User,
    mints: Option<Mints>,
    report: SessionReport,
    /// What the box office knows of this session; other sign-in services do not tell.
    device: Option<DeviceSession>,
}

/// What minting took.
#[derive(Debug, PartialEq)]
struct Mints {
    count: usize,
    p50: Duration,
    p95: Duration,
}

pub async fn run(ctx: &Ctx) -> Result<Outcome, Failure> {
    let findings = look(&ctx.settings).await;
    ctx.out.answer(findings.document(), || findings.words())?;
    let worst = findings.problems.first().map(|failure| failure.kind);
    Ok(worst.map_or(Outcome::Done, Outcome::Said))
}

async fn look(settings: &Settings) -> Findings {
    let survey = match settings.auth {
        AuthChoice::Command => None,
        _ => Some(app::stores(settings).survey().await),
    };
    let mut problems: Vec<Failure> = survey.iter().filter_map(|survey| survey.works.clone().err()).collect();
    let server = match app::connect(settings).await {
        Ok(office) => {
            let person = person(&office, settings.auth, &mut problems).await;
            Some(Server { origin: office.origin.clone(), person })
        }
        Err(failure) => {
            problems.push(failure);
            None
        }
    };
    Findings { survey, provider: settings.auth, policy: settings.token_policy, server, problems }
}

/// Who is signed in, proven by minting tokens.
async fn person(office: &Office, provider: AuthChoice, problems: &mut Vec<Failure>) -> Option<Person> {
    let user = match office.session.restore().await {
        Ok(user) => user?,
        Err(failure) => {
            problems.push(failure);
            return None;
        }
    };
    let mut times = Vec::with_capacity(MINTS);
    let mut last = None;
    let began = Instant::now();
    while times.len() < MINTS && began.elapsed() < MINTING_TIME {
        // Under the policy `leeway`, too, this is to be a token of its own.
        office.session.refused();
        let asked = Instant::now();
        match office.session.fresh().await {
            Ok(bearer) => {
                times.push(asked.elapsed());
                last = Some(bearer);
            }
            // Somebody else has just minted many: fewer measurements are good enough.
            Err(failure) if failure.code == "rate_limited" && !times.is_empty() => break,
            Err(failure) => {
                problems.push(failure);
                break;
            }
        }
    }
    let device = match last.filter(|_| provider == AuthChoice::Local) {
        Some(bearer) => device(office, bearer).await,
        None => None,
    };
    Some(Person { user, mints: Mints::of(times), report: office.session.report(), device })
}

/// This session, as the box office's list of devices has it. An older box office has no such list.
async fn device(office: &Office, bearer: Bearer) -> Option<DeviceSession> {
    let url = Url::parse(&office.origin).ok()?;
    let call = Call::get(&["v1", "sessions"]).bearer(bearer).ok()?;
    let answer: SessionsAnswer = Http::new(url).send(call).await.ok()?.json().ok()?;
    answer.sessions.into_iter().find(|session| session.current)
}

impl Mints {
    fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort();
        let (p50, p95) = (percentile(&times, 50)?, percentile(&times, 95)?);
        Some(Self { count: times.len(), p50, p95 })
    }

    fn document(&self) -> Value {
        json!({ "p50": ms(self.p50), "p95": ms(self.p95), "n": self.count })
    }
}

/// The smallest of `sorted` that at least `percent` of them do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Milliseconds with one place after the point.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

impl Findings {
    fn document(&self) -> Value {
        let person = self.person();
        json!({
            "v": 1,
            "ok": self.problems.is_empty(),
            "store": self.survey.as_ref().map(store_document),
            "provider": self.provider.word(),
            "policy": self.policy.word(),
            "server": self.server.as_ref().map(|server| &server.origin),
            "mint_ms": person.and_then(|person| person.mints.as_ref()).map(Mints::document),
            "session": match person {
                Some(person) => person.document(),
                None => json!({ "signed_in": false }),
            },
            "problems": self.problems.iter().map(Failure::sentence).collect::<Vec<_>>(),
        })
    }

    fn words(&self) -> String {
        let mut lines = match &self.survey {
            Some(survey) => self.store_lines(survey),
            None => vec!["Nothing is kept: the command in the setting auth_command gives each token.".to_owned()],
        };
        let place = self.server.as_ref().map_or("which cannot be reached", |server| &server.origin);
        let policy = match self.policy {
            TokenPolicy::Always => "a token is minted for every call",
            TokenPolicy::Leeway => "a token is used again while it has more than 15 seconds to live",
        };
        let (provider, policy_word) = (self.provider.word(), self.policy.word());
        lines.push(format!("People are signed in by \"{provider}\" (the setting auth), for the box office {place}."));
        lines.push(format!("The setting token_policy is \"{policy_word}\": {policy}."));
        match (self.person(), &self.server) {
            (Some(person), _) => lines.extend(person.lines()),
            (None, Some(_)) => lines.push("Nobody is signed in, so nothing was minted.".to_owned()),
            (None, None) => {}
        }
        lines.extend(self.problems.iter().map(|problem| format!("FAIL  {}", problem.sentence())));
        lines.push(String::new());
        lines.join("\n")
    }

    fn store_lines(&self, survey: &Survey) -> Vec<String> {
        let kept = if self.person().is_some() { "The sign-in is kept in" } else { "A sign-in will be kept in" };
        let mut lines = vec![format!("{kept} {}, because {}.", survey.kind.kept_in(), survey.why)];
        lines.push("Passed over are:".to_owned());
        lines.extend(survey.others.iter().map(|other| format!("  {:<15} {}", other.kind.word(), other.because)));
        lines
    }

    fn person(&self) -> Option<&Person> {
        self.server.as_ref().and_then(|server| server.person.as_ref())
    }
}

fn store_document(survey: &Survey) -> Value {
    let other = |other: &PassedOver| json!({ "store": other.kind.word(), "passed_over_because": other.because });
    json!({
        "kind": survey.kind.word(),
        "kept_in": survey.kind.kept_in(),
        "why": survey.why,
        "works": survey.works.is_ok(),
        "others": survey.others.iter().map(other).collect::<Vec<_>>(),
    })
}

impl Person {
    fn document(&self) -> Value {
        json!({
            "signed_in": true,
            "user": self.user,
            "id": self.device.as_ref().map(|device| &device.id),
            "generation": self.report.generation,
            "expires_at": self.device.as_ref().map(|device| device.expires_at),
            "skew_s": self.report.skew_s,
            "warnings": self.report.warnings,
        })
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.standing()];
        if let Some(Mints { count, p50, p95 }) = &self.mints {
            let (p50, p95) = (ms(*p50), ms(*p95));
            lines.push(format!("A mint takes {p50} ms (median), and 95 of 100 at most {p95} ms; {count} were tried."));
        }
        lines.extend(self.report.skew_s.map(|ahead| match ahead {
            0 => "The server's clock agrees with this one.".to_owned(),
            1.. => format!("The server's clock is {ahead} s ahead of this one."),
            _ => format!("The server's clock is {} s behind this one.", ahead.abs()),
        }));
        lines.extend(self.report.warnings.iter().map(|warning| format!("Mind: {warning}.")));
        lines
    }

    fn standing(&self) -> String {
        let mut text = format!("{} <{}> is signed in", self.user.name, self.user.email);
        if let Some(device) = &self.device {
            let until = device.expires_at.strftime("%F");
            text += &format!(" until {until}, and longer if used before (session {})", device.id);
        }
        if let Some(generation) = self.report.generation {
            text += &format!(", with credential number {generation} of the session");
        }
        text + "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times = |count: u64| (1..=count).rev().map(Duration::from_millis).collect::<Vec<_>>();
        let expect = |count, p50, p95| {
            let found = Mints::of(times(count)).unwrap();
            assert_eq!((ms(found.p50), ms(found.p95), found.count), (p50, p95, count as usize));
        };
        expect(1, 1.0, 1.0);
        expect(2, 1.0, 2.0);
        expect(20, 10.0, 19.0);
        expect(100, 50.0, 95.0);
        assert_eq!(Mints::of(Vec::new()), None);
        assert_eq!(ms(Duration::from_micros(149)), 0.1);
    }
}
