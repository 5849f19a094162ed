//! The backend with Clerk's own middleware, run by node.

use crate::fapi::Clerk;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Once,
};
use url::Url;

/// The folder that holds `v1` and `v2` with their node_modules.
const FOLDER: &str = "TEST_CLERK_EXPRESS";
/// Set where leaving these tests out would be a failure.
const REQUIRED: &str = "TEST_REQUIRE_CLERK";

pub struct Express {
    pub url: Url,
    child: Child,
}

/// The major version of Clerk's middleware for express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Major {
    One,
    Two,
}

impl Major {
    fn folder(self) -> &'static str {
        match self {
            Self::One => "v1",
            Self::Two => "v2",
        }
    }
}

impl Express {
    /// `None`, and a line that says so, where there is no node or no modules.
    pub fn start(major: Major, clerk: &Clerk, authorized_parties: Option<&str>) -> Option<Self> {
        let required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
        let modules = std::env::var_os(FOLDER).map(|folder| PathBuf::from(folder).join(major.folder()));
        let Some(modules) = modules.filter(|folder| folder.join("node_modules/@clerk/express").is_dir()) else {
            assert!(!required, "{FOLDER} must name a folder with {}/node_modules", major.folder());
            leave_out(&format!("{FOLDER} names no folder with its modules (.ci/run makes one)"));
            return None;
        };
        let app = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clerk/app.mjs");
        let host = clerk.url.as_str().trim_start_matches("http://").trim_end_matches('/');
        let mut node = Command::new("node");
        node.arg(app).arg(modules).stdin(Stdio::null()).stdout(Stdio::piped());
        node.env("CLERK_PUBLISHABLE_KEY", format!("pk_test_{}", STANDARD.encode(format!("{host}$"))));
        node.env("CLERK_SECRET_KEY", "sk_test_frontrow").env("CLERK_API_URL", clerk.url.as_str().trim_end_matches('/'));
        node.env("CLERK_TELEMETRY_DISABLED", "1").env_remove("AUTHORIZED_PARTIES");
        if let Some(parties) = authorized_parties {
            node.env("AUTHORIZED_PARTIES", parties);
        }
        let mut child = match node.spawn() {
            Ok(child) => child,
            Err(error) => {
                assert!(!required, "node cannot be run: {error}");
                leave_out(&format!("node cannot be run: {error}"));
                return None;
            }
        };
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = Url::parse(&format!("http://127.0.0.1:{}", port.trim())).expect("the app says its port");
        Some(Self { url, child })
    }
}

/// Says once what is not tried, also where the output of tests that pass is not shown.
fn leave_out(why: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(std::io::stderr(), "left out: what goes through Clerk's own middleware; {why}");
    });
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
