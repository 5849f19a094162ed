use super::*;
use crokey::crossterm::event::KeyEvent;
use strum::IntoEnumIterator;

fn standard() -> Keymap {
    DEFAULT.parse().unwrap()
}

fn press(keymap: &Keymap, context: Context, key: &str) -> Option<Pressed> {
    keymap.find(context, parse_key(key).unwrap())
}

#[test]
fn the_default_keymap_is_sound() {
    let keymap = standard();
    let screens = [Context::Browse, Context::Seats, Context::List, Context::Checkout, Context::Bookings];
    for context in screens.into_iter().chain([Context::Account, Context::SignIn, Context::Approval]) {
        assert!(keymap.bindings(context).iter().any(|b| b.command == Command::Back), "{context:?} has a way back");
    }
    assert_eq!(keymap.key_of(Context::Seats, Command::HallEnd).as_deref(), Some("g"));
    assert_eq!(keymap.key_of(Context::Seats, Command::Bookings).as_deref(), Some("F3"));
}

#[test]
fn every_command_stands_in_the_default_keymap() {
    let keymap = standard();
    let missing: Vec<&str> = Command::iter()
        .filter(|c| !Context::iter().any(|context| keymap.bindings(context).iter().any(|b| b.command == *c)))
        .map(Command::name)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn upper_and_lower_case_letters_are_different_keys() {
    let keymap = standard();
    let press = |c: char, modifiers| {
        let key = crate::input::event::combination(KeyEvent::new(KeyCode::Char(c), modifiers));
        keymap.find(Context::Seats, key)
    };
    assert_eq!(press('g', KeyModifiers::NONE), Some(Pressed { command: Command::HallEnd, nth: 0 }));
    assert_eq!(press('G', KeyModifiers::SHIFT), Some(Pressed { command: Command::HallEnd, nth: 1 }));
    assert_eq!(press('?', KeyModifiers::NONE), Some(Pressed { command: Command::Help, nth: 0 }));
    assert_eq!(press('?', KeyModifiers::SHIFT), Some(Pressed { command: Command::Help, nth: 0 }));
}

#[test]
fn a_key_of_ones_own_takes_the_place_of_the_default_and_keeps_its_words() {
    let own = "[[seats]]\nkeys = [\"x\", \"w\"]\ndo = \"undo\"\n";
    let keymap = standard().overridden_by(own).unwrap();
    assert_eq!(press(&keymap, Context::Seats, "x"), Some(Pressed { command: Command::Undo, nth: 0 }));
    assert_eq!(press(&keymap, Context::Seats, "u"), Some(Pressed { command: Command::Undo, nth: 0 }), "u stays");
    assert_eq!(press(&keymap, Context::Seats, "backspace").map(|p| p.command), Some(Command::Drop));
    let keys_of = |command| {
        let bindings = keymap.bindings(Context::Seats).iter().filter(move |b| b.command == command);
        bindings.map(|b| (b.keys.iter().map(|k| name(*k)).collect::<Vec<_>>().join(" "), b.say.clone()))
    };
    let drop: Vec<_> = keys_of(Command::Drop).map(|(keys, _)| keys).collect();
    assert_eq!(drop, ["Backspace"], "help and footer no longer name x for it");
    let undo: Vec<_> = keys_of(Command::Undo).collect();
    assert_eq!((undo.len(), undo[1].0.as_str()), (2, "x w"));
    assert_eq!(undo[0].1, undo[1].1);
}

#[test]
fn one_key_of_a_pair_can_be_bound_by_itself_and_the_rest_keep_their_meaning() {
    let own = "[[seats]]\nkeys = [\"[\"]\ndo = \"none\"\n[[seats]]\nkeys = [\"ctrl-up\"]\ndo = \"level previous\"\n\
               [[seats]]\nkeys = [\"ctrl-3\"]\ndo = \"party 3\"\n";
    let keymap = standard().overridden_by(own).unwrap();
    assert_eq!(press(&keymap, Context::Seats, "["), None);
    assert_eq!(press(&keymap, Context::Seats, "]"), Some(Pressed { command: Command::Level, nth: 1 }));
    assert_eq!(press(&keymap, Context::Seats, "ctrl-up"), Some(Pressed { command: Command::Level, nth: 0 }));
    assert_eq!(press(&keymap, Context::Seats, "ctrl-3"), Some(Pressed { command: Command::Party, nth: 2 }));
}

#[test]
fn an_entry_without_keys_takes_all_keys_of_its_command_away() {
    let keymap = standard().overridden_by("[[seats]]\nkeys = []\ndo = \"clear\"\n").unwrap();
    assert_eq!(press(&keymap, Context::Seats, "c"), None);
    assert_eq!(keymap.key_of(Context::Seats, Command::Clear), None);
}

#[test]
fn in_a_kiosk_letters_are_no_keys_of_the_seat_map() {
    let keymap = standard().for_kiosk();
    assert_eq!(press(&keymap, Context::Seats, "n"), None);
    assert_eq!(press(&keymap, Context::Seats, "G"), None);
    assert_eq!(press(&keymap, Context::Seats, "3"), Some(Pressed { command: Command::Party, nth: 2 }));
    assert_eq!(press(&keymap, Context::Bookings, "k").map(|p| p.command), Some(Command::Up));
    let left = [Command::Alternative, Command::Drop, Command::Fix, Command::Undo, Command::Extend, Command::Again];
    for command in left {
        assert!(keymap.key_of(Context::Seats, command).is_some(), "{} needs a key without letters", command.name());
    }
}

#[test]
fn a_faulty_keymap_says_where_and_what_is_wrong_in_one_line() {
    let error = |text: &str| {
        let why = standard().overridden_by(text).unwrap_err().to_string();
        assert!(!why.contains('\n'), "{why}");
        why
    };
    let entry = |context: &str, keys: &str, does: &str| format!("\n[[{context}]]\nkeys = [{keys}]\ndo = \"{does}\"\n");
    assert!(error(&entry("seats", "\"hyper-7\"", "go")).starts_with("line 2: \"hyper-7\" is not a key such as"));
    assert!(error(&entry("seats", "\"x\"", "zoomin")).contains("near it: zoom-in"));
    assert!(error(&entry("seats", "\"x\"", "level up")).contains("level takes previous or next"));
    assert!(error(&entry("seats", "\"x\"", "need legroom")).contains("a key cannot type text"));
    assert!(error(&entry("seats", "\"x\", \"x\"", "go")).contains("x is bound twice in [[seats]]"));
    let twice = entry("seats", "\"x\"", "clear") + &entry("seats", "\"x\"", "undo");
    let why = error(&twice);
    assert!(why.starts_with("line 6: ") && why.contains("to clear and to undo"), "{why}");
    assert!(error(&entry("seatz", "\"x\"", "go")).contains("seats"));
    assert!(error("[[seats]]\nkeyz = []\ndo = \"go\"").contains("keyz"));
    assert!(error("[[seats]\n").starts_with("line 1: "));
    assert!(error("seats = 3\n").starts_with("line 1: "));
    assert!(error(&entry("sign-in", "\"a\"", "go")).contains("typed as text"));
    assert!(error(&entry("typed", "\"esc\"", "none")).contains("no key is left for back in [[typed]]"));
    let locked = entry("global", "\"ctrl-c\", \"ctrl-q\"", "none");
    assert!(error(&locked).contains("no key is left for quit"), "{}", error(&locked));
}

#[test]
fn any_text_is_either_a_keymap_or_refused_by_a_sentence() {
    use proptest::prelude::*;
    proptest!(|(text in "(\\[\\[(seats|global|x)\\]\\]\n)?((keys|do|say) = (\\[\"[a-z0-9-]{0,6}\"\\]|\"[a-z -]{0,9}\")\n){0,4}")| {
        if let Err(KeymapError(why)) = standard().overridden_by(&text) {
            prop_assert!(!why.is_empty());
        }
    });
}

#[test]
fn sentences_name_the_keys_that_do_what_they_say() {
    let text = "{best} takes the best 3, {level next} the balcony, {party 2} two; {nothing} and { stay";
    let keymap = standard();
    let own = "[[seats]]\nkeys = [\"z\", \"*\"]\ndo = \"none\"\n[[seats]]\nkeys = [\"w\"]\n\
               do = \"best\"\n[[seats]]\nkeys = []\ndo = \"fix\"\n";
    let mine = keymap.overridden_by(own).unwrap();
    let says = |keymap: &Keymap| keymap.spell(Context::Seats, text);
    assert_eq!(says(&keymap), "z takes the best 3, ] the balcony, 2 two; {nothing} and { stay");
    assert_eq!(says(&mine).split(' ').next(), Some("w"), "the key of one's own comes first");
    assert_eq!(says(&keymap.clone().for_kiosk()).split(' ').next(), Some("*"), "where letters are typed");
    assert_eq!(mine.spell(Context::Seats, "{fix}"), ":fix", "without a key the command line has it");
    assert_eq!(keymap.spell(Context::Checkout, "{extend}, {reload}"), "e, F5");
}
