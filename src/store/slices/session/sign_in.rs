//! The sign-in screen: its pages, and the way from one to the next. Any service drives it: a step goes out, and a
//! person or the next challenge comes back. Secrets never come here, only their length.

use super::{Around, Auth, Person, Session, report_link};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Approval, Challenge, CodeFrom, Offer, Way},
        text::Text,
    },
    store::{
        Now, Out,
        action::{NavAction, SessionAction},
        effect::{Effect, FieldId, SignInStep},
        remote::Req,
        slices::{
            Requests,
            nav::Route,
            prefs::{Place, Prefs},
        },
        tracked::Tracked,
    },
};
use tui_input::{Input, InputRequest};

/// The longest name that a box office takes, in characters.
const LONGEST_NAME: usize = 100;

/// What somebody does to sign in, and how far they are.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    pub page: Page,
    pub email: Input,
    pub name: Input,
    /// Characters of the secret that is being typed.
    pub secret_length: usize,
    pub focus: FieldId,
    /// The step that is out.
    pub step: Option<Asked>,
    pub error: Option<FormError>,
    /// Why the screen came up by itself.
    pub reason: Option<String>,
}

/// A step that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub req: Req,
    pub since_ms: u64,
}

/// What is wrong, and at which field; with none, it concerns the whole page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    pub at: Option<FieldId>,
    pub words: String,
}

/// What the screen asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Closed,
    /// The credential store or the service has still to say something.
    Waiting,
    /// The ways there are; the number of the one that is marked.
    Ways(usize),
    Password,
    SignUp,
    /// The address to which a code is sent.
    EmailCode,
    Ticket,
    Code(Code),
    /// An approval has been asked for; what is to be done for it is on its way.
    Starting(Way),
    /// Somebody has to approve it elsewhere; the wait for that runs meanwhile.
    Approval {
        way: Way,
        approval: Approval,
        ends_at_ms: u64,
    },
    /// The approval did not come: refused, too late, or the wait was cut off.
    NoApproval(Way),
}

/// A code that the service wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub from: CodeFrom,
    pub sent_to: Option<Text>,
    /// Other codes that are accepted instead.
    pub instead: Vec<CodeFrom>,
    /// Where it is sent again when that is asked for.
    pub mailed_to: Option<String>,
}

/// An entry of the list of ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Way(Way),
    SignUp,
}

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stepped {
    Asks(Challenge),
    Done(Person),
}

impl SignIn {
    /// The fields of the page, from above.
    pub fn fields(&self) -> &'static [FieldId] {
        match self.page {
            Page::Password => &[FieldId::Email, FieldId::Password],
            Page::SignUp => &[FieldId::Name, FieldId::Email, FieldId::Password],
            Page::EmailCode => &[FieldId::Email],
            Page::Ticket => &[FieldId::Ticket],
            Page::Code(_) => &[FieldId::Code],
            _ => &[],
        }
    }

    pub fn is_busy(&self) -> bool {
        self.step.is_some() && !matches!(self.page, Page::Approval { .. })
    }

    /// The field that takes what is typed now.
    pub fn typing(&self) -> Option<FieldId> {
        (!self.is_busy() && self.fields().contains(&self.focus)).then_some(self.focus)
    }

    /// When an approval that is waited for is too late.
    pub fn ends_at_ms(&self) -> Option<u64> {
        match self.page {
            Page::Approval { ends_at_ms, .. } => Some(ends_at_ms),
            _ => None,
        }
    }

    fn neighbour(&self, step: isize) -> FieldId {
        let fields = self.fields();
        let at = fields.iter().position(|f| *f == self.focus).unwrap_or(0) as isize;
        if fields.is_empty() { self.focus } else { fields[(at + step).rem_euclid(fields.len() as isize) as usize] }
    }

    /// The first thing that is missing, in words, and where.
    fn missing(&self) -> Option<(FieldId, &'static str)> {
        let email = self.email.value().trim();
        let no_address = email.split_once('@').is_none_or(|(name, host)| name.is_empty() || !host.contains('.'));
        self.fields().iter().find_map(|field| {
            let words = match (field, self.secret_length) {
                (FieldId::Name, _) if self.name.value().trim().is_empty() => "Say what we may call you.",
                (FieldId::Name, _) if self.name.value().chars().count() > LONGEST_NAME => "Write at most 100 letters.",
                (FieldId::Email, _) if no_address => "Write your e-mail address, such as ana@example.com.",
                (FieldId::Password, 0) => "Type your password.",
                (FieldId::Password, 1..8) if self.page == Page::SignUp => "A password has at least 8 characters.",
                (FieldId::Code, 0) => "Type the code.",
                (FieldId::Ticket, 0) => "Type or paste the ticket.",
                _ => return None,
            };
            Some((*field, words))
        })
    }
}

