//! `chart judge`: the orphan rule for rows drawn as text, line by line, for tests and for other programs.

use crate::{
    cli::Outcome,
    domain::{
        failure::{Failure, FailureKind},
        seating::orphan::{self, OrphanMode, Reach, Verdict, picture::Picture},
        text,
    },
};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read, Write};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 1024 * 1024;
/// The longest reason of an error, in columns.
const MAX_WHY: usize = 200;

/// A line of the input: places are characters of a row, counted from 0.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    rows: Vec<String>,
    row: usize,
    pick: Vec<usize>,
    #[serde(default)]
    mode: OrphanMode,
}

/// A line of the output.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Answer { verdict: Verdict, orphans: Vec<usize>, suggest: Vec<Vec<usize>> },
    Error { error: String },
}

/// Answers each line of standard input with one of standard output, as soon as it has come. A line that cannot be
/// answered gets an error of its own, and the command ends with the exit code for bad input.
pub fn judge() -> Result<Outcome, Failure> {
    match judge_lines(io::stdin().lock(), io::stdout().lock()) {
        Ok(outcome) => Ok(outcome),
        // A reader that has gone away has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
        Err(error) => {
            Err(Failure::new(FailureKind::Other, "stream", format!("the lines cannot be passed on: {error}")))
        }
    }
}

fn judge_lines(mut input: impl BufRead, mut output: impl Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::Done;
    while let Some(line) = next_line(&mut input)? {
        let answer = line.and_then(|line| answer(&line)).unwrap_or_else(|error| {
            outcome = Outcome::Said(FailureKind::Input);
            Line::Error { error: text::clean(&error, MAX_WHY) }
        });
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(outcome)
}

/// The next line, or why it cannot be read; `None` at the end. What is too long is passed over without being kept.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Result<String, String>>> {
    let mut line = Vec::new();
    let read = input.take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    let ended = line.last() == Some(&b'\n');
    if ended {
        line.pop();
    }
    if line.len() as u64 > MAX_LINE {
        if !ended {
            input.skip_until(b'\n')?;
        }
        return Ok(Some(Err(format!("the line is longer than {} MiB", MAX_LINE / (1024 * 1024)))));
    }
    Ok(Some(String::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())))
}

fn answer(line: &str) -> Result<Line, String> {
    if line.trim().is_empty() {
        return Err("the line is empty; write {\"rows\":[\"....\"],\"row\":0,\"pick\":[1]}".to_owned());
    }
    let question: Question = serde_json::from_str(line).map_err(|error| reason(&error))?;
    let picture = Picture::of(&question.rows).map_err(|error| error.to_string())?;
    let chosen = picture.free_seats(question.row, &question.pick).map_err(|error| error.to_string())?;
    let open = |seat| picture.is_open(seat);
    let judgement = orphan::judge_within(picture.hall(), &open, &chosen, question.mode, Reach::Rows);
    let places = |seats: &[_]| seats.iter().map(|&seat| picture.place(seat)).collect::<Vec<usize>>();
    Ok(Line::Answer {
        verdict: judgement.verdict,
        orphans: places(&judgement.orphans),
        suggest: judgement.suggest.iter().map(|seats| places(seats)).collect(),
    })
}

