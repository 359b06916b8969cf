//! How large the embedded catalog is and how long it takes to load: `cargo run --release -p
//! linchpin-catalog --example load`. Its figures are in `catalog/README.md`. Every figure is the best of
//! many, each in a catalog nobody has asked anything yet.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use linchpin_catalog::Catalog;

fn best(mut run: impl FnMut(&Catalog)) -> Duration {
    (0..30)
        .map(|_| {
            let catalog = Catalog::fresh();
            let start = Instant::now();
            run(&catalog);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn main() {
    let bytes = Catalog::embedded_bytes();
    let ids = Catalog::embedded().ids().count();
    println!("{ids} connectors, {} KB in the binary", bytes / 1024);
    let rows: [(&str, Duration); 7] = [
        ("all ids", best(|catalog| _ = black_box(catalog.ids().count()))),
        ("one connector", best(|catalog| _ = black_box(catalog.get("gmail")))),
        (
            "a search",
            best(|catalog| _ = black_box(catalog.search("send an e-mail").len())),
        ),
        (
            "a call of Google's",
            best(|catalog| {
                _ = black_box(
                    catalog
                        .resolve("GET", "https://www.googleapis.com/drive/v3/files", None)
                        .is_ok(),
                )
            }),
        ),
        (
            "a call of Microsoft's",
            best(|catalog| {
                _ = black_box(
                    catalog
                        .resolve("GET", "https://graph.microsoft.com/v1.0/me/messages", None)
                        .is_ok(),
                )
            }),
        ),
        (
            "every connector",
            best(|catalog| _ = black_box(catalog.connectors().count())),
        ),
        (
            "every connector and table",
            best(|catalog| {
                _ = black_box(catalog.connectors().count());
                _ = black_box(catalog.load_tables());
            }),
        ),
    ];
    for (what, time) in rows {
        println!("{what:<26} {:>8.3} ms", time.as_secs_f64() * 1000.0);
    }
}
