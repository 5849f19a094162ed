//! Halls of any size that nobody built: sections in tiers of ten, with an aisle in the middle of each row.

use frontrow::domain::{
    chart::{Admission, Category, Chart, Level, Mode, Row, Screen, Seat, SeatKind, Section, Side},
    ids::SeatId,
    text::Text,
};

/// A hall of 100, 1,000, 10,000, 40,000 or 100,000 seats; every one of them with several sections.
pub fn of(seats: usize) -> Chart {
    match seats {
        100 => arena(2, 5, 10),
        1_000 => arena(2, 20, 25),
        seats => arena((seats / 2_000) as u16, 40, 50),
    }
}

/// So many sections with so many rows of so many seats.
pub fn arena(sections: u16, rows: u32, per_row: u32) -> Chart {
    let mut chart = Chart {
        id: "arena".to_owned(),
        name: Text::new("Arena"),
        mode: Mode::Cinema,
        screen: Screen {
            side: Side::Top,
            label: Text::new("STAGE"),
            center: None,
            width_m: None,
            first_row_m: None,
            rake_cm: None,
        },
        categories: ["near", "middle", "far"]
            .map(|id| Category { id: id.to_owned(), name: Text::new(id), glyph: 'o', color: "blue".to_owned() })
            .into(),
        levels: vec![Level { id: "all".to_owned(), name: Text::new("All"), order: 0 }],
        sections: Vec::new(),
        rows: Vec::new(),
        seats: Vec::new(),
    };
    for section in 0..sections {
        let (tier, wedge) = (section / 10, section % 10);
        let name = format!("{tier}{wedge}");
        chart.sections.push(Section {
            id: name.clone(),
            level: 0,
            name: Text::new(&name),
            admission: Admission::Seats,
        });
        for row in 0..rows {
            let first = chart.seats.len() as u32;
            for number in 0..per_row {
                chart.seats.push(Seat {
                    id: SeatId::new(format!("{name}/{row}/{number}")),
                    label: Text::new(&number.to_string()),
                    row: chart.rows.len() as u32,
                    x: f64::from(wedge) * f64::from(per_row + 6)
                        + f64::from(number)
                        + if number < per_row / 2 { 0.0 } else { 2.0 },
                    y: f64::from(tier) * f64::from(rows + 3) + f64::from(row),
                    category: tier.min(2),
                    kind: SeatKind::Seat,
                    flags: Vec::new(),
                    couch: None,
                    quality: 0.0,
                    next: None,
                });
            }
            let label = Text::new(&row.to_string());
            chart.rows.push(Row { label, section, seats: first..chart.seats.len() as u32 });
        }
    }
    chart
}