impl Session {
    fn offered<'a>(&'a self, prefs: &'a Prefs) -> Option<&'a Offer> {
        self.offer.value().or(prefs.sure_offer.as_ref())
    }

    /// What can be chosen, the best for this place first.
    pub fn choices(&self, prefs: &Prefs) -> Vec<Choice> {
        let Some(offer) = self.offered(prefs) else { return Vec::new() };
        let mut ways = offer.ways.clone();
        if prefs.place == Place::Kiosk {
            ways.retain(|way| !matches!(way, Way::Password | Way::Browser));
            ways.sort_by_key(|way| *way != Way::Device);
        }
        let sign_up = offer.sign_up && prefs.place == Place::Own;
        ways.into_iter().map(Choice::Way).chain(sign_up.then_some(Choice::SignUp)).collect()
    }

    /// Where the screen begins: with a form at once where one surely fits, and otherwise once the service has spoken.
    fn first(&self, prefs: &Prefs) -> Option<Choice> {
        let choices = self.choices(prefs);
        let newcomer = prefs.newcomer && !self.met;
        if newcomer && choices.first() == Some(&Choice::Way(Way::Password)) && choices.contains(&Choice::SignUp) {
            return Some(Choice::SignUp);
        }
        choices.first().copied()
    }
}

/// Opens the account screen. One that is open already stays as it is, but for a page that waited for this.
pub fn open(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if session.sign_in.page == Page::Closed {
        // A form begins empty: what somebody typed before is nobody's business now.
        session.sign_in = SignIn { page: Page::Waiting, ..SignIn::default() };
        out.effect(Effect::ForgetSecret);
        out.then(NavAction::Open(Route::Account));
    }
    if session.auth == Auth::SignedOut && session.sign_in.page == Page::Waiting && session.sign_in.step.is_none() {
        load_offer(session, around.now, requests, out);
        begin(session, around, requests, out);
    }
}

/// Ends whatever is under way: no wait goes on and no late answer counts.
pub fn close(session: &mut Tracked<Session>, out: &mut Out) {
    abandon(session, out);
    session.sign_in = SignIn::default();
    out.effect(Effect::ForgetSecret);
}

fn abandon(session: &mut Tracked<Session>, out: &mut Out) {
    if session.sign_in.step.take().is_some() {
        out.effect(Effect::AbandonSignIn);
    }
}

fn load_offer(session: &mut Tracked<Session>, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    let req = requests.number();
    session.offer.begin(req, now.mono_ms);
    out.effect(Effect::LoadOffer(req));
}

/// The first page.
fn begin(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    match session.first(around.prefs) {
        // A browser opens because somebody says so, not because they came to this screen.
        Some(Choice::Way(Way::Browser)) => turn_to(session, Page::Ways(0), out),
        Some(choice) => choose(session, around, requests, choice, out),
        None => turn_to(session, Page::Waiting, out),
    }
}

fn turn_to(session: &mut Tracked<Session>, page: Page, out: &mut Out) {
    abandon(session, out);
    let sign_in = &mut session.sign_in;
    sign_in.page = page;
    sign_in.error = None;
    sign_in.secret_length = 0;
    if let Some(first) = sign_in.fields().first() {
        sign_in.focus = *first;
    }
    out.effect(Effect::ForgetSecret);
}

