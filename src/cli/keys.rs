//! `--keys`: the keys that hold in this run, with their commands.

use super::{Ctx, Outcome};
use crate::{
    config,
    domain::failure::Failure,
    input::keymap::{Binding, Context, Keymap, name},
};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

pub fn run(ctx: &Ctx) -> Result<Outcome, Failure> {
    let keymap = config::keymap(&ctx.settings)?;
    let all: Vec<(Context, &Binding)> = Context::iter()
        .flat_map(|context| keymap.bindings(context).iter().map(move |binding| (context, binding)))
        .collect();
    let list: Vec<Value> = all.iter().map(|(context, binding)| document(&keymap, *context, binding)).collect();
    ctx.out.answer(json!({ "v": 1, "keys": list }), || {
        let rows: Vec<_> = all
            .iter()
            .map(|(context, binding)| {
                let keys: Vec<String> = binding.keys.iter().map(|key| name(*key)).collect();
                let command = binding.command.usage();
                vec![context.name().to_owned(), keys.join(" "), command, binding.say.clone()]
            })
            .collect();
        ctx.out.table(&["where", "keys", "command", "what it does"], &rows)
    })?;
    Ok(Outcome::Done)
}

/// `ways` has what each key means of a pair or a number, in the order of the keys.
fn document(keymap: &Keymap, context: Context, binding: &Binding) -> Value {
    let keys: Vec<String> = binding.keys.iter().map(|key| name(*key)).collect();
    let ways: Option<Vec<String>> = binding
        .keys
        .iter()
        .map(|key| keymap.find(context, *key).and_then(|pressed| pressed.command.way(pressed.nth)))
        .collect();
    json!({
        "context": context.name(),
        "command": binding.command.name(),
        "keys": keys,
        "ways": ways.unwrap_or_default(),
        "say": binding.say,
    })
}
