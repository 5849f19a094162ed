//! The `cinechart` format, version 1: TOML with text pictures of the rows.
//!
//! ```toml
//! format = "cinechart"
//! version = 1
//! id = "luna-1"
//! name = "Luna, Screen 1"
//! mode = "cinema"            # or theatre, arena
//! [screen]
//! side = "top"               # where the screen is in the pictures: top, bottom, left or right
//! [[category]]
//! id = "std"
//! name = "Standard"
//! glyph = "o"                # draws a seat of this category in the pictures
//! color = "blue"
//! [[level]]
//! id = "stalls"
//! name = "Stalls"
//! [[section]]
//! id = "main"
//! level = "stalls"
//! category = "std"           # of s, w, c, x and []
//! numbering = "ltr"          # or rtl, odd-even (odd to the left), explicit (with `numbers`)
//! picture = """
//! A  ssss_ssss               # the row's label, then: s seat, _ gap, w wheelchair, c companion, x blocked
//! .                          # a cross aisle
//! B  [][]_[][]               # [] one couch, two places
//! """
//! [[override]]
//! seats = "A1-A2"
//! flags = ["restricted-view"]
//! ```
//!
//! A column of the picture is one seat pitch, a line one row. `origin` moves a section, `rotation` (degrees,
//! clockwise) turns it about its first place, `curve` bends its rows: their ends lie that many pitches nearer to
//! the screen than their middle.

use super::{
    Category, Chart, Level, Mode, Screen, SeatKind, Side,
    general::Area,
    json::rounded,
    picture::{self, Point, SectionForm},
    validate::{self, quoted, refuse},
};
use crate::domain::{
    chart::geometry::Geometry,
    seating::spec::Labels,
    text::{self, Text},
};
use serde::Deserialize;
use thiserror::Error;

const MAX_BYTES: usize = 4 << 20;
const MAX_OVERRIDES: usize = 5_000;
/// How many seats all overrides may name in all.
const MAX_CHANGES: usize = validate::MAX_SEATS;
/// Letters that mean something in every picture, so that no category can have them.
pub(super) const RESERVED: &str = "swcx_.[]#";

/// Why a chart cannot be used: one clear sentence with the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ChartError(pub String);

/// Reads a cinechart TOML text.
pub fn parse(toml: &str) -> Result<Chart, ChartError> {
    if toml.len() > MAX_BYTES {
        return refuse(format!("the file is {} bytes long; at most {MAX_BYTES} are accepted", toml.len()));
    }
    let form: ChartForm = toml::from_str(toml).map_err(|e| at_line(toml, &e))?;
    form.check()?;
    let mut chart = form.plan()?;
    validate::check(&chart)?;
    form.apply_overrides(&mut chart)?;
    validate::check(&chart)?;
    Ok(chart)
}

