//! The commands. Documents go to standard output alone, messages for people to standard error.

mod account;
mod admin;
mod book;
mod bookings;
mod browse;
mod chart;
mod device;
mod doctor;
mod documents;
mod interrupt;
mod keys;
mod out;
mod pay;
mod qr;
#[cfg(feature = "server")]
mod serve;
mod shell;
mod ticket;

use crate::{
    api::slow,
    app,
    config::{ApiChoice, AuthChoice, Flags, GlyphChoice, LogLevel, Settings, When},
    domain::failure::{Failure, FailureKind},
    platform::caps::Caps,
};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use out::Out;
use std::path::PathBuf;

pub use out::{Form, report, tell};

/// Choose and sell cinema seats from a terminal.
///
/// Without a command, frontrow opens its screen. Without a server, it uses the box office that is built into it.
#[derive(Debug, Parser)]
#[command(name = "frontrow", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    /// Print the keys of the screen and what they do
    #[arg(long)]
    keys: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Args, Clone, Debug)]
pub struct Global {
    /// The box office to use [default: the one inside this program]
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// The API that the server speaks
    #[arg(long, global = true, value_name = "API", value_parser = PossibleValuesParser::new(ApiChoice::WORDS))]
    api: Option<String>,
    /// Keep everything in this folder: database, settings, logs
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Read settings from this file
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Who signs people in
    #[arg(long, global = true, value_name = "PROVIDER", value_parser = PossibleValuesParser::new(AuthChoice::WORDS))]
    auth: Option<String>,
    /// The command that prints a token, with --auth command
    #[arg(long, global = true, value_name = "COMMAND")]
    auth_command: Option<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_parser = PossibleValuesParser::new(When::WORDS))]
    color: Option<String>,
    /// Use ASCII characters only
    #[arg(long, global = true)]
    ascii: bool,
    /// Lines of text without styles, for screen readers and simple terminals
    #[arg(long, global = true)]
    plain: bool,
    /// Answer as one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// The file with your own keys [default: keymap.toml beside the settings]
    #[arg(long, global = true, value_name = "FILE")]
    keymap: Option<PathBuf>,
    /// How much to log
    #[arg(long, global = true, value_name = "LEVEL", value_parser = PossibleValuesParser::new(LogLevel::WORDS))]
    log_level: Option<String>,
    /// Log more: -v debug, -vv trace
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "log_level")]
    verbose: u8,
    /// Let a crash leave an image of the memory, which holds secrets
    #[arg(long, global = true, hide_short_help = true)]
    pub allow_core: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    Online(Online),
    /// Run the box office as a server
    #[cfg(feature = "server")]
    Serve(serve::Serve),
    /// Look at halls' plans
    Chart {
        #[command(subcommand)]
        command: chart::ChartCommand,
    },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
    /// `--keys`, which is an option because it is about the screen
    #[command(skip)]
    Keys,
}

/// The commands that talk to a box office.
#[derive(Debug, Subcommand)]
pub enum Online {
    /// List the films that are playing
    Movies,
    /// List the shows of a film
    Shows {
        /// The film's id, or a part of its title that only it has
        movie: String,
    },
    /// List the seats of a show
    Seats {
        /// The show's id
        show: String,
    },
    /// Book seats
    Book(book::Book),
    /// List your bookings
    Bookings,
    /// Cancel a booking
    Cancel {
        /// The booking's code, such as K7Q-4MX
        code: String,
    },
    /// Show a ticket with its QR code
    Ticket {
        /// The booking's code, such as K7Q-4MX
        code: String,
    },
    /// Sign in, or make an account
    Login(account::Login),
    /// Sign out and forget the sign-in on this machine
    Logout,
    /// Say who is signed in
    Whoami,
    /// Let other devices in, and see where you are signed in
    Device {
        #[command(subcommand)]
        command: device::Device,
    },
    /// See and do what those who run the cinema can
    Admin {
        #[command(subcommand)]
        command: admin::Admin,
    },
    /// Check the connection, the folders, the credential store and the terminal
    Doctor(doctor::Doctor),
}