fn choose(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    choice: Choice,
    out: &mut Out,
) {
    let (page, step) = match choice {
        Choice::SignUp => (Page::SignUp, None),
        Choice::Way(Way::Password) => (Page::Password, None),
        Choice::Way(Way::EmailCode) => (Page::EmailCode, None),
        Choice::Way(Way::Ticket) => (Page::Ticket, None),
        Choice::Way(way @ Way::Device) => (Page::Starting(way), Some(SignInStep::Device)),
        Choice::Way(way @ Way::Browser) => (Page::Starting(way), Some(SignInStep::Browser)),
    };
    turn_to(session, page, out);
    if let Some(step) = step {
        take(session, around.now, requests, step, out);
    }
}

/// Sends a step out.
fn take(session: &mut Tracked<Session>, now: Now, requests: &mut Requests<'_>, step: SignInStep, out: &mut Out) {
    let req = requests.number();
    session.sign_in.step = Some(Asked { req, since_ms: now.mono_ms });
    session.sign_in.error = None;
    out.effect(Effect::SignInStep(req, step));
}

pub fn reduce(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    action: &SessionAction,
    out: &mut Out,
) {
    match action {
        SessionAction::OfferLoaded(req, result) => offered(session, around, requests, *req, result, out),
        SessionAction::Back => back(session, around, requests, out),
        SessionAction::Focus(field) => session.sign_in.focus = *field,
        SessionAction::NextField => move_by(session, around, 1),
        SessionAction::PreviousField => move_by(session, around, -1),
        SessionAction::SwitchMode => switch_mode(session, around, requests, out),
        SessionAction::Others => others(session, around, requests, out),
        SessionAction::Choose(choice) => choose(session, around, requests, *choice, out),
        SessionAction::Edit(request) => edit(session, *request),
        SessionAction::Paste(text) => {
            for c in text.trim().chars().filter(|c| !c.is_control()) {
                edit(session, InputRequest::InsertChar(c));
            }
        }
        SessionAction::SecretLength(length) => {
            session.sign_in.secret_length = *length;
            session.sign_in.error = None;
        }
        SessionAction::Submit => submit(session, around, requests, out),
        SessionAction::Again => again(session, around, requests, out),
        _ => {}
    }
}

fn offered(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    req: Req,
    result: &Result<Offer, Failure>,
    out: &mut Out,
) {
    if !session.offer.settle(req, around.now.mono_ms, result.clone()) {
        return;
    }
    report_link(result.as_ref().err(), out);
    if session.auth != Auth::SignedOut {
        return;
    }
    let choices = session.choices(around.prefs);
    let shown = match session.sign_in.page {
        Page::Password => Some(Choice::Way(Way::Password)),
        Page::SignUp => Some(Choice::SignUp),
        _ => None,
    };
    match (&session.sign_in.page, shown) {
        (Page::Waiting, _) if session.sign_in.step.is_none() => begin(session, around, requests, out),
        // The form that was shown meanwhile is not among what is offered.
        (_, Some(shown)) if session.sign_in.step.is_none() && !choices.contains(&shown) => {
            begin(session, around, requests, out)
        }
        _ => {}
    }
}

/// One step back: from a page to the first one, and from that off the screen.
fn back(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if session.sign_in.is_busy() && !session.sign_in.fields().is_empty() {
        // A form whose answer is awaited is given back, as it was filled in.
        abandon(session, out);
    } else if is_first(&session.sign_in.page, session.first(around.prefs)) {
        out.then(NavAction::Back);
    } else {
        begin(session, around, requests, out);
    }
}

/// Whether the screen begins with this page, so that there is nothing before it.
fn is_first(page: &Page, first: Option<Choice>) -> bool {
    match (page, first) {
        (Page::Closed | Page::Waiting, _) | (_, None) => true,
        (Page::Password | Page::SignUp, Some(Choice::SignUp | Choice::Way(Way::Password))) => true,
        (Page::Ways(_), Some(Choice::Way(Way::Browser))) => true,
        (Page::EmailCode, Some(Choice::Way(Way::EmailCode))) | (Page::Ticket, Some(Choice::Way(Way::Ticket))) => true,
        (Page::Starting(way) | Page::Approval { way, .. } | Page::NoApproval(way), Some(Choice::Way(Way::Device))) => {
            *way == Way::Device
        }
        _ => false,
    }
}

