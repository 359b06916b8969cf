//! The vault from outside, on SQLite and on a real PostgreSQL. Ids are those of `security.md` §3.
//!
//! Each case takes a fresh store. On SQLite every case is a test of its own; on PostgreSQL one test runs them all
//! in one cluster, a database each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    missing_docs
)]

mod cluster;
mod connections;
mod crash;
mod files;
mod isolation;
mod keys;
mod leases;
mod rest;
mod sealing;
mod support;

use support::{Bed, cluster};

macro_rules! cases {
    ($($room:ident::$case:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$room::$case(&crate::Bed::sqlite()).await;
                }
            )*
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_postgresql() {
            let Some(cluster) = cluster() else { return };
            $(
                println!("{} …", stringify!($case));
                crate::$room::$case(&Bed::postgres(cluster).await).await;
            )*
        }
    };
}

cases! {
    connections::a_grant_comes_back_as_it_was_stored,
    connections::views_have_no_secrets_and_count_uses,
    connections::put_holds_what_it_expects,
    connections::status_changes_leave_the_tokens,
    connections::the_account_can_be_named_later,
    connections::t_tok_02_a_grant_survives_a_kill_before_it_is_stored,
    connections::t_tok_04_disconnecting_leaves_a_tombstone,
    connections::another_account_leaves_the_old_tokens_to_be_revoked,
    sealing::t_tok_11_no_ciphertext_opens_in_another_place,
    sealing::t_tok_11_no_steering_column_can_be_edited,
    sealing::t_tok_12_every_bit_of_a_stored_token_matters,
    sealing::t_tok_15_no_canary_reaches_the_disk,
    keys::t_tok_14_a_wrong_key_changes_nothing,
    keys::two_first_starts_agree_on_one_key,
    keys::a_newer_store_is_left_alone,
    keys::t_tok_19_a_store_of_an_earlier_version_opens,
    keys::t_tok_03_rotation_can_stop_anywhere,
    keys::t_con_08_reads_and_refreshes_go_on_while_the_key_rotates,
    leases::t_con_02_one_of_many_claims_wins,
    leases::t_con_04_a_late_holder_is_fenced_off,
    leases::t_con_05_a_dead_holders_lease_runs_out,
    leases::t_con_06_disconnecting_wins_over_a_refresh_in_flight,
    leases::t_con_07_reconnecting_wins_over_a_refresh_in_flight,
    leases::t_con_09_leases_follow_the_databases_clock,
    leases::t_tok_01_a_journalled_response_is_applied_by_the_next,
    leases::t_tok_08_an_absent_refresh_token_keeps_the_old_one,
    leases::giving_up_says_why_and_blanks_nothing,
    isolation::t_iso_06_every_answer_equals_the_model,
    isolation::t_iso_07_user_ids_are_distinct_or_refused,
    rest::a_flow_is_taken_once_and_in_time,
    rest::clients_and_secrets_are_write_only_in_views,
    rest::app_keys_are_hashed_and_at_most_two,
    rest::user_connectors_have_ids_and_unique_names,
    rest::the_audit_log_shows_every_change_to_it,
}
