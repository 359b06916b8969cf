//! `linchpin catalog add`: a connector of one's own, from a document by its address or on disk, or
//! from answers given as flags. It is judged before it is kept, and what is missing is said as the
//! question it is.

use linchpin_agent::custom::{self, Place};
use linchpin_agent::fetch::{self, FetchError, Reach};
use linchpin_catalog::custom::{Answered, Draft, Read, metadata_addresses, read, refusals};
use linchpin_catalog::{Catalog, Connector, parse};
use serde_json::json;

use crate::cli::AddArgs;
use crate::context;
use crate::fail::Fail;
use crate::out;

/// How many documents may lead to one another.
const STEPS: usize = 4;

pub(crate) fn run(args: &AddArgs, json: bool) -> Result<(), Fail> {
    let connector = match ready(args)? {
        Some(connector) => connector,
        None => drafted(args)?.finish().map_err(|e| Fail::usage(e.to_string()))?,
    };
    let text = connector.to_file().map_err(|e| Fail::refused(e.to_string()))?;
    // What is already kept under this id is being written anew.
    let known = Catalog::fresh();
    let why = refusals(&known, &connector);
    if !why.is_empty() {
        return Err(Fail::refused(format!(
            "`{}` can't be added: {}. Nothing was written.",
            connector.id,
            why.join("; ")
        )));
    }
    let place = match &args.app {
        Some(app) => Place::App(context::root(app)?),
        None => Place::Person,
    };
    let path = custom::keep(&context::paths(), &place, &connector.id, &text, args.replace)
        .map_err(|e| Fail::refused(format!("The connector was not kept: {e}.")))?;
    told(&connector, &path.display().to_string(), json);
    Ok(())
}

fn told(connector: &Connector, path: &str, json: bool) {
    if json {
        return out::json(&json!({
            "id": connector.id, "name": connector.name, "file": path, "operations": connector.operations.len(),
            "scopes": connector.scopes.len(), "notes": connector.setup.traps,
        }));
    }
    out::line(&format!(
        "{} is in the catalog as `{}`, with {} calls and {} permissions.",
        connector.name,
        connector.id,
        connector.operations.len(),
        connector.scopes.len()
    ));
    for note in connector.setup.traps.iter().take(5) {
        out::line(&format!("  {note}"));
    }
    if connector.setup.traps.len() > 5 {
        out::line(&format!(
            "  and {} more in the file",
            connector.setup.traps.len().saturating_sub(5)
        ));
    }
    out::line(&format!("It is kept in {path}; what it says can be changed there."));
    out::line(&format!(
        "Next: `linchpin catalog show {0}`, `linchpin connect {0}`.",
        connector.id
    ));
}

/// A connector file as it is, such as one that came with an app.
fn ready(args: &AddArgs) -> Result<Option<Connector>, Fail> {
    let Some(file) = args.from.as_deref().filter(|from| from.ends_with(".toml")) else {
        return Ok(None);
    };
    let text = on_disk(file)?;
    parse(file, &text).map(Some).map_err(|e| Fail::refused(e.to_string()))
}

fn on_disk(file: &str) -> Result<String, Fail> {
    std::fs::read_to_string(file).map_err(|e| {
        Fail::usage(format!(
            "{file}: {e}. Give a file, or an address that begins with https://."
        ))
    })
}

fn drafted(args: &AddArgs) -> Result<Draft, Fail> {
    let mut draft = Draft::default();
    answer(&mut draft, args)?;
    match args.from.as_deref() {
        None => {}
        Some(from) if from.contains("://") => {
            context::install_tls();
            let runtime = context::runtime()?;
            draft = runtime.block_on(follow(draft, from, args))?;
        }
        Some(file) => {
            let text = on_disk(file)?;
            match read(draft, &text, None).map_err(|e| Fail::refused(e.to_string()))? {
                Read::Done(done) => draft = done,
                Read::Next(next, addresses) => {
                    context::install_tls();
                    let runtime = context::runtime()?;
                    draft = runtime.block_on(first(next, addresses, args))?;
                }
            }
        }
    }
    // What somebody says stands over what a document says.
    answer(&mut draft, args)?;
    Ok(draft)
}

