//! What a parser says about a request, in words for whoever wrote the request: which field, and what is accepted.

use super::problem::quoted;

/// One sentence about a JSON body. `path` leads to the field; `message` is what serde_json says.
pub fn of_body(path: &str, message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    sentence(path, message)
}

/// One sentence about the parameters after `?`.
pub fn of_query(message: &str) -> String {
    let message = message.strip_prefix("Failed to deserialize query string: ").unwrap_or(message);
    let (path, message) = message.split_once(": ").unwrap_or(("", message));
    format!("After the ?: {}", sentence(path, message))
}

fn sentence(path: &str, message: &str) -> String {
    let field =
        if path.is_empty() || path == "." { "The request".to_owned() } else { format!("Field {}", quoted(path)) };
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("The field {} is missing.", name_of(name));
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("The field {} is there twice; once is accepted.", name_of(name));
    }
    // What came is the writer's own text and may hold anything; what is accepted is ours and comes last.
    let Some((came, accepted)) = message.rsplit_once(", expected ") else {
        return match message.strip_prefix("expected ") {
            Some(accepted) => format!("{field} is wrong; accepted: {}.", kind(accepted)),
            None => format!("{field} is wrong: {message}."),
        };
    };
    if came.starts_with("unknown field ") {
        return format!("{field} is not known here; accepted: {}.", names(accepted));
    }
    if let Some(word) = came.strip_prefix("unknown variant ") {
        return format!("{field} cannot be {}; accepted: {}.", name_of(word), names(accepted));
    }
    let came = came.strip_prefix("invalid type: ").or_else(|| came.strip_prefix("invalid value: ")).unwrap_or(came);
    format!("{field} is {}; accepted: {}.", kind(came), kind(accepted))
}

/// A name between backticks.
fn name_of(text: &str) -> String {
    quoted(text.trim_matches('`'))
}

/// Names between backticks, with commas.
fn names(list: &str) -> String {
    list.trim_start_matches("one of ").replace('`', "").replace(" or ", ", ")
}

/// What JSON calls a kind of value.
fn kind(parser: &str) -> String {
    match parser {
        "map" | "a map" => "an object".to_owned(),
        "sequence" | "a sequence" => "a list".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0".to_owned(),
        "value" => "a JSON value of the documented kind".to_owned(),
        text if text.starts_with("struct ") => "an object".to_owned(),
        text if text.starts_with("unit") => "one of the documented words".to_owned(),
        text => text.replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{BookRequest, HoldChange, HoldRequest, SignUpRequest};
    use serde::de::DeserializeOwned;

    fn complaint<T: DeserializeOwned>(body: &str) -> String {
        let mut json = serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, T>(&mut json).err().unwrap();
        of_body(&error.path().to_string(), &error.inner().to_string())
    }

    #[test]
    fn a_complaint_names_the_field_and_what_is_accepted() {
        let told = [
            complaint::<HoldRequest>(r#"{"seats":[]}"#),
            complaint::<HoldRequest>(r#"{"show":"1","seats":"A1"}"#),
            complaint::<HoldRequest>(r#"{"show":"1","seats":["A",1]}"#),
            complaint::<HoldRequest>(r#"{"show":"1","seats":[],"colour":1}"#),
            complaint::<HoldRequest>(r#"{"show":"1","party":{"size":-2}}"#),
            complaint::<HoldRequest>(r#"{"show":"1","party":{"size":2,"max_rung":"L9"}}"#),
            complaint::<HoldRequest>(r#"{"show":"1","show":"2"}"#),
            complaint::<HoldChange>(r#"{"extend":1}"#),
            complaint::<BookRequest>(r#"{"hold":"h","payment":"gold"}"#),
            complaint::<SignUpRequest>(r#"{"email":{}}"#),
            of_query("Failed to deserialize query string: duplicate field `movie`"),
        ];
        let expected = [
            r#"The field "show" is missing."#,
            r#"Field "seats" is string "A1"; accepted: a list."#,
            r#"Field "seats[1]" is integer 1; accepted: a string."#,
            r#"Field "colour" is not known here; accepted: show, seats, party, orphans."#,
            r#"Field "party.size" is integer -2; accepted: a whole number from 0."#,
            r#"Field "party.max_rung" cannot be "L9"; accepted: L1, L2, L3, L4, L5, L6, L7."#,
            r#"The field "show" is there twice; once is accepted."#,
            r#"Field "extend" is integer 1; accepted: true or false."#,
            r#"Field "payment" cannot be "gold"; accepted: demo, cash, card, link, none."#,
            r#"Field "email" is an object; accepted: a string."#,
            r#"After the ?: The field "movie" is there twice; once is accepted."#,
        ];
        assert_eq!(told, expected);
    }
}