fn move_by(session: &mut Tracked<Session>, around: &Around<'_>, step: isize) {
    if let Page::Ways(at) = session.sign_in.page {
        let count = session.choices(around.prefs).len().max(1) as isize;
        session.sign_in.page = Page::Ways((at as isize + step).rem_euclid(count) as usize);
    } else if !session.sign_in.fields().is_empty() {
        session.sign_in.focus = session.sign_in.neighbour(step);
    }
}

/// Between the form for an account and the one for a new account; what both have in common stays.
fn switch_mode(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    let wanted = match session.sign_in.page {
        Page::SignUp => Choice::Way(Way::Password),
        _ => Choice::SignUp,
    };
    if session.sign_in.is_busy() || !session.choices(around.prefs).contains(&wanted) {
        return;
    }
    match session.sign_in.page {
        Page::SignUp | Page::Password => {
            let sign_in = &mut session.sign_in;
            sign_in.page = if wanted == Choice::SignUp { Page::SignUp } else { Page::Password };
            sign_in.error = None;
            if sign_in.focus != FieldId::Password {
                sign_in.focus = sign_in.fields()[0];
            }
        }
        _ => choose(session, around, requests, wanted, out),
    }
}

/// Another code that is accepted, where one is asked for; elsewhere the list of ways.
fn others(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if session.person().is_some() || session.sign_in.page == Page::Closed {
        return;
    }
    if let Page::Code(code) = &mut session.sign_in.page
        && !code.instead.is_empty()
    {
        let mut code = code.clone();
        code.instead.push(code.from);
        code.from = code.instead.remove(0);
        code.sent_to = None;
        let from = code.from;
        turn_to(session, Page::Code(code), out);
        if from.is_sent() {
            // With nothing typed, this asks for it to be sent.
            take(session, around.now, requests, SignInStep::Code(from), out);
        }
    } else if session.choices(around.prefs).len() > 1 {
        turn_to(session, Page::Ways(0), out);
    }
}

fn edit(session: &mut Tracked<Session>, request: InputRequest) {
    let sign_in = &mut session.sign_in;
    sign_in.error = None;
    match sign_in.focus {
        FieldId::Email => drop(sign_in.email.handle(request)),
        FieldId::Name => drop(sign_in.name.handle(request)),
        FieldId::Password | FieldId::Code | FieldId::Ticket => {}
    }
}

fn submit(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if session.person().is_some() || session.sign_in.is_busy() {
        return;
    }
    match session.sign_in.page.clone() {
        Page::Ways(at) => {
            if let Some(choice) = session.choices(around.prefs).get(at).copied() {
                choose(session, around, requests, choice, out);
            }
        }
        Page::NoApproval(_) => again(session, around, requests, out),
        Page::Waiting if session.offer.failure().is_some() => again(session, around, requests, out),
        Page::Closed | Page::Waiting | Page::Starting(_) | Page::Approval { .. } => {}
        page => submit_form(session, around, requests, &page, out),
    }
}

fn submit_form(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    page: &Page,
    out: &mut Out,
) {
    if let Some((field, words)) = session.sign_in.missing() {
        // On the way down the form, Enter goes to the next field; it complains only about a field that was passed.
        let sign_in = &mut session.sign_in;
        let at = |f: FieldId| sign_in.fields().iter().position(|x| *x == f);
        if at(sign_in.focus) < at(field) {
            sign_in.focus = sign_in.neighbour(1);
        } else {
            sign_in.focus = field;
            sign_in.error = Some(FormError { at: Some(field), words: words.to_owned() });
        }
        return;
    }
    let email = session.sign_in.email.value().trim().to_owned();
    let step = match page {
        Page::Password => SignInStep::Password { email },
        Page::SignUp => SignInStep::SignUp { email, name: session.sign_in.name.value().trim().to_owned() },
        Page::EmailCode => SignInStep::SendCode { email },
        Page::Ticket => SignInStep::Ticket,
        Page::Code(code) => SignInStep::Code(code.from),
        _ => return,
    };
    take(session, around.now, requests, step, out);
}

