use crate::connections::token;
use crate::support::{Bed, grant};
use linchpin_vault::{Claim, ConnectionKey, Error, Expect, Refreshed, Secret};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::HashMap;
use std::time::Duration;

const STEPS: usize = 300;

#[derive(Debug, Clone)]
enum Step {
    Connect,
    Get,
    Refresh,
    Disconnect,
}

/// Five users (one of them the app itself), three apps, four connectors.
fn key() -> impl Strategy<Value = ConnectionKey> {
    (0..3, 0..4, 0..5).prop_map(|(app, connector, user)| {
        let (app, connector) = (format!("app{app}"), format!("c{connector}"));
        match user {
            0 => ConnectionKey::shared(app, connector),
            user => ConnectionKey::app_user(app, connector, format!("user{user}")),
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => Just(Step::Connect), 5 => Just(Step::Get), 3 => Just(Step::Refresh), 1 => Just(Step::Disconnect)]
}

pub async fn t_iso_06_every_answer_equals_the_model(bed: &Bed) {
    // A fixed seed: the same walk on both stores; a failure names its step.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let steps = prop::collection::vec((key(), step()), STEPS)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let vault = bed.open().await;
    let mut model: HashMap<ConnectionKey, (i64, String)> = HashMap::new();
    for (number, (key, step)) in steps.into_iter().enumerate() {
        let at = format!("step {number}: {step:?} {key:?}");
        match step {
            Step::Connect => {
                let said = format!("at-{number}");
                let generation = vault
                    .put(grant(&key, &said, "rt"), Expect::Anything, "t")
                    .await
                    .unwrap();
                model.insert(key, (generation, said));
            }
            Step::Get => {
                let live = vault
                    .access(&key)
                    .await
                    .unwrap()
                    .map(|live| (live.generation, live.token.expose().to_owned()));
                assert_eq!(live.as_ref(), model.get(&key), "{at}");
            }
            Step::Refresh => {
                let seen = model.get(&key).map_or(1, |(generation, _)| *generation);
                match (
                    vault.claim(&key, seen, "t", Duration::from_secs(30)).await.unwrap(),
                    model.get_mut(&key),
                ) {
                    (Claim::Leased(lease), Some(known)) => {
                        *known = (known.0 + 1, format!("at-{number}"));
                        let new = Refreshed {
                            access: Secret::new(known.1.clone()),
                            refresh: None,
                            expires_at: None,
                            scopes: None,
                            token_type: None,
                        };
                        assert_eq!(vault.finish_refresh(&lease, new).await.unwrap(), known.0, "{at}");
                    }
                    (Claim::Closed(_) | Claim::Moved { .. }, None) => {}
                    _ => panic!("{at}"),
                }
            }
            Step::Disconnect => match (vault.disconnect(&key, "t").await, model.remove(&key)) {
                (Ok(Some(_)), Some(_)) | (Ok(None) | Err(Error::Absent { .. }), None) => {}
                (done, known) => panic!("{at}: {done:?}, the model has {known:?}"),
            },
        }
    }
    for (key, (_, said)) in &model {
        assert_eq!(token(&vault, key).await.as_ref(), Some(said));
    }
    let live = vault
        .all_connections()
        .await
        .unwrap()
        .into_iter()
        .filter(|view| view.status.is_usable())
        .count();
    assert_eq!(live, model.len());
    assert!(vault.verify_audit(None).await.unwrap() > 100);
}

pub async fn t_iso_07_user_ids_are_distinct_or_refused(bed: &Bed) {
    let vault = bed.open().await;
    let distinct = [
        "ana",
        "Ana",
        "ANA",
        "ana ",
        " ana",
        "\u{e9}",
        "e\u{301}",
        "ana\u{a0}",
        "ana%",
        "an_",
        "ﬁ",
        "fi",
        "0",
        "00",
    ];
    for (i, user) in distinct.iter().enumerate() {
        let key = ConnectionKey::app_user("crm", "gmail", *user);
        vault
            .put(grant(&key, &format!("at-{i}"), "rt"), Expect::Absent, "t")
            .await
            .unwrap();
    }
    for (i, user) in distinct.iter().enumerate() {
        let key = ConnectionKey::app_user("crm", "gmail", *user);
        assert_eq!(token(&vault, &key).await.unwrap(), format!("at-{i}"), "{user:?}");
        assert_eq!(vault.connections_of("crm", user).await.unwrap().len(), 1);
    }
    for user in ["", "ana\0", "a\nb", "\u{1b}[2J", &"x".repeat(1 << 20)] {
        let key = ConnectionKey::app_user("crm", "gmail", user);
        assert!(matches!(
            vault.put(grant(&key, "at", "rt"), Expect::Absent, "t").await,
            Err(Error::BadName { .. })
        ));
    }
    let both = ConnectionKey {
        user: "ana".into(),
        ..ConnectionKey::shared("crm", "gmail")
    };
    assert!(matches!(
        vault.put(grant(&both, "at", "rt"), Expect::Absent, "t").await,
        Err(Error::BadName { .. })
    ));
}
