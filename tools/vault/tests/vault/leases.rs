use crate::connections::token;
use crate::support::{Bed, NOON, grant};
use linchpin_vault::{
    Claim, ConnectionKey, Error, Expect, Lease, Outcome, PendingKind, Reason, Refreshed, Secret, Status, Vault,
};
use std::time::Duration;

const TTL: Duration = Duration::from_secs(30);
/// A lease that has run out as soon as it is taken: its holder was stopped past it.
const STOPPED: Duration = Duration::ZERO;

fn gmail() -> ConnectionKey {
    ConnectionKey::shared("crm", "gmail")
}

async fn leased(vault: &Vault, generation: i64, owner: &str, ttl: Duration) -> Lease {
    match vault.claim(&gmail(), generation, owner, ttl).await.unwrap() {
        Claim::Leased(lease) => *lease,
        Claim::Held { wait } => panic!("held for {wait:?}"),
        Claim::Moved { generation } => panic!("moved to {generation}"),
        Claim::Closed(status) => panic!("closed: {status:?}"),
    }
}

async fn held(vault: &Vault, generation: i64) -> Duration {
    match vault.claim(&gmail(), generation, "other", TTL).await.unwrap() {
        Claim::Held { wait } => wait,
        _ => panic!("not held"),
    }
}

fn fresh(access: &str, refresh: Option<&str>) -> Refreshed {
    Refreshed {
        access: Secret::from(access),
        refresh: refresh.map(Secret::from),
        expires_at: Some(NOON + 7_200_000),
        scopes: None,
        token_type: None,
    }
}