/// How a command ended that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// All is said, and what was said is bad news of this kind.
    Said(FailureKind),
}

impl Outcome {
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Said(kind) => kind.exit_code(),
        }
    }
}

/// What every command gets.
struct Ctx {
    settings: Settings,
    out: Out,
}

impl Global {
    /// The flags that are settings.
    pub fn flags(&self) -> Flags {
        let mut values = Vec::new();
        let mut put = |key, value: Option<String>| values.extend(value.map(|value| (key, value)));
        put("server", self.server.clone());
        put("api", self.api.clone());
        put("data_dir", self.data_dir.as_ref().map(|folder| folder.display().to_string()));
        put("auth", self.auth.clone());
        put("auth_command", self.auth_command.clone());
        put("color", self.color.clone());
        put("glyphs", self.ascii.then(|| GlyphChoice::Ascii.to_string()));
        put("plain", self.plain.then(|| true.to_string()));
        put("keymap", self.keymap.as_ref().map(|file| file.display().to_string()));
        put("log_level", self.log_level());
        Flags { file: self.config.clone(), values }
    }

    fn log_level(&self) -> Option<String> {
        let verbose = match self.verbose {
            0 => None,
            1 => Some(LogLevel::Debug),
            _ => Some(LogLevel::Trace),
        };
        verbose.map(|level| level.to_string()).or_else(|| self.log_level.clone())
    }
}

impl Cli {
    /// What is to be run; `None`: the screen.
    pub fn task(self) -> Result<Option<Command>, Failure> {
        match (self.keys, self.command) {
            (true, Some(_)) => {
                Err(Failure::new(FailureKind::Input, "usage", "--keys is for the screen and takes no command"))
            }
            (true, None) => Ok(Some(Command::Keys)),
            (false, command) => Ok(command),
        }
    }
}

impl Command {
    /// Flags of this command that are settings, too.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        match self {
            #[cfg(feature = "server")]
            Self::Serve(serve) => serve.flags(),
            Self::Online(Online::Login(login)) => login.flags(),
            _ => Vec::new(),
        }
    }

    /// Runs the command to its end.
    pub fn run(self, settings: Settings, global: &Global) -> Result<Outcome, Failure> {
        let caps = Caps::detect(settings.color, settings.glyphs);
        let form = if global.json { Form::Json } else { Form::People };
        let ctx = Ctx { out: Out::new(form, settings.plain, caps), settings };
        match self {
            Self::Online(command) => {
                slow::listen(|origin| tell(format_args!("Still waiting for {origin} ...")));
                app::in_runtime(command.run(&ctx))
            }
            #[cfg(feature = "server")]
            Self::Serve(serve) => serve::run(&ctx, &serve),
            Self::Chart { command } => chart::run(&ctx, &command),
            Self::Completions { shell } => shell::completions(&ctx, shell),
            Self::Man => shell::man(&ctx),
            Self::Keys => keys::run(&ctx),
        }
    }
}

impl Online {
    async fn run(self, ctx: &Ctx) -> Result<Outcome, Failure> {
        match self {
            Self::Movies => browse::movies(ctx).await,
            Self::Shows { movie } => browse::shows(ctx, &movie).await,
            Self::Seats { show } => browse::seats(ctx, &show).await,
            Self::Book(book) => book::run(ctx, &book).await,
            Self::Bookings => bookings::list(ctx).await,
            Self::Cancel { code } => bookings::cancel(ctx, &code).await,
            Self::Ticket { code } => ticket::run(ctx, &code).await,
            Self::Login(login) => account::login(ctx, &login).await,
            Self::Logout => account::logout(ctx).await,
            Self::Whoami => account::whoami(ctx).await,
            Self::Doctor(doctor) => doctor::run(ctx, &doctor).await,
            Self::Admin { command } => admin::run(ctx, command).await,
            Self::Device { command } => device::run(ctx, command).await,
        }
    }
}
