//! What a person sees: the real screens, reached by keys, at the sizes that people have.

mod common;

use common::stage::Stage;
use frontrow::export::svg;

/// Writes pictures of the screens for looking at; where to is given by `FRONTROW_PICTURES`.
#[test]
fn pictures_of_every_screen_can_be_taken() {
    let Some(folder) = std::env::var_os("FRONTROW_PICTURES") else { return };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let take = |name: &str, stage: &mut Stage| {
        let (buffer, frame) = stage.draw();
        std::fs::write(folder.join(format!("{name}.svg")), svg::picture(&buffer, frame.cursor, &svg::DARK)).unwrap();
    };
    for (w, h) in [(80, 24), (100, 30), (120, 40), (40, 15), (60, 20), (200, 60)] {
        let mut stage = Stage::new(w, h);
        stage.keys("text:metro");
        take(&format!("browse-{w}x{h}"), &mut stage);
        stage.keys("enter down down");
        take(&format!("times-{w}x{h}"), &mut stage);
        stage.keys("enter");
        take(&format!("seats-{w}x{h}"), &mut stage);
        stage.keys("2");
        stage.wait(3_000);
        take(&format!("held-{w}x{h}"), &mut stage);
        stage.keys("enter");
        take(&format!("checkout-{w}x{h}"), &mut stage);
        stage.keys("enter");
        take(&format!("account-{w}x{h}"), &mut stage);
        stage.keys("text:ana@example.com tab text:secretpass enter");
        stage.wait(20_000);
        take(&format!("ticket-{w}x{h}"), &mut stage);
        stage.keys("f3");
        take(&format!("bookings-{w}x{h}"), &mut stage);
        stage.keys("c");
        take(&format!("ask-{w}x{h}"), &mut stage);
        stage.keys("n esc f2 ?");
        take(&format!("help-{w}x{h}"), &mut stage);
    }
    for hall in ["studio", "classic", "grand"] {
        let mut stage = Stage::with_hall(100, 30, hall);
        stage.keys("enter enter 3");
        stage.wait(5_000);
        take(&format!("hall-{hall}"), &mut stage);
    }
}
