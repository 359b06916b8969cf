//! The laws of changesets, on random texts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_patch::{AppPath, Changeset, FileChange, Selection};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = Option<String>> {
    let line = prop::sample::select(vec!["a\n", "b\n", "\n", "ü\r\n", "  c\n", "d", "e\n"]);
    prop::option::weighted(0.9, prop::collection::vec(line, 0..12).prop_map(|l| l.concat()))
}

fn changeset() -> impl Strategy<Value = Changeset> {
    prop::collection::vec((text(), text()), 1..4).prop_map(|files| {
        let file = |(i, (base, next))| FileChange {
            path: AppPath::new(format!("f{i}.ts")).unwrap(),
            base,
            next,
        };
        Changeset::new(files.into_iter().enumerate().map(file).collect()).unwrap()
    })
}

proptest! {
    #[test]
    fn all_hunks_give_next(c in changeset()) {
        prop_assert_eq!(c.select(&Selection::all(&c.hunks())).unwrap(), c);
    }

    #[test]
    fn no_hunk_gives_nothing(c in changeset()) {
        prop_assert!(c.select(&Selection::default()).unwrap().is_empty());
    }

    #[test]
    fn inverting_twice_is_the_same(c in changeset()) {
        prop_assert_eq!(c.invert().invert().digest(), c.digest());
    }

    /// Choosing some hunks, and then the rest of what is left, ends at `next`.
    #[test]
    fn any_subset_applies(c in changeset(), seed in any::<u64>()) {
        let hunks = c.hunks();
        let some: Selection = hunks.iter().filter(|h| (seed >> (h.id.hunk + 5 * h.id.file)) & 1 == 1).map(|h| h.id).collect();
        let part = c.select(&some).unwrap();
        for file in part.files() {
            let whole = c.files().iter().find(|f| f.path == file.path).unwrap();
            prop_assert_eq!(&file.base, &whole.base);
            let rest = Changeset::new(vec![FileChange { path: file.path.clone(), base: file.next.clone(), next: whole.next.clone() }]).unwrap();
            prop_assert_eq!(rest.select(&Selection::all(&rest.hunks())).unwrap(), rest);
        }
    }

    #[test]
    fn paths_that_leave_the_app_are_refused(tail in "[a-z]{1,5}", bad in prop::sample::select(vec!["../", "/", "~/", "a/../", "C:", "a\\", ".git/", "a/.GIT/hooks/", "a//", "./", "%2e%2e/", ".env", "node_modules/", "con.", "a/aux/", "x \u{202e}/"])) {
        let path = format!("{bad}{tail}");
        prop_assert!(AppPath::new(path).is_err());
    }
}

#[test]
fn twins_by_case_are_refused() {
    let file = |p: &str| FileChange {
        path: AppPath::new(p).unwrap(),
        base: None,
        next: Some("x".into()),
    };
    assert!(Changeset::new(vec![file("a/B.ts"), file("a/b.ts")]).is_err());
}

#[test]
fn two_changes_apart_are_two_hunks() {
    let base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let next = base.replace('2', "two").replace('8', "eight");
    let c = Changeset::new(vec![FileChange {
        path: AppPath::new("a.ts").unwrap(),
        base: Some(base.into()),
        next: Some(next),
    }])
    .unwrap();
    let hunks = c.hunks();
    assert_eq!(hunks.len(), 2);
    let only_second = c.select(&[hunks[1].id].into_iter().collect()).unwrap();
    assert_eq!(
        only_second.files()[0].next.as_deref(),
        Some("1\n2\n3\n4\n5\n6\n7\neight\n9\n")
    );
}