fn at_line(toml: &str, error: &toml::de::Error) -> ChartError {
    let message = text::fit(error.message(), 300);
    ChartError(match error.span().and_then(|span| toml.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => format!("it is not TOML that can be read: {message}"),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChartForm {
    format: String,
    version: i64,
    id: String,
    name: Text,
    #[serde(default)]
    mode: Mode,
    screen: ScreenForm,
    category: Vec<CategoryForm>,
    #[serde(default)]
    level: Vec<LevelForm>,
    #[serde(default)]
    section: Vec<SectionForm>,
    #[serde(default, rename = "override")]
    overrides: Vec<OverrideForm>,
    #[serde(default)]
    ga: Vec<AreaForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScreenForm {
    side: Side,
    #[serde(default = "screen_label")]
    label: Text,
    center: Option<f64>,
    width_m: Option<f64>,
    first_row_m: Option<f64>,
    rake_cm: Option<f64>,
}

fn screen_label() -> Text {
    Text::new("SCREEN")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryForm {
    id: String,
    name: Text,
    glyph: char,
    color: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelForm {
    id: String,
    name: Text,
    #[serde(default)]
    order: i32,
}

/// A `[[ga]]` of a cinechart file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaForm {
    id: String,
    level: Option<String>,
    name: Option<Text>,
    capacity: usize,
    category: Option<String>,
    at: Option<Point>,
    size: Option<SizeForm>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeForm {
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideForm {
    seats: String,
    category: Option<String>,
    kind: Option<SeatKind>,
    flags: Option<Vec<String>>,
    quality: Option<f64>,
    next: Option<bool>,
}

impl ChartForm {
    fn check(&self) -> Result<(), ChartError> {
        if self.format != "cinechart" || self.version != 1 {
            let format = quoted(&self.format);
            return refuse(format!("format {format} version {} is not cinechart version 1", self.version));
        }
        // Before anything is compared with anything, so that a hostile file ends fast.
        validate::check_count("categories", self.category.len(), validate::MAX_CATEGORIES)?;
        validate::check_count("levels", self.level.len(), validate::MAX_SECTIONS)?;
        validate::check_count("sections", self.section.len() + self.ga.len(), validate::MAX_SECTIONS)?;
        validate::check_count("overrides", self.overrides.len(), MAX_OVERRIDES)?;
        for (at, category) in self.category.iter().enumerate() {
            let (name, glyph) = (quoted(&category.id), category.glyph);
            if RESERVED.contains(glyph) {
                return refuse(format!(
                    "category {name}: glyph '{glyph}' has a meaning of its own; not one of {RESERVED}"
                ));
            }
            if self.category[..at].iter().any(|other| other.glyph == glyph) {
                return refuse(format!("category {name}: glyph '{glyph}' is taken by another category"));
            }
        }
        Ok(())
    }

    /// The chart before its overrides.
    fn plan(&self) -> Result<Chart, ChartError> {
        let screen = &self.screen;
        let category = |c: &CategoryForm| Category {
            id: c.id.clone(),
            name: c.name.clone(),
            glyph: c.glyph,
            color: c.color.clone(),
        };
        let level = |l: &LevelForm| Level { id: l.id.clone(), name: l.name.clone(), order: l.order };
        let mut chart = Chart {
            id: self.id.clone(),
            name: self.name.clone(),
            mode: self.mode,
            screen: Screen {
                side: screen.side,
                label: screen.label.clone(),
                center: screen.center.map(|place| self.turned_center(place)),
                width_m: screen.width_m,
                first_row_m: screen.first_row_m,
                rake_cm: screen.rake_cm,
            },
            categories: self.category.iter().map(category).collect(),
            levels: self.level.iter().map(level).collect(),
            sections: Vec::new(),
            rows: Vec::new(),
            seats: Vec::new(),
        };
        if chart.levels.is_empty() {
            chart.levels.push(Level { id: "hall".into(), name: Text::new("Hall"), order: 0 });
        }
        for section in &self.section {
            picture::add_section(&mut chart, section)?;
        }
        for area in &self.ga {
            area.add(&mut chart)?;
        }
        Ok(chart)
    }

    /// The middle of the screen as the audience sees it; the file says it along the screen, in the pictures' columns
    /// or lines.
    fn turned_center(&self, place: f64) -> f64 {
        self.screen.side.turn((place, place)).0
    }

    fn apply_overrides(&self, chart: &mut Chart) -> Result<(), ChartError> {
        if self.overrides.is_empty() {
            return Ok(());
        }
        let geometry = Geometry::of(chart);
        let labels = Labels::of(chart, &geometry);
        let mut changes = 0;
        let read = |form: &OverrideForm| {
            labels.read(&form.seats).map_err(|e| ChartError(format!("override of {}: {e}", quoted(&form.seats))))
        };
        let mut targets = Vec::new();
        for form in &self.overrides {
            // Before each seat gets its copy of them.
            if form.flags.as_ref().is_some_and(|flags| flags.len() > validate::MAX_FLAGS) {
                let most = validate::MAX_FLAGS;
                return refuse(format!("override of {}: at most {most} flags are accepted", quoted(&form.seats)));
            }
            let seats = read(form)?;
            changes += seats.len();
            if changes > MAX_CHANGES {
                return refuse(format!("the overrides name more than {MAX_CHANGES} seats in all"));
            }
            targets.push(seats);
        }
        for (form, seats) in self.overrides.iter().zip(targets) {
            let category = form.category.as_ref().map(|id| picture::category(chart, id)).transpose()?;
            if form.kind == Some(SeatKind::Couch) {
                return refuse(format!("override of {}: draw a couch as [] in the picture", quoted(&form.seats)));
            }
            for ix in seats {
                let seat = &mut chart.seats[ix.get()];
                seat.category = category.unwrap_or(seat.category);
                seat.quality = form.quality.unwrap_or(seat.quality);
                seat.next = form.next.or(seat.next);
                if let Some(flags) = &form.flags {
                    seat.flags.clone_from(flags);
                }
                if let Some(kind) = form.kind {
                    seat.kind = kind;
                    seat.couch = None;
                }
            }
        }
        Ok(())
    }
}

impl AreaForm {
    fn add(&self, chart: &mut Chart) -> Result<(), ChartError> {
        let what = format!("area {}", quoted(&self.id));
        let level = picture::level(chart, &what, self.level.as_deref())?;
        let category = picture::category_or_only(chart, &what, self.category.as_deref())?;
        let (at, size) = self.placed(chart, level);
        if size.width < 0.0 || size.height < 0.0 {
            return refuse(format!("{what}: its place and size are finite numbers, and no size is negative"));
        }
        // Two opposite corners, turned: which of them is nearest to the screen depends on its side.
        let side = chart.screen.side;
        let (ax, ay) = side.turn((at.x, at.y));
        let (bx, by) = side.turn((at.x + size.width, at.y + size.height));
        let area = Area {
            section: self.id.clone(),
            category,
            capacity: self.capacity,
            x: rounded(ax.min(bx)),
            y: rounded(ay.min(by)),
            width: rounded((bx - ax).abs()),
            height: rounded((by - ay).abs()),
        };
        area.add(chart, level, self.name.clone().unwrap_or_else(|| Text::new(&self.id)))
    }

    /// The place and size in the file's frame. What is not said: behind the last row of the level, as wide as its
    /// rows, with a pitch in each direction for everybody.
    fn placed(&self, chart: &Chart, level: u16) -> (Point, SizeForm) {
        let side = chart.screen.side;
        let on_level = chart.indices().filter(|&ix| chart.section_of(ix).level == level).map(|ix| chart.seat(ix));
        let (mut left, mut right, mut back) = (f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        for seat in on_level {
            (left, right, back) = (left.min(seat.x), right.max(seat.x), back.max(seat.y));
        }
        if left > right {
            (left, right, back) = (0.0, (self.capacity as f64).sqrt().floor(), -2.0);
        }
        let across = (right - left).max(1.0);
        let deep = (self.capacity as f64 / (across + 1.0)).ceil().max(1.0) - 1.0;
        let turned = matches!(side, Side::Left | Side::Right);
        let (width, height) = if turned { (deep, across) } else { (across, deep) };
        let size = self.size.unwrap_or(SizeForm { width, height });
        let (deep, across) = if turned { (size.width, size.height) } else { (size.height, size.width) };
        let at = self.at.unwrap_or_else(|| {
            let (near, far) = ((left, back + 2.0), (left + across, back + 2.0 + deep));
            let ((ax, ay), (bx, by)) = (side.turn_back(near), side.turn_back(far));
            Point { x: ax.min(bx), y: ay.min(by) }
        });
        (at, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::{Admission, Seat, json};
    use proptest::prelude::*;

    const HEAD: &str = "format = 'cinechart'\nversion = 1\nid = 'luna-1'\nname = 'Luna'\n[screen]\nside = 'top'\n\
        [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
        [[category]]\nid = 'vip'\nname = 'VIP'\nglyph = 'v'\ncolor = 'yellow'\n\
        [[level]]\nid = 'stalls'\nname = 'Stalls'\n";

    const MAIN: &str = "[[section]]\nid = 'main'\ncategory = 'std'\ncouch_category = 'vip'\npicture = '''\n\
        A  ssss_ssxs\n.          # a cross aisle\nC  wcvv_[]o\n'''\n";

    fn chart(rest: &str) -> Chart {
        parse(&format!("{HEAD}{rest}")).expect("a valid chart")
    }

    fn why(toml: &str) -> String {
        parse(toml).expect_err("a refusal").0
    }

    fn ids(chart: &Chart) -> Vec<&str> {
        chart.seats.iter().map(|s| s.id.as_str()).collect()
    }

    #[test]
    fn a_picture_becomes_seats_with_places_kinds_and_categories() {
        let chart = chart(MAIN);
        assert_eq!(chart.rows.len(), 2);
        assert_eq!(chart.seats.len(), 15);
        assert_eq!(ids(&chart)[..2], ["main/A/1", "main/A/2"]);
        assert_eq!((chart.seats[4].x, chart.seats[4].y), (5.0, 0.0));
        assert_eq!(chart.seats[6].kind, SeatKind::Blocked);
        let c = &chart.seats[8..];
        assert_eq!(c[0].y, 2.0);
        use SeatKind::*;
        assert_eq!(
            c.iter().map(|s| s.kind).collect::<Vec<_>>(),
            [Wheelchair, Companion, Seat, Seat, Couch, Couch, Seat]
        );
        assert_eq!(c.iter().map(|s| s.category).collect::<Vec<_>>(), [0, 0, 1, 1, 1, 1, 0]);
        assert_eq!(c.iter().map(|s| s.couch).collect::<Vec<_>>(), [None, None, None, None, Some(0), Some(0), None]);
    }

    #[test]
    fn each_numbering_counts_in_its_way() {
        let numbers = |extra: &str| {
            let chart = chart(&format!("[[section]]\nid = 'm'\ncategory = 'std'\n{extra}\npicture = 'A sss_ss'"));
            chart.seats.iter().map(|s| s.label.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(numbers("numbering = 'ltr'"), "1 2 3 4 5");
        assert_eq!(numbers("numbering = 'rtl'"), "5 4 3 2 1");
        assert_eq!(numbers("numbering = 'odd-even'"), "5 3 1 2 4");
        assert_eq!(numbers("numbering = 'explicit'\nnumbers.A = '3-1 31 12a'"), "3 2 1 31 12a");
    }

    #[test]
    fn the_audience_sees_left_on_the_left_wherever_the_screen_is() {
        let section = "[[section]]\nid = 'm'\ncategory = 'std'\npicture = '''\nA ss\nB ss\n'''";
        let order = |side: &str| {
            let toml = format!("{HEAD}{section}").replace("side = 'top'", &format!("side = '{side}'"));
            let chart = parse(&toml).expect("a valid chart");
            chart.seats.iter().map(|s| s.id.as_str().replace("m/", "")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order("top"), "A/1 A/2 B/1 B/2");
        assert_eq!(order("bottom"), "B/2 B/1 A/2 A/1");
    }

    #[test]
    fn overrides_change_just_the_seats_they_name() {
        let chart = chart(&format!(
            "{MAIN}[[override]]\nseats = 'A2-A3'\ncategory = 'vip'\nflags = ['restricted-view']\nquality = 0.2\n\
             [[override]]\nseats = 'A4'\nkind = 'blocked'\n"
        ));
        let restricted: Vec<_> = chart.seats.iter().filter(|s| !s.flags.is_empty()).map(|s| s.id.as_str()).collect();
        assert_eq!(restricted, ["main/A/2", "main/A/3"]);
        assert_eq!((chart.seats[1].category, chart.seats[1].quality), (1, 0.2));
        assert_eq!((chart.seats[0].category, chart.seats[3].kind), (0, SeatKind::Blocked));
    }

    #[test]
    fn a_chart_survives_canonical_json_and_equal_charts_have_equal_hashes() {
        let curved = format!(
            "{MAIN}[[section]]\nid = 'side'\nname = 'Side'\ncategory = 'vip'\ncurve = 0.7\nrotation = -20\n\
             origin = {{ x = -9.5, y = 1 }}\npicture = '''\nA ssss\nB ssss\n'''\n\
             [[override]]\nseats = 'side:A2'\nnext = false\nquality = -0.1\n"
        );
        let first = chart(&curved);
        let printed = json::print(&first);
        let second = json::parse(&printed).expect("canonical JSON");
        assert_eq!(first, second);
        assert_eq!(printed, json::print(&second));
        assert_eq!(json::hash(&first), json::hash(&second));
        assert_eq!(json::hash(&first).as_str().len(), 64);
        assert_ne!(json::hash(&first), json::hash(&chart(MAIN)));
    }

    #[test]
    fn the_reference_example_is_read_as_it_stands() {
        let guide = include_str!("../../../docs/charts.md");
        let (_, rest) = guide.split_once("```toml\n").expect("an example");
        let (example, _) = rest.split_once("```").expect("the end of the example");
        let chart = parse(example).expect("the example is a chart");
        assert_eq!(crate::domain::chart::lint::check(&chart), Default::default());
        assert!(chart.sections.iter().any(|section| section.admission == Admission::General));
        assert!(chart.seats.iter().any(|seat| seat.next.is_some()));
    }

    #[test]
    fn general_admission_is_so_many_places_in_an_area_and_is_printed_in_short() {
        let chart = chart(&format!(
            "{MAIN}[[ga]]\nid = 'pit'\nname = 'Pit'\ncapacity = 50000\ncategory = 'vip'\n\
             at = {{ x = -3, y = -40 }}\nsize = {{ width = 20, height = 30 }}\n"
        ));
        let pit: Vec<_> = chart.indices().filter(|&ix| chart.is_standing(ix)).map(|ix| chart.seat(ix)).collect();
        assert_eq!(pit.len(), 50_000);
        assert_eq!((pit[0].id.as_str(), pit[49_999].id.as_str()), ("pit/GA/1", "pit/GA/50000"));
        assert!(pit.iter().all(|s| (-3.0..=17.0001).contains(&s.x) && (-40.0..=-9.9999).contains(&s.y)));
        assert_eq!(chart.sections[1].admission, Admission::General);
        let printed = json::print(&chart);
        assert!(printed.len() < 3_000, "{} bytes", printed.len());
        let again = json::parse(&printed).expect("canonical JSON");
        assert_eq!(json::print(&again), printed);
        assert_eq!(again.seats.len(), chart.seats.len());
    }

    #[test]
    fn an_area_without_a_place_lies_behind_the_last_row_of_its_level_wherever_the_screen_is() {
        for side in ["top", "bottom", "left", "right"] {
            let toml = format!("{HEAD}{MAIN}[[ga]]\nid = 'pit'\ncapacity = 30\ncategory = 'std'\n")
                .replace("side = 'top'", &format!("side = '{side}'"));
            let chart = parse(&toml).expect("a valid chart");
            let (standing, seats): (Vec<&Seat>, Vec<&Seat>) =
                chart.seats.iter().partition(|seat| seat.kind == SeatKind::Standing);
            let front = standing.iter().map(|seat| seat.y).fold(f64::INFINITY, f64::min);
            let back = seats.iter().map(|seat| seat.y).fold(f64::NEG_INFINITY, f64::max);
            assert!((front - back - 2.0).abs() < 1e-6, "{side}: {front} behind {back}");
        }
    }

    #[test]
    fn a_bad_file_is_refused_with_the_place_and_what_is_accepted() {
        let section = |rest: &str| format!("{HEAD}[[section]]\nid = 'm'\ncategory = 'std'\n{rest}\n");
        let ga = |rest: &str| format!("{HEAD}{MAIN}[[ga]]\nid = 'pit'\ncategory = 'std'\n{rest}\n");
        let cases = [
            (String::new(), "line 1: missing field `format`"),
            (HEAD.replace("version = 1", "version = 2"), "version 2 is not cinechart version 1"),
            (HEAD.to_owned(), "the chart has no seats"),
            (format!("{HEAD}{MAIN}").replace("version = 1", "version = 2"), "version 2 is not cinechart version 1"),
            (
                format!("{HEAD}{MAIN}").replace("side = 'top'", "side = 'up'"),
                "line 6: unknown variant `up`, expected one of `top`",
            ),
            (format!("{HEAD}{MAIN}").replace("side = 'top'\n", ""), "line 5: missing field `side`"),
            (format!("{HEAD}{MAIN}").replace("glyph = 'v'", "glyph = 'w'"), "glyph 'w' has a meaning of its own"),
            (format!("{HEAD}{MAIN}").replace("glyph = 'v'", "glyph = 'o'"), "glyph 'o' is taken by another category"),
            (format!("{HEAD}{MAIN}").replace("'yellow'", "'pink'"), "no color \"pink\"; accepted are blue, yellow"),
            (format!("{HEAD}{MAIN}").replace("luna-1", "luna 1"), "\"luna 1\" is not an id"),
            (format!("{HEAD}{MAIN}[[ga]]\nid = 'pit'\n"), "missing field `capacity`"),
            (ga("capacity = 0"), "area \"pit\": capacity is a number from 1 to 250000"),
            (ga("capacity = 250001"), "area \"pit\": capacity is a number from 1 to 250000"),
            (ga("capacity = 249999"), "the chart has 250014 seats; at most 250000"),
            (ga("capacity = 250000\n[[ga]]\nid = 'arena'\ncapacity = 250000"), "the chart has 250015 seats"),
            (ga("capacity = -1"), "invalid value: integer `-1`"),
            (
                format!("{HEAD}{MAIN}[[override]]\nseats = 'A1'\nflags = [{}]", "'f', ".repeat(17)),
                "override of \"A1\": at most 16 flags are accepted",
            ),
            (ga("capacity = 9\nlevel = 'roof'"), "area \"pit\": its level is one of \"stalls\""),
            (ga("capacity = 9\nat = { x = nan, y = 0 }"), "area \"pit\": its place and size are finite numbers"),
            (ga("capacity = 9\nsize = { width = -1, height = 2 }"), "no size is negative"),
            (ga("capacity = 9").replace("id = 'pit'", "id = 'main'"), "section \"main\" appears twice"),
            (
                format!("{HEAD}{MAIN}[[override]]\nseats = 'A1'\nkind = 'standing'"),
                "kind \"standing\" is for general admission",
            ),
            (
                section("picture = 'A ss'\ncolour = 'red'"),
                "unknown field `colour`, expected one of `id`, `name`, `level`",
            ),
            (section("level = 'roof'\npicture = 'A ss'"), "section \"m\": its level is one of \"stalls\""),
            (
                section("couch_category = 'gold'\npicture = 'A ss'"),
                "no category \"gold\"; accepted are \"std\", \"vip\"",
            ),
            (section("picture = 'A sqs'"), "section \"m\", row \"A\": \"q\" is not a place; accepted are s o v w c x"),
            (section("picture = 'A s[s'"), "'[' is followed by ']'"),
            (section("picture = 'A ss ss'"), "there is a space inside; write a gap as _"),
            (section("picture = '''\nA ss\nA ss\n'''"), "row \"A\": it is drawn twice"),
            (section("picture = '''\n_ss\n'''"), "a line starts with a label of letters and digits"),
            (section("picture = ''"), "the chart has no seats"),
            (section("origin = { x = nan, y = 0 }\npicture = 'A ss'"), "origin.x is not a finite number"),
            (section("origin = { x = 1e300, y = 0 }\npicture = 'A ss'"), "x and y are numbers from -10000 to 10000"),
            (section("curve = 9\npicture = 'A ssss'"), "curve is a number from -0.75 to 0.75"),
            (section("curve = nan\npicture = 'A ssss'"), "curve is a number from"),
            (section("numbers.A = '1-2'\npicture = 'A ss'"), "numbers are accepted with numbering = \"explicit\" only"),
            (section("numbering = 'explicit'\npicture = 'A ss'"), "its numbers are missing; write numbers.A = \"1-2\""),
            (section("numbering = 'explicit'\nnumbers.A = '1'\npicture = 'A ss'"), "1 numbers for 2 places"),
            (section("numbering = 'explicit'\nnumbers.A = '1-4294967295'\npicture = 'A ss'"), "is longer than the row"),
            (section("numbering = 'explicit'\nnumbers.A = '5 5'\npicture = 'A ss'"), "seat \"m/A/5\" appears twice"),
            (section(&format!("picture = 'A {}'", "s".repeat(5_001))), "row \"A\" has 5001 seats; at most 5000"),
            (format!("{HEAD}{MAIN}[[override]]\nseats = 'Q1'"), "override of \"Q1\": no row \"Q\"; rows are A, C"),
            (format!("{HEAD}{MAIN}[[override]]\nseats = 'A1'\nquality = -7"), "quality is a number from -0.3 to 0.3"),
            (format!("{HEAD}{MAIN}[[override]]\nseats = 'A1'\nquality = nan"), "quality is a number from -0.3 to 0.3"),
            (format!("{HEAD}{MAIN}[[override]]\nseats = 'A1'\nkind = 'couch'"), "draw a couch as []"),
            (format!("{HEAD}{MAIN}{}", "[[override]]\nseats = 'A1'\n".repeat(5_001)), "5001 overrides; at most 5000"),
            (format!("{HEAD}{}", "[[section]]\nid = 'm'\npicture = ''\n".repeat(501)), "501 sections; at most 500"),
            ("x".repeat(10 << 20), "the file is 10485760 bytes long"),
            ("a = ".to_owned() + &"[".repeat(1 << 20), "line 1:"),
        ];
        for (toml, expected) in cases {
            let why = why(&toml);
            assert!(why.contains(expected), "{why:?} does not say {expected:?}");
            assert!(!why.contains('\n') && why.len() < 700, "{why:?} is not one sentence");
        }
    }

    #[test]
    fn bad_json_is_refused_with_the_place() {
        let good = json::print(&chart(MAIN));
        let cases = [
            (good.replace("\"version\":1", "\"version\":9"), "version 9 is not cinechart version 1"),
            (good.replace("\"x\":5.0", "\"x\":\"five\""), "sections[0].rows[0].seats[4].x: invalid type"),
            (good.replace("\"x\":5.0", "\"x\":1e39"), "seat \"main/A/5\": x and y are numbers"),
            (good.replace("\"x\":5.0", "\"x\":1e999"), "number out of range"),
            (good.replace("\"level\":\"stalls\"", "\"level\":\"roof\""), "section \"main\": no level \"roof\""),
            (
                good.replacen("\"category\":\"std\"", "\"category\":\"gold\"", 1),
                "seat \"main/A/1\": no category \"gold\"",
            ),
            (good.replace("main/A/2", "main/A/1"), "seat \"main/A/1\" appears twice"),
            (good.replace("main/A/2", "\\u001b[31m"), "is not an id"),
            (good.replace("main/A/2", &"n".repeat(65)), "is not an id; an id has 1 to 64 bytes"),
            (good.replace("\"mode\"", "\"mood\""), "unknown field `mood`"),
            (format!("{good}{good}"), "more text after the end"),
            ("[".repeat(1 << 20), "invalid type: sequence"),
            (String::new(), "EOF"),
        ];
        for (text, expected) in cases {
            let why = json::parse(&text).expect_err("a refusal").0;
            assert!(why.contains(expected), "{why:?} does not say {expected:?}");
            assert!(!why.contains('\n') && !why.contains('\u{1b}') && why.len() < 700, "{why:?} is not one sentence");
        }
    }

    proptest! {
        #[test]
        fn no_picture_makes_the_parser_panic(picture in "[A-C0-9swcxov_.\\[\\]# \n]{0,120}", curve in -2.0f64..2.0) {
            let section = format!("id = 'm'\ncategory = 'std'\ncurve = {curve}\npicture = '''\n{picture}'''");
            let toml = format!("{HEAD}[[section]]\n{section}");
            if let Ok(chart) = parse(&toml) {
                prop_assert_eq!(json::parse(&json::print(&chart)), Ok(chart));
            }
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text: String) {
            let _ = parse(&text);
            let _ = json::parse(&text);
        }
    }
}