fn answer(draft: &mut Draft, args: &AddArgs) -> Result<(), Fail> {
    let hosts = (!args.hosts.is_empty()).then(|| args.hosts.join(" "));
    let known = |scope: &&String| {
        let name = scope.split(": ").next().unwrap_or_default();
        !draft.scopes.iter().any(|own| own.name == name)
    };
    let scopes: Vec<&str> = args.scopes.iter().filter(known).map(String::as_str).collect();
    let scopes = (!scopes.is_empty()).then(|| scopes.join("\n"));
    let given = [
        ("id", args.id.as_ref()),
        ("name", args.name.as_ref()),
        ("purpose", args.purpose.as_ref()),
        ("host", hosts.as_ref()),
        ("sign-in", args.sign_in.as_ref()),
        ("authorize-url", args.authorize_url.as_ref()),
        ("token-url", args.token_url.as_ref()),
        ("revoke-url", args.revoke_url.as_ref()),
        ("identity-url", args.identity_url.as_ref()),
        ("verify-url", args.verify_url.as_ref()),
        ("scopes", scopes.as_ref()),
    ];
    for (field, said) in given {
        let Some(said) = said else {
            continue;
        };
        match draft.answer(field, said).map_err(|e| Fail::usage(e.to_string()))? {
            Answered::Yes => {}
            Answered::No(why) => return Err(Fail::usage(format!("--{field}: {why}"))),
        }
    }
    Ok(())
}

/// Reads what an address leads to: a document, or a server whose metadata is at a known place.
async fn follow(draft: Draft, address: &str, args: &AddArgs) -> Result<Draft, Fail> {
    let direct = fetch::document(address, reach(args)).await;
    match direct {
        Ok(found) => match read(draft.clone(), &found.text, Some(&found.url)) {
            Ok(Read::Done(draft)) => Ok(draft),
            Ok(Read::Next(draft, next)) => first(draft, next, args).await,
            Err(why) => {
                // A server's front page is no document; its metadata may be where it belongs.
                let others = metadata_addresses(address);
                let guess = first(draft, others, args).await;
                guess.map_err(|_| Fail::refused(why.to_string()))
            }
        },
        Err(error @ FetchError::Refused { .. }) => Err(Fail::refused(error.to_string())),
        Err(error) => {
            let guess = first(draft, metadata_addresses(address), args).await;
            guess.map_err(|_| Fail::refused(error.to_string()))
        }
    }
}

/// The first of several addresses with a document, and what that leads to.
async fn first(draft: Draft, addresses: Vec<String>, args: &AddArgs) -> Result<Draft, Fail> {
    let (mut draft, mut addresses) = (draft, addresses);
    let mut last = Fail::refused("No document says how one signs in.");
    for _ in 0..STEPS {
        let mut step = None;
        for address in &addresses {
            match fetch::document(address, reach(args)).await {
                Ok(found) => match read(draft.clone(), &found.text, Some(&found.url)) {
                    Ok(read) => {
                        step = Some(read);
                        break;
                    }
                    Err(why) => last = Fail::refused(why.to_string()),
                },
                Err(why) => last = Fail::refused(why.to_string()),
            }
        }
        match step {
            Some(Read::Done(done)) => return Ok(done),
            Some(Read::Next(next, more)) => {
                draft = next;
                addresses = more;
            }
            None => return Err(last),
        }
    }
    Err(Fail::refused("The documents lead to one another and to no end."))
}

fn reach(args: &AddArgs) -> Reach {
    if args.allow_local {
        Reach::Developer
    } else {
        Reach::Public
    }
}
