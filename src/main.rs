//! The `frontrow` command. Everything is in the library; this file turns its outcome into an exit code.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