async fn stored(bed: &Bed) -> (Vault, Vault) {
    let (one, two) = (bed.open().await, bed.open().await);
    one.put(grant(&gmail(), "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    (one, two)
}

/// Two pools, as two processes have, and forty callers.
pub async fn t_con_02_one_of_many_claims_wins(bed: &Bed) {
    let (one, two) = stored(bed).await;
    for round in 1..=5 {
        let mut claims = tokio::task::JoinSet::new();
        for i in 0..40 {
            let vault = if i % 2 == 0 { one.clone() } else { two.clone() };
            claims.spawn(async move { vault.claim(&gmail(), round, &format!("caller-{i}"), TTL).await.unwrap() });
        }
        let mut leases = Vec::new();
        for claim in claims.join_all().await {
            match claim {
                Claim::Leased(lease) => leases.push(lease),
                Claim::Held { wait } => {
                    assert!(wait <= TTL && wait > Duration::from_secs(20), "{wait:?}")
                }
                Claim::Moved { .. } | Claim::Closed(_) => panic!("nobody has written yet"),
            }
        }
        assert_eq!(leases.len(), 1, "round {round}");
        let lease = leases.remove(0);
        assert_eq!(
            (lease.generation, lease.fence, lease.interrupted),
            (round, round + 1, false)
        );
        assert_eq!(
            two.connection(&gmail()).await.unwrap().unwrap().status,
            Status::Active,
            "the clock here is stopped"
        );
        one.finish_refresh(&lease, fresh("at-next", Some("rt-next")))
            .await
            .unwrap();
        assert!(matches!(
            two.claim(&gmail(), round, "late", TTL).await.unwrap(),
            Claim::Moved { generation } if generation == round + 1
        ));
    }
}

pub async fn t_con_04_a_late_holder_is_fenced_off(bed: &Bed) {
    let (one, two) = stored(bed).await;
    let late = leased(&one, 1, "late", STOPPED).await;
    let sibling = leased(&two, 1, "sibling", TTL).await;
    assert!(sibling.interrupted, "the first one may have sent the token");

    // The late one comes back while its sibling works, and again after.
    assert!(matches!(
        one.finish_refresh(&late, fresh("at-late", Some("rt-late"))).await,
        Err(Error::Fenced)
    ));
    assert_eq!(
        two.finish_refresh(&sibling, fresh("at-2", Some("rt-2"))).await.unwrap(),
        2
    );
    let before = bed.dump().await;
    assert!(matches!(
        one.finish_refresh(&late, fresh("at-late", Some("rt-late"))).await,
        Err(Error::Fenced)
    ));
    assert!(matches!(one.journal_response(&late, b"late").await, Err(Error::Fenced)));
    assert!(matches!(
        one.abandon(late, &Outcome::NeedsReconnect(Reason::Revoked)).await,
        Err(Error::Fenced)
    ));
    assert_eq!(bed.dump().await, before, "0 rows changed");
    assert_eq!(token(&one, &gmail()).await.unwrap(), "at-2");
    assert_eq!(leased(&one, 2, "next", TTL).await.refresh.expose(), "rt-2");
}

pub async fn t_con_05_a_dead_holders_lease_runs_out(bed: &Bed) {
    let (one, two) = stored(bed).await;
    let alive = leased(&one, 1, "alive", TTL).await;
    assert!(held(&two, 1).await > Duration::from_secs(20));
    assert_eq!(
        token(&two, &gmail()).await.unwrap(),
        "at-1",
        "callers get the token meanwhile"
    );
    one.abandon(alive, &Outcome::Unused).await.unwrap();
    let dead = leased(&one, 1, "dead", STOPPED).await;
    assert!(!dead.interrupted, "nothing was sent before");
    drop((dead, one));
    let next = leased(&two, 1, "next", TTL).await;
    assert!(next.interrupted && next.refresh.expose() == "rt-1");
    // Giving back unused doesn't forget that somebody was cut off.
    two.abandon(next, &Outcome::Unused).await.unwrap();
    assert!(leased(&two, 1, "after", TTL).await.interrupted);
}

pub async fn t_con_06_disconnecting_wins_over_a_refresh_in_flight(bed: &Bed) {
    let (one, two) = stored(bed).await;
    let lease = leased(&one, 1, "one", TTL).await;
    one.journal_response(&lease, b"{\"refresh_token\":\"rt-2\"}")
        .await
        .unwrap();
    two.disconnect(&gmail(), "builder").await.unwrap().unwrap();
    assert!(matches!(
        one.finish_refresh(&lease, fresh("at-2", Some("rt-2"))).await,
        Err(Error::Fenced)
    ));
    assert!(one.access(&gmail()).await.unwrap().is_none());
    assert!(matches!(
        one.claim(&gmail(), 2, "x", TTL).await.unwrap(),
        Claim::Closed(Some(Status::RevocationPending))
    ));
    // The token that arrived is known, as something to revoke.
    let pending = two.pending_responses().await.unwrap();
    assert_eq!((pending.len(), pending[0].kind), (1, PendingKind::Orphan));
}

pub async fn t_con_07_reconnecting_wins_over_a_refresh_in_flight(bed: &Bed) {
    let (one, two) = stored(bed).await;
    let lease = leased(&one, 1, "one", TTL).await;
    two.put(grant(&gmail(), "at-new", "rt-new"), Expect::Anything, "builder")
        .await
        .unwrap();
    assert!(matches!(
        one.finish_refresh(&lease, fresh("at-old", Some("rt-old"))).await,
        Err(Error::Fenced)
    ));
    assert_eq!(token(&one, &gmail()).await.unwrap(), "at-new");
    assert_eq!(leased(&two, 2, "two", TTL).await.refresh.expose(), "rt-new");
}

pub async fn t_con_09_leases_follow_the_databases_clock(bed: &Bed) {
    let minutes = 60_000;
    let (slow, quick) = (
        bed.open_at(NOON - 5 * minutes).await,
        bed.open_at(NOON + 5 * minutes).await,
    );
    slow.put(grant(&gmail(), "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    let lease = leased(&slow, 1, "slow", TTL).await;
    let wait = held(&quick, 1).await;
    assert!(wait <= TTL && wait > Duration::from_secs(20), "{wait:?}");
    slow.abandon(
        lease,
        &Outcome::Later {
            wait: Duration::from_secs(120),
            sent: true,
        },
    )
    .await
    .unwrap();
    let wait = held(&quick, 1).await;
    assert!(
        wait <= Duration::from_secs(120) && wait > Duration::from_secs(110),
        "{wait:?}"
    );
    assert!(held(&slow, 1).await > Duration::from_secs(110));
}

/// Killed between the provider's answer and the write: the answer is on disk, and the next one applies it.
pub async fn t_tok_01_a_journalled_response_is_applied_by_the_next(bed: &Bed) {
    let (one, two) = stored(bed).await;
    let lease = leased(&one, 1, "killed", STOPPED).await;
    let body = br#"{"access_token":"at-2","refresh_token":"rt-2"}"#;
    one.journal_response(&lease, body).await.unwrap();
    drop((lease, one));

    let pending = two.pending_responses().await.unwrap();
    assert_eq!(
        (pending.len(), pending[0].kind, pending[0].generation),
        (1, PendingKind::Refresh, 1)
    );
    assert_eq!(pending[0].body.expose(), body);
    let next = leased(&two, 1, "next", TTL).await;
    assert_eq!(next.journalled.as_ref().unwrap().expose(), body);
    two.finish_refresh(&next, fresh("at-2", Some("rt-2"))).await.unwrap();
    assert!(two.pending_responses().await.unwrap().is_empty());
    assert_eq!(token(&two, &gmail()).await.unwrap(), "at-2");
    let later = leased(&two, 2, "later", STOPPED).await;
    assert!(later.journalled.is_none());

    // A bent entry is no obstacle: the old token may still do.
    two.journal_response(&later, body).await.unwrap();
    assert_eq!(
        bed.raw()
            .await
            .with_bytes("UPDATE lp_journal SET body = $1", &[1; 60])
            .await,
        1
    );
    assert!(two.pending_responses().await.unwrap().is_empty());
    let last = leased(&two, 2, "last", TTL).await;
    assert!(last.journalled.is_none() && last.interrupted && last.refresh.expose() == "rt-2");
}

pub async fn t_tok_08_an_absent_refresh_token_keeps_the_old_one(bed: &Bed) {
    let (vault, _) = stored(bed).await;
    for generation in 1..=20 {
        let lease = leased(&vault, generation, "one", TTL).await;
        assert_eq!(lease.refresh.expose(), "rt-1", "round {generation}");
        vault
            .finish_refresh(&lease, fresh(&format!("at-{generation}"), None))
            .await
            .unwrap();
        assert_eq!(token(&vault, &gmail()).await.unwrap(), format!("at-{generation}"));
    }
    let lease = leased(&vault, 21, "one", TTL).await;
    let new = Refreshed {
        scopes: Some(vec!["gmail.send".into()]),
        token_type: Some("bearer".into()),
        ..fresh("at-x", Some("rt-x"))
    };
    vault.finish_refresh(&lease, new).await.unwrap();
    let live = vault.access(&gmail()).await.unwrap().unwrap();
    assert_eq!(
        (live.scopes, live.token_type.as_str()),
        (vec!["gmail.send".to_owned()], "bearer")
    );
}

pub async fn giving_up_says_why_and_blanks_nothing(bed: &Bed) {
    let (vault, _) = stored(bed).await;
    let tokens = "SELECT COUNT(*) FROM lp_connections WHERE access IS NOT NULL AND refresh IS NOT NULL";
    let raw = bed.raw().await;
    let lease = leased(&vault, 1, "one", TTL).await;
    vault.journal_response(&lease, b"<html>503</html>").await.unwrap();
    vault
        .abandon(
            lease,
            &Outcome::Later {
                wait: Duration::ZERO,
                sent: false,
            },
        )
        .await
        .unwrap();
    assert!(
        vault.pending_responses().await.unwrap().is_empty(),
        "it was read, and held no token"
    );
    let lease = leased(&vault, 1, "one", TTL).await;
    assert!(!lease.interrupted && lease.journalled.is_none());
    vault
        .abandon(
            lease,
            &Outcome::Later {
                wait: Duration::ZERO,
                sent: true,
            },
        )
        .await
        .unwrap();
    let lease = leased(&vault, 1, "one", TTL).await;
    assert!(lease.interrupted, "a time-out may have used the token up");
    assert_eq!(raw.number(tokens).await, 1);
    vault
        .abandon(lease, &Outcome::NeedsReconnect(Reason::InterruptedRefresh))
        .await
        .unwrap();
    assert_eq!(raw.number(tokens).await, 1, "never blanked");
    let view = vault.connection(&gmail()).await.unwrap().unwrap();
    assert_eq!(view.status, Status::NeedsReconnect(Reason::InterruptedRefresh));
    // And nobody tries again: no storm.
    let Claim::Closed(Some(status)) = vault.claim(&gmail(), 1, "x", TTL).await.unwrap() else {
        panic!("claimed")
    };
    assert_eq!(status, view.status);
    let none = ConnectionKey::shared("crm", "slackbot");
    assert!(matches!(
        vault.claim(&none, 1, "x", TTL).await.unwrap(),
        Claim::Closed(None)
    ));
    let mut bare = grant(&none, "at", "rt");
    bare.refresh = None;
    vault.put(bare, Expect::Absent, "t").await.unwrap();
    assert!(matches!(
        vault.claim(&none, 1, "x", TTL).await.unwrap(),
        Claim::Closed(Some(Status::Active))
    ));
}