/// What was asked of the service, once more: the ways, a code by e-mail, a code for another device.
fn again(session: &mut Tracked<Session>, around: &Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    if session.person().is_some() || session.sign_in.is_busy() {
        return;
    }
    match session.sign_in.page.clone() {
        Page::Code(Code { mailed_to: Some(email), .. }) => {
            take(session, around.now, requests, SignInStep::SendCode { email }, out);
        }
        Page::Approval { way, .. } | Page::NoApproval(way) => choose(session, around, requests, Choice::Way(way), out),
        Page::Closed => {}
        _ => load_offer(session, around.now, requests, out),
    }
}

/// The answer to a step. Gives who has signed in, if that was the last one.
pub fn stepped(
    session: &mut Tracked<Session>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    req: Req,
    result: &Result<Stepped, Failure>,
    out: &mut Out,
) -> Option<Person> {
    if session.sign_in.step.is_none_or(|asked| asked.req != req) {
        return None;
    }
    session.sign_in.step = None;
    match result {
        Ok(Stepped::Done(person)) => return Some(person.clone()),
        Ok(Stepped::Asks(Challenge::Code { from, sent_to, instead })) => {
            let mailed_to = match &session.sign_in.page {
                Page::EmailCode => Some(session.sign_in.email.value().trim().to_owned()),
                Page::Code(code) => code.mailed_to.clone(),
                _ => None,
            };
            let code = Code { from: *from, sent_to: sent_to.clone(), instead: instead.clone(), mailed_to };
            turn_to(session, Page::Code(code), out);
        }
        Ok(Stepped::Asks(Challenge::Approval(approval))) => wait(session, around.now, requests, approval, out),
        Err(why) => refused(session, why, out),
    }
    None
}

/// Shows what is to be done elsewhere, and waits for it.
fn wait(session: &mut Tracked<Session>, now: Now, requests: &mut Requests<'_>, approval: &Approval, out: &mut Out) {
    let way = match session.sign_in.page {
        Page::Starting(way) => way,
        _ => Way::Device,
    };
    let ends_at_ms = now.mono_ms.saturating_add(approval.ttl_ms);
    turn_to(session, Page::Approval { way, approval: approval.clone(), ends_at_ms }, out);
    let req = requests.number();
    session.sign_in.step = Some(Asked { req, since_ms: now.mono_ms });
    out.effect(Effect::AwaitApproval(req));
}

fn refused(session: &mut Tracked<Session>, why: &Failure, out: &mut Out) {
    report_link(Some(why).filter(|why| why.kind == FailureKind::Offline), out);
    let page = session.sign_in.page.clone();
    let unacceptable = matches!(why.kind, FailureKind::SignIn | FailureKind::Input | FailureKind::Refused);
    let at = match (&page, why.code.as_str()) {
        (Page::Starting(way) | Page::Approval { way, .. }, _) => {
            turn_to(session, Page::NoApproval(*way), out);
            None
        }
        (Page::Password | Page::SignUp, "email_taken") => Some(FieldId::Email),
        (Page::Password | Page::SignUp, "bad_login" | "weak_password") => Some(FieldId::Password),
        (Page::Code(_), _) if unacceptable => Some(FieldId::Code),
        (Page::Ticket, _) if unacceptable => Some(FieldId::Ticket),
        _ => None,
    };
    // A code or ticket that was not accepted is of no use any more; a password may only need one letter mended.
    if matches!(at, Some(FieldId::Code | FieldId::Ticket)) {
        session.sign_in.secret_length = 0;
        out.effect(Effect::ForgetSecret);
    }
    if let Some(field) = at {
        session.sign_in.focus = field;
    }
    session.sign_in.error = Some(FormError { at, words: why.sentence() });
}

/// An approval that did not come in time.
pub fn tick(session: &mut Tracked<Session>, now: Now, out: &mut Out) {
    let Page::Approval { way, ends_at_ms, .. } = session.sign_in.page else { return };
    if ends_at_ms <= now.mono_ms {
        turn_to(session, Page::NoApproval(way), out);
        session.sign_in.error = Some(FormError { at: None, words: "The code has expired.".to_owned() });
    }
}