/// Why a line is no question, in one sentence.
fn reason(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    // The question is one line, so only the column says something.
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    match error.classify() {
        Category::Data => format!("the line is not a question: {why}"),
        _ => format!("the line is not JSON: {why} at column {}", error.column()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> (Vec<String>, u8) {
        let mut output = Vec::new();
        let outcome = judge_lines(input, &mut output).expect("lines");
        let text = String::from_utf8(output).expect("text");
        (text.lines().map(str::to_owned).collect(), outcome.exit_code())
    }

    fn line(input: &str) -> String {
        let (mut lines, _) = lines(input.as_bytes());
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    #[test]
    fn each_line_gets_its_verdict_in_the_terms_of_its_row() {
        let cases = [
            (
                r#"{"rows":[".........."],"row":0,"pick":[1,2]}"#,
                r#"{"verdict":"reject","orphans":[0],"suggest":[[0,1],[2,3],[3,4]]}"#,
            ),
            (
                r#"{"rows":[".........."],"row":0,"pick":[4,5],"mode":"lenient"}"#,
                r#"{"verdict":"ok","orphans":[],"suggest":[]}"#,
            ),
            (
                r#"{"rows":["...","...."],"row":0,"pick":[0,1],"mode":"strict"}"#,
                r#"{"verdict":"reject","orphans":[2],"suggest":[]}"#,
            ),
            (
                r#"{"rows":["...","...."],"row":0,"pick":[0,1],"mode":"lenient"}"#,
                r#"{"verdict":"unavoidable","orphans":[2],"suggest":[]}"#,
            ),
            (
                r#"{"rows":["","..#. ..w"],"row":1,"pick":[0],"mode":"advise"}"#,
                r#"{"verdict":"warn","orphans":[1],"suggest":[[3]]}"#,
            ),
            (r#"{"rows":["...."],"row":0,"pick":[2],"mode":"off"}"#, r#"{"verdict":"ok","orphans":[],"suggest":[]}"#),
        ];
        for (question, answer) in cases {
            assert_eq!(line(question), answer, "{question}");
        }
    }

    #[test]
    fn a_bad_line_gets_one_sentence_the_rest_goes_on_and_the_end_says_so() {
        let cases: [(&[u8], &str); 17] = [
            (b"hello", "the line is not JSON: expected value at column 1"),
            (b"", "the line is empty; write"),
            (b"[1]", "the line is not a question"),
            (br#"{"rows":["..."],"pick":[0]}"#, "missing field `row`"),
            (br#"{"rows":["..."],"row":0,"pick":[0],"mood":"off"}"#, "unknown field `mood`"),
            (br#"{"rows":["..."],"row":0,"pick":[0],"mode":"harsh"}"#, "unknown variant `harsh`, expected one of"),
            (br#"{"rows":["..."],"row":0,"pick":[-1]}"#, "invalid value: integer `-1`"),
            (br#"{"rows":["..."],"row":1,"pick":[0]}"#, "there is no row 1; there are 1, counted from 0"),
            (br#"{"rows":[],"row":0,"pick":[0]}"#, "there is no row 0; there are 0"),
            (br#"{"rows":["..#"],"row":0,"pick":[2]}"#, "the seat at 2 of row 0 is not free"),
            (br#"{"rows":["..w"],"row":0,"pick":[2]}"#, "the seat at 2 of row 0 is not free"),
            (br#"{"rows":[".. ."],"row":0,"pick":[2]}"#, "row 0 has no seat at 2"),
            (br#"{"rows":["..."],"row":0,"pick":[3]}"#, "row 0 has no seat at 3"),
            (br#"{"rows":["..."],"row":0,"pick":[1,1]}"#, "the seat at 1 is picked twice"),
            (br#"{"rows":["..."],"row":0,"pick":[]}"#, "no seat is picked"),
            (br#"{"rows":["..x"],"row":0,"pick":[0]}"#, "\\\"x\\\" at 2 of row 0 is no seat"),
            (b"\xff\xfe", "the line is not UTF-8 text"),
        ];
        let good = br#"{"rows":["...."],"row":0,"pick":[0]}"#;
        for (bad, why) in cases {
            let (said, code) = lines(&[bad, b"\n", good, b"\n"].concat());
            assert_eq!((said.len(), code), (2, 2), "{said:?}");
            assert!(said[0].starts_with("{\"error\":\"") && said[0].contains(why), "{} does not say {why}", said[0]);
            assert!(said[1].starts_with("{\"verdict\":\"ok\""), "{said:?}");
        }
        assert_eq!(lines(good).1, 0);
        assert_eq!(lines(b""), (Vec::new(), 0));
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let good = br#"{"rows":["...."],"row":0,"pick":[0]}"#;
        let input = [&vec![b'x'; 3 * 1024 * 1024][..], b"\n", good].concat();
        let (said, code) = lines(&input);
        assert_eq!((said.len(), code), (2, 2));
        assert_eq!(said[0], r#"{"error":"the line is longer than 1 MiB"}"#);
        assert!(said[1].starts_with("{\"verdict\":\"ok\""));
        let longest = format!("{{\"rows\":[\"{}\"],\"row\":0,\"pick\":[1]}}", ".".repeat(1_000_000));
        assert!(line(&longest).starts_with("{\"verdict\":\"reject\",\"orphans\":[0]"));
    }
}
