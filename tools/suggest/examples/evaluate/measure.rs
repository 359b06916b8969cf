//! Figures of a ranking, their averages, and paired intervals.

use std::collections::BTreeSet;

/// Types outside of these are the long tail.
const HEAD: [&str; 4] = ["googlecalendar", "gmail", "googledrive", "googlesheets"];
/// Names of the figures, in order.
const NAMES: [&str; 11] = [
    "R@1", "R@3", "R@5", "R@10", "Rcap@3", "Rcap@5", "hit@1", "hit@3", "MRR", "MAP", "tail R@5",
];
/// Resamplings of a bootstrap.
const ROUNDS: usize = 4000;

/// The figures of one app; the last only where it uses something of the tail.
pub(crate) type Figures = [Option<f64>; 11];

/// The figures of one order.
pub(crate) fn figures(order: &[String], truth: &BTreeSet<String>) -> Figures {
    let hits = |k: usize| order.iter().take(k).filter(|id| truth.contains(*id)).count() as f64;
    let all = truth.len() as f64;
    let cap = |k: usize| hits(k) / (k.min(truth.len()) as f64);
    let first = order.iter().position(|id| truth.contains(id));
    let mut found = 0.0;
    let mut precision = 0.0;
    for (at, id) in order.iter().enumerate() {
        if truth.contains(id) {
            found += 1.0;
            precision += found / (at as f64 + 1.0);
        }
    }
    let tail: Vec<&String> = truth.iter().filter(|id| !HEAD.contains(&id.as_str())).collect();
    let in_tail = tail
        .iter()
        .filter(|id| order.iter().take(5).any(|one| one == **id))
        .count() as f64;
    [
        Some(hits(1) / all),
        Some(hits(3) / all),
        Some(hits(5) / all),
        Some(hits(10) / all),
        Some(cap(3)),
        Some(cap(5)),
        Some(f64::from(hits(1) > 0.0)),
        Some(f64::from(hits(3) > 0.0)),
        Some(first.map_or(0.0, |at| 1.0 / (at as f64 + 1.0))),
        Some(precision / all),
        (!tail.is_empty()).then(|| in_tail / tail.len() as f64),
    ]
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), one| (sum + one, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The averages as cells of a table.
pub(crate) fn average(each: &[Figures]) -> String {
    let cells: Vec<String> = (0..NAMES.len())
        .map(|k| format!("{:.3}", mean(each.iter().filter_map(|one| one[k]))))
        .collect();
    cells.join(" | ")
}

/// The averages of every second app.
pub(crate) fn half(each: &[Figures], from: usize) -> String {
    let half: Vec<Figures> = each.iter().skip(from).step_by(2).copied().collect();
    told(|k| format!("{:.2}", mean(half.iter().filter_map(|one| one[k]))))
}

/// The figures that the issue sets an aim for.
fn told(value: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = [4, 2, 7, 8, 10]
        .iter()
        .map(|k| format!("{} {}", NAMES[*k], value(*k)))
        .collect();
    parts.join(", ")
}

/// The interval of the averages.
pub(crate) fn interval(each: &[Figures]) -> String {
    told(|k| {
        let values: Vec<f64> = each.iter().filter_map(|one| one[k]).collect();
        range(&values)
    })
}

/// The differences to another ranker, app by app.
pub(crate) fn compared(ours: &[Figures], theirs: &[Figures]) -> String {
    told(|k| {
        let differences: Vec<f64> = ours
            .iter()
            .zip(theirs)
            .filter_map(|(a, b)| Some(a[k]? - b[k]?))
            .collect();
        range(&differences)
    })
}

fn range(values: &[f64]) -> String {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap_or_default()
    };
    let mut means: Vec<f64> = (0..ROUNDS)
        .map(|_| mean((0..values.len()).map(|_| values[next(values.len())])))
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((means.len() - 1) as f64 * share) as usize];
    format!(
        "{:+.2} [{:+.2}, {:+.2}]",
        mean(values.iter().copied()),
        at(0.025),
        at(0.975)
    )
}
