use super::*;
use crate::domain::{ids::UserId, text::Text};
use secrecy::ExposeSecret;
use std::path::Path;

/// A box office at which every token is Ada's, except `stale`.
struct Everyone;

#[async_trait]
impl Audience for Everyone {
    fn origin(&self) -> String {
        "https://tickets.example.org".to_owned()
    }
    async fn owner(&self, token: Bearer) -> Result<User, Failure> {
        match token.into_secret().expose_secret() {
            "stale" => Err(Failure::new(FailureKind::SignIn, "invalid_token", "the token is not valid")),
            _ => Ok(User { id: UserId::new("usr_1"), email: Text::new("ada@example.org"), name: Text::new("Ada") }),
        }
    }
}

fn session(line: &str) -> CommandSession {
    CommandSession::new(line.to_owned(), Duration::from_secs(10), Arc::new(Everyone))
}

async fn token_of(line: &str) -> Result<String, Failure> {
    session(line).fresh().await.map(|bearer| bearer.into_secret().expose_secret().to_owned())
}

async fn refusal(line: &str) -> String {
    let failure = token_of(line).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Other, "token_command"));
    failure.why
}

#[tokio::test]
async fn the_line_is_the_token_with_or_without_its_break() {
    assert_eq!(token_of("echo eyJ.a.b").await.unwrap(), "eyJ.a.b");
    assert_eq!(token_of("printf eyJ.a.b").await.unwrap(), "eyJ.a.b");
    assert_eq!(token_of("printf 'eyJ.a.b\\r\\n'").await.unwrap(), "eyJ.a.b");
    assert_eq!(token_of("echo a word about it >&2; echo token").await.unwrap(), "token");
}

#[tokio::test]
async fn what_is_not_one_line_with_a_token_is_refused_in_one_sentence() {
    assert!(refusal("true").await.ends_with("printed nothing, accepted is one line with a token"));
    assert!(refusal("echo").await.contains("printed nothing"));
    assert!(refusal("echo one; echo two").await.contains("printed 2 lines"));
    assert!(refusal("printf 'token\\n\\n'").await.contains("printed 2 lines"));
    assert!(refusal("echo 'Bearer token'").await.contains("spaces"));
    assert!(refusal("printf 'to\\033ken'").await.contains("characters that no token has"));
    assert!(refusal("echo tökén").await.contains("characters that no token has"));
    assert!(refusal("printf '\\377'").await.contains("not text"));
}

#[tokio::test]
async fn an_endless_output_is_refused_at_once() {
    assert!(refusal("yes").await.contains("more than 16 KiB"));
}

#[tokio::test]
async fn a_command_that_fails_is_quoted_without_what_could_move_the_cursor() {
    let why = refusal("printf 'sign in\\033[2J\\nfirst\\n' >&2; exit 3").await;
    assert!(why.contains("exit status: 3") && why.ends_with("and said: sign in\u{fffd}[2J first"), "{why}");
    assert!(refusal("exit 1").await.ends_with("and said nothing"));
    assert!(refusal("no-such-program-anywhere").await.contains("127"));
}

#[tokio::test]
async fn many_messages_neither_stop_the_command_nor_the_token() {
    let line = "i=0; while [ $i -lt 3000 ]; do echo 'a message of some length that fills the pipe' >&2; i=$((i+1)); done; echo token";
    assert_eq!(token_of(line).await.unwrap(), "token");
}

#[tokio::test]
async fn a_failing_command_shows_no_token_that_it_printed() {
    assert!(!refusal("echo eyJsecret; exit 1").await.contains("eyJsecret"));
    assert!(!refusal("echo eyJsecret; echo eyJsecret").await.contains("eyJsecret"));
    let told = refusal("echo 'Authorization: Bearer eyJhbGciOiJFZERTQSJ9.e30.sig' >&2; exit 1").await;
    assert!(told.ends_with("Authorization: Bearer ***"), "{told}");
}

#[tokio::test]
async fn a_command_that_hangs_is_stopped_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let line = format!("sleep 300 & echo $! > {}; wait", pid.display());
    let session = CommandSession::new(line, Duration::from_millis(1500), Arc::new(Everyone));
    let failure = session.fresh().await.unwrap_err();
    assert!(failure.why.contains("did not end within 1 s (auth_command_timeout) and was stopped"), "{failure}");
    wait_until_gone(&pid).await;
}

#[test]
fn the_end_of_the_program_stops_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let session = session(&format!("echo $$ > {}; sleep 300", pid.display()));
        let mut call = session.fresh();
        while std::fs::read_to_string(&pid).unwrap_or_default().is_empty() {
            assert!(futures_util::poll!(&mut call).is_pending());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    drop(runtime);
    let another = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    another.block_on(wait_until_gone(&pid));
}

#[tokio::test]
async fn calls_that_wait_together_share_one_run_and_later_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    let session = session(&format!("echo run >> {}; wc -l < {} | tr -d ' '", runs.display(), runs.display()));
    let token = async || session.fresh().await.unwrap().into_secret().expose_secret().to_owned();
    let (one, two) = tokio::join!(token(), token());
    assert_eq!((one.as_str(), two.as_str()), ("1", "1"));
    assert_eq!(token().await, "2");
}

/// Waits until the process whose number is in the file has ended.
async fn wait_until_gone(file: &Path) {
    let number = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(number).unwrap();
    // A zombie that nobody has waited for yet has ended as well.
    let zombie = || {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    };
    while rustix::process::test_kill_process(pid).is_ok() && !zombie() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_command_is_told_the_server_and_cannot_read_from_the_terminal() {
    assert_eq!(token_of("echo $FRONTROW_SERVER").await.unwrap(), "https://tickets.example.org");
    assert!(refusal("cat").await.contains("printed nothing"));
}

#[tokio::test]
async fn who_is_signed_in_is_whom_the_token_belongs_to() {
    assert_eq!(session("echo token").restore().await.unwrap().unwrap().name.as_str(), "Ada");
    assert_eq!(session("echo stale").restore().await.unwrap_err().code, "invalid_token");
}

#[tokio::test]
async fn there_is_nothing_to_sign_in_to_and_nothing_to_forget() {
    assert_eq!(session("echo stale").offer().await.unwrap_err().code, "invalid_token", "what is wrong is said");
    let session = session("echo token");
    assert_eq!(session.offer().await.unwrap_err().code, "not_offered");
    let Err(refused) = session.step(Step::Device).await else { panic!("nothing can be signed in to") };
    assert!(refused.why.contains("your command"));
    assert!(session.sign_out().await.unwrap_err().why.contains("nothing to forget"));
    assert!(session.kept_in().starts_with("no store, "));
}
