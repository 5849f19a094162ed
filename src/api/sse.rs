//! Server-sent events as they come in pieces, by the rules of the HTML standard
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>, "Interpreting an event stream"). What is too
//! long to be one of ours ends the stream.

/// The longest line, and the longest event, in bytes: the states of a quarter of a million seats take 90 KiB.
const MAX_EVENT: usize = 256 * 1024;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// `message` where the server names none.
    pub kind: String,
    pub data: String,
    /// The id of the last event that had one; empty before.
    pub id: String,
}

/// An event or a line is longer than is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is longer than {} KiB", MAX_EVENT / 1024)]
pub struct TooLong;

/// Reads events from bytes.
#[derive(Default)]
pub struct Reader {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it ends no line of its own.
    after_return: bool,
    begun: bool,
    kind: String,
    data: String,
    id: String,
}

impl Reader {
    /// Takes the next bytes and gives the events that end in them.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let second_half = self.after_return && end == 0 && rest[0] == b'\n' && self.line.is_empty();
            self.after_return = rest[end] == b'\r';
            self.extend(&rest[..end])?;
            rest = &rest[end + 1..];
            if !second_half {
                events.extend(self.end_line()?);
            }
        }
        self.after_return &= rest.is_empty();
        self.extend(rest)?;
        Ok(events)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > MAX_EVENT {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Event>, TooLong> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let line = if self.begun { &*text } else { text.strip_prefix('\u{feff}').unwrap_or(&text) };
        self.begun = true;
        if line.is_empty() {
            return Ok(self.end_event());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                if self.data.len() + value.len() >= MAX_EVENT {
                    return Err(TooLong);
                }
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            // `retry`, comments, and what is not known.
            _ => {}
        }
        Ok(None)
    }

    fn end_event(&mut self) -> Option<Event> {
        let (kind, mut data) = (std::mem::take(&mut self.kind), std::mem::take(&mut self.data));
        data.pop()?;
        let kind = if kind.is_empty() { "message".to_owned() } else { kind };
        Some(Event { kind, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(kind: &str, data: &str, id: &str) -> Event {
        Event { kind: kind.to_owned(), data: data.to_owned(), id: id.to_owned() }
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let text = "\u{feff}retry: 2000\n\n: a comment\nid: e-1\nevent: changes\ndata: {\"v\":1,\ndata: \"x\":2}\n\n\
                    data\n\nevent: lost\n\nid\ndata:  two spaces\nunknown: field\n\ndata: not ended";
        let expected = [
            event("changes", "{\"v\":1,\n\"x\":2}", "e-1"),
            event("message", "", "e-1"),
            event("message", " two spaces", ""),
        ];
        assert_eq!(Reader::default().take(text.as_bytes()), Ok(expected.to_vec()));
        assert_eq!(Reader::default().take(text.replace('\n', "\r\n").as_bytes()), Ok(expected.to_vec()));
        assert_eq!(Reader::default().take(text.replace('\n', "\r").as_bytes()), Ok(expected.to_vec()));
    }

    #[test]
    fn an_id_with_a_nul_is_no_id_and_bytes_that_are_no_text_are_replaced() {
        let events = Reader::default().take(b"id: a\nid: b\0c\ndata: \xff\n\n").unwrap();
        assert_eq!(events, [event("message", "\u{fffd}", "a")]);
    }

    #[test]
    fn what_has_no_end_is_not_read_for_ever() {
        let mut reader = Reader::default();
        let endless = vec![b'x'; 64 * 1024];
        let taken = (0..100).take_while(|_| reader.take(&endless).is_ok()).count();
        assert_eq!(taken, MAX_EVENT / endless.len());
        let mut reader = Reader::default();
        let line = format!("data: {}\n", "x".repeat(1024));
        assert!((0..1_000).any(|_| reader.take(line.as_bytes()) == Err(TooLong)));
    }

    proptest! {
        #[test]
        fn the_pieces_in_which_bytes_come_do_not_matter(
            text in "((id|data|event|retry|)(:| |: |)[a-b]{0,3}(\r\n|\n|\r|\n\n|\r\n\r\n)){0,12}",
            cuts in prop::collection::vec(0usize..200, 0..12),
        ) {
            let whole = Reader::default().take(text.as_bytes()).unwrap();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let mut reader = Reader::default();
            let pieces = cuts.windows(2).map(|cut| reader.take(&text.as_bytes()[cut[0]..cut[1]]).unwrap());
            let events: Vec<_> = pieces.flatten().collect();
            prop_assert_eq!(events, whole);
        }
    }
}
