//! `frontrow chart judge`: lines in, lines out.

use super::frontrow;
use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};
use tempfile::TempDir;

const QUESTION: &str = r#"{"rows":[".........."],"row":0,"pick":[1,2]}"#;
const ANSWER: &str = r#"{"verdict":"reject","orphans":[0],"suggest":[[0,1],[2,3],[3,4]]}"#;

struct Judge {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _home: TempDir,
}

impl Judge {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = frontrow(home.path(), &["chart", "judge"]);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, _home: home }
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// What it said on standard error, and its exit code.
    fn end(self) -> (String, Option<i32>) {
        let Self { mut child, input, output, .. } = self;
        drop((input, output));
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (said, child.wait().unwrap().code())
    }
}

#[test]
fn each_line_is_answered_before_the_next_one_comes() {
    let mut judge = Judge::start();
    for _ in 0..3 {
        writeln!(judge.input, "{QUESTION}").unwrap();
        assert_eq!(judge.answer(), ANSWER);
    }
    assert_eq!(judge.end(), (String::new(), Some(0)));
}

#[test]
fn a_bad_line_is_answered_with_its_error_and_the_end_is_exit_code_2() {
    let mut judge = Judge::start();
    writeln!(judge.input, "hello\n{QUESTION}").unwrap();
    assert!(judge.answer().starts_with("{\"error\":\"the line is not JSON"));
    assert_eq!(judge.answer(), ANSWER);
    assert_eq!(judge.end(), (String::new(), Some(2)));
}

#[test]
fn ten_thousand_lines_are_answered_one_by_one() {
    let Judge { mut child, mut input, output, _home } = Judge::start();
    let writer = std::thread::spawn(move || {
        for _ in 0..10 {
            input.write_all(format!("{QUESTION}\n").repeat(1_000).as_bytes()).unwrap();
        }
    });
    assert_eq!(output.lines().filter(|line| line.as_ref().is_ok_and(|line| line == ANSWER)).count(), 10_000);
    writer.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_is_left_in_peace() {
    let Judge { mut child, mut input, output, _home } = Judge::start();
    drop(output);
    // The pipe breaks here as soon as the judge has noticed that nobody reads.
    let lines = format!("{QUESTION}\n").repeat(1_000);
    while input.write_all(lines.as_bytes()).is_ok() {}
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((said, child.wait().unwrap().code()), (String::new(), Some(0)));
}
