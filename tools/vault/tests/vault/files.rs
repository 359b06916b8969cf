//! Who can reach the files: SQLite only.

use crate::support::Bed;
use linchpin_vault::{Error, KeySource, Store, Vault};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

async fn refusal(bed: &Bed) -> Error {
    Vault::open(bed.store.clone(), bed.source())
        .await
        .err()
        .expect("it opened")
}

fn file(bed: &Bed) -> std::path::PathBuf {
    let Store::Sqlite(path) = &bed.store else {
        unreachable!()
    };
    path.clone()
}

#[tokio::test]
async fn t_tok_16_everything_is_for_its_owner_alone() {
    let bed = Bed::sqlite();
    let vault = bed.open().await;
    vault
        .put_secret("crm", "KEY", &linchpin_vault::Secret::from("x"), "t")
        .await
        .unwrap();
    let path = file(&bed);
    let beside = |suffix: &str| Path::new(&format!("{}{suffix}", path.display())).to_owned();
    for path in [&path, &beside("-wal"), &beside("-shm"), &beside(".opening"), &bed.key] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    for path in [path.parent().unwrap(), bed.key.parent().unwrap()] {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    assert_eq!(fs::read(&bed.key).unwrap().len(), 32);
}

#[tokio::test]
async fn t_tok_16_wider_modes_are_refused_with_the_command_to_run() {
    let bed = Bed::sqlite();
    bed.open().await.close().await.unwrap();
    let path = file(&bed);
    let folder = path.parent().unwrap().to_owned();
    for (what, wide, wanted) in [
        (&path, 0o640, "600"),
        (&path, 0o604, "600"),
        (&path, 0o660, "600"),
        (&folder, 0o750, "700"),
        (&folder, 0o755, "700"),
        (&folder, 0o701, "700"),
        (&bed.key, 0o644, "600"),
        (&bed.key, 0o610, "600"),
    ] {
        let before = mode(what);
        set(what, wide);
        let wrong = refusal(&bed).await;
        assert!(wrong.is_configuration());
        let said = wrong.to_string();
        assert!(said.contains(&format!("chmod {wanted} {}", what.display())), "{said}");
        assert_eq!(mode(what), wide, "not repaired behind the person's back");
        set(what, before);
    }
    set(&bed.key, 0o400);
    bed.open().await.close().await.unwrap();
}

#[tokio::test]
async fn t_tok_16_links_and_folders_are_refused() {
    let bed = Bed::sqlite();
    bed.open().await.close().await.unwrap();
    let path = file(&bed);
    for what in [&path, &bed.key, &path.parent().unwrap().to_owned()] {
        let aside = bed.dir.path().join("aside");
        fs::rename(what, &aside).unwrap();
        symlink(&aside, what).unwrap();
        let wrong = refusal(&bed).await;
        assert!(
            matches!(wrong, Error::NotPlain { .. }) && wrong.is_configuration(),
            "{wrong}"
        );
        fs::remove_file(what).unwrap();
        // A link that leads nowhere is no invitation to make the file.
        symlink(bed.dir.path().join("nowhere"), what).unwrap();
        assert!(Vault::open(bed.store.clone(), bed.source()).await.is_err());
        assert!(!bed.dir.path().join("nowhere").exists());
        fs::remove_file(what).unwrap();
        fs::rename(&aside, what).unwrap();
    }
    fs::rename(&path, bed.dir.path().join("aside")).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(refusal(&bed).await, Error::NotPlain { .. }));
}

#[tokio::test]
async fn t_tok_16_a_file_of_somebody_else_is_refused() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not run: only root can give a file to somebody else");
        return;
    }
    let bed = Bed::sqlite();
    bed.open().await.close().await.unwrap();
    std::os::unix::fs::chown(&bed.key, Some(65534), None).unwrap();
    let wrong = refusal(&bed).await;
    assert!(
        matches!(wrong, Error::ForeignOwner { owner: 65534, .. }) && wrong.is_configuration(),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_relative_path_and_a_bad_address_are_understood() {
    assert_eq!("vault.db".parse::<Store>().unwrap(), Store::Sqlite("vault.db".into()));
    assert!(matches!(
        "postgres://me:pw@h/x".parse::<Store>().unwrap(),
        Store::Postgres(_)
    ));
    assert!(!format!("{:?}", Store::Postgres("postgres://me:pw@h/x".into())).contains("pw"));
    assert!("mysql://h/x".parse::<Store>().is_err());
    let there = KeySource::File("/proc/none/key".into());
    let bed = Bed::sqlite();
    assert!(Vault::open(bed.store.clone(), there).await.is_err());
}

/// Bytes that aren't a database: said, and left as they are.
#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let bed = Bed::sqlite();
    bed.open().await.close().await.unwrap();
    fs::write(file(&bed), b"not a database, but long enough to look at".repeat(100)).unwrap();
    let before = fs::read(file(&bed)).unwrap();
    assert!(matches!(refusal(&bed).await, Error::Database(_)));
    assert_eq!(fs::read(file(&bed)).unwrap(), before);
}
