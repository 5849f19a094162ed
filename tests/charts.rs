//! Real plans, as they were found.
use frontrow::domain::chart::{
    geometry::Geometry,
    import::{self, Options},
    json, lint,
    pretix::export::export,
};
#[test]
fn look() {
    for name in [
        "pretix/tim-teater-besar",
        "pretix/ull-paraninfo",
        "pretix/ticketland-demo",
        "pretix/metalist-stadium",
        "pretix/bhd-vista",
    ] {
        let text = std::fs::read_to_string(format!("/tmp/wt/shared/data/seating-plans/{name}.json")).unwrap();
        let t = std::time::Instant::now();
        let got = import::read(&text, &Options::default()).unwrap();
        let took = t.elapsed();
        let c = &got.chart;
        println!(
            "== {name} {took:?} seats {} levels {:?} sections {} rows {} side {:?} center {:?} runs {}",
            c.seats.len(),
            c.levels.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(),
            c.sections.len(),
            c.rows.len(),
            c.screen.side,
            c.screen.center,
            Geometry::of(c).count()
        );
        for e in got.report.errors.iter().take(3) {
            println!("E {e}");
        }
        println!("errors {}", got.report.errors.len());
        for e in &got.report.warnings {
            println!("W {e}");
        }
        let l = lint::check(c);
        println!("lint E {:?}", l.errors);
        for w in l.warnings.iter().take(8) {
            println!("lint W {w}");
        }
        println!("{:?}", c.categories.iter().map(|c| (c.id.as_str(), c.glyph, c.color.as_str())).collect::<Vec<_>>());
        let out = export(c);
        let again = import::read(&out.json, &Options::default()).unwrap();
        println!("{:?}", again.report);
        assert_eq!(json::hash(c), json::hash(&again.chart));
        assert_eq!(export(&again.chart), out);
    }
}
