//! The one road of every draft: prove, police, rehearse, put together, review.
//!
//! Whoever wrote it — the compiler, a model, the builder in an editor — what the review shows is
//! derived from the source here, and what breaks the policy is blocked here.

mod facts;
mod start;

use std::collections::BTreeMap;

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_function::compile::entry_path;
use linchpin_function::police::{Callers, Policy};
use linchpin_function::rehearse::{Stage, rehearse};
use linchpin_function::{
    Caller, Checked, Draft, LOCK_FILE, Lock, Plan, Proof, assemble, check, compile, declared_scopes,
};
use linchpin_patch::{AppPath, Changeset};
use linchpin_question::{Failure, FunctionFacts, Review};

use crate::{Cx, Host};
use start::Trigger;

/// What a draft is checked against.
pub struct Bench<'a> {
    /// The app.
    pub app: &'a App,
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The app's files.
    pub host: &'a dyn Host,
    /// Unix milliseconds: the clock that rehearsals begin at.
    pub now_ms: i64,
}

impl<'a> Bench<'a> {
    /// The bench of a running tool.
    pub fn of(cx: &'a Cx<'a>) -> Self {
        Self {
            app: cx.app,
            catalog: cx.catalog,
            host: cx.host,
            now_ms: cx.now_ms,
        }
    }
}

/// A draft in free source.
#[derive(Debug, Clone)]
pub struct Free {
    /// The function's name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Its TypeScript.
    pub source: String,
}

/// Compiles a plan and proposes it.
pub fn propose(bench: &Bench<'_>, plan: &Plan) -> Result<Review, Failure> {
    propose_checked(bench, plan).map(|(review, _)| review)
}

/// Compiles a plan and proposes it, with all that was found out about its function.
pub fn propose_checked(bench: &Bench<'_>, plan: &Plan) -> Result<(Review, Checked), Failure> {
    let draft = compile(plan, bench.app, bench.catalog).map_err(|e| Failure::new("plan", e.to_string()))?;
    propose_draft(bench, &draft, &plan.purpose, &Trigger::of_plan(plan))
}

/// Proposes free source.
pub fn propose_source(bench: &Bench<'_>, free: &Free) -> Result<Review, Failure> {
    let entry = entry_path(bench.app, &free.name).map_err(|e| Failure::new("bad_name", e.to_string()))?;
    let trigger = automation_of(bench, &entry, None);
    let draft = Draft {
        function: free.name.clone(),
        entry,
        source: free.source.clone(),
        automation: None,
        notes: Vec::new(),
    };
    propose_draft(bench, &draft, &free.purpose, &trigger).map(|(review, _)| review)
}

fn propose_draft(
    bench: &Bench<'_>,
    draft: &Draft,
    title: &str,
    trigger: &Trigger<'_>,
) -> Result<(Review, Checked), Failure> {
    let checked = examine(bench, &draft.function, &draft.entry, &draft.source, trigger)?;
    let changeset = assemble(draft, &checked.proof, bench.app, bench.catalog, &|path| {
        bench.host.read(path)
    })
    .map_err(|e| Failure::new("assemble", e.to_string()))?;
    if changeset.is_empty() {
        let message = format!(
            "The function {} is already there exactly like this; nothing would change.",
            draft.function
        );
        return Err(Failure::new("no_change", message));
    }
    let review = Review {
        blocked: !checked.verdict.ok,
        functions: vec![facts::of(bench, &checked, trigger, &draft.notes)],
        changeset,
        title: title.to_owned(),
        model_says: None,
    };
    Ok((review, checked))
}

/// Checks a changeset that was edited after it was proposed. Files that follow from the code
/// (connector files, the lock) are made anew from the edited code.
pub fn recheck(bench: &Bench<'_>, changeset: &Changeset, title: &str) -> Result<Review, Failure> {
    let mut reviews = Vec::new();
    for (name, entry, source) in functions_in(bench, changeset) {
        let trigger = automation_of(bench, &entry, Some(changeset));
        let automation = automation_path(&entry).and_then(|path| {
            let file = changeset.files().iter().find(|f| f.path == path)?;
            Some((path, file.next.clone()?))
        });
        let draft = Draft {
            function: name,
            entry,
            source,
            automation,
            notes: Vec::new(),
        };
        reviews.push(propose_draft(bench, &draft, title, &trigger)?.0);
    }
    let Some(mut review) = reviews.pop() else {
        return Ok(Review {
            changeset: changeset.clone(),
            title: title.to_owned(),
            functions: Vec::new(),
            blocked: false,
            model_says: None,
        });
    };
    // What the builder wrote into a file that doesn't follow from the code stays as written.
    let mut files: BTreeMap<_, _> = review
        .changeset
        .files()
        .iter()
        .map(|f| (f.path.clone(), f.clone()))
        .collect();
    for file in changeset.files() {
        if !follows_from_code(bench.app, &file.path) {
            files.insert(file.path.clone(), file.clone());
        }
    }
    review.changeset =
        Changeset::new(files.into_values().collect()).map_err(|e| Failure::new("paths", e.to_string()))?;
    for other in reviews {
        review.blocked |= other.blocked;
        review.functions.extend(other.functions);
    }
    Ok(review)
}

/// Whether a part of a reviewed changeset may be applied by itself; the error says why not.
pub fn may_apply(bench: &Bench<'_>, changeset: &Changeset) -> Result<(), String> {
    for (name, entry, source) in functions_in(bench, changeset) {
        let trigger = automation_of(bench, &entry, Some(changeset));
        let checked = examine(bench, &name, &entry, &source, &trigger).map_err(|failure| {
            format!(
                "With only these hunks {name} is not a whole function: {}. Choose other hunks, or all.",
                failure.message
            )
        })?;
        if let Some(first) = checked.verdict.violations.first().filter(|_| !checked.verdict.ok) {
            return Err(format!(
                "With only these hunks {name} breaks {} (line {}): {} Choose other hunks, or all.",
                first.rule, first.line, first.message
            ));
        }
    }
    Ok(())
}

/// Proves, polices and rehearses a function that the app has.
pub fn check_function(bench: &Bench<'_>, name: &str) -> Result<Checked, Failure> {
    let Some(function) = bench.app.functions.iter().find(|f| f.name == name) else {
        let names: Vec<&str> = bench.app.functions.iter().map(|f| f.name.as_str()).collect();
        return Err(Failure::new(
            "not_found",
            format!("The app has no function `{name}`. It has: {}.", names.join(", ")),
        ));
    };
    let entry = AppPath::new(function.at.file.clone()).map_err(|e| Failure::new("bad_path", e.to_string()))?;
    let source = bench
        .host
        .read(&entry)
        .ok_or_else(|| Failure::new("unreadable", format!("`{entry}` can't be read. Check its permissions.")))?;
    examine(bench, name, &entry, &source, &automation_of(bench, &entry, None))
}

/// The facts about a function that the app has, as a review shows them.
pub fn function_facts(bench: &Bench<'_>, name: &str) -> Result<(Checked, FunctionFacts), Failure> {
    let checked = check_function(bench, name)?;
    let entry = AppPath::new(checked.file.clone()).map_err(|e| Failure::new("bad_path", e.to_string()))?;
    let facts = facts::of(bench, &checked, &automation_of(bench, &entry, None), &[]);
    Ok((checked, facts))
}

/// Where connector files and the lock don't say what the code of the checked functions needs.
pub fn drift(bench: &Bench<'_>, checked: &[Checked]) -> Vec<String> {
    let text = AppPath::new(LOCK_FILE).ok().and_then(|path| bench.host.read(&path));
    let locked = match text.as_deref().map_or_else(|| Ok(Lock::default()), Lock::parse) {
        Ok(lock) => lock,
        Err(error) => return vec![error.to_string()],
    };
    let mut now = Lock::default();
    checked
        .iter()
        .for_each(|one| now.set(&one.name, &one.proof, bench.catalog));
    locked.drift(&now)
}

fn examine(
    bench: &Bench<'_>,
    name: &str,
    entry: &AppPath,
    source: &str,
    trigger: &Trigger<'_>,
) -> Result<Checked, Failure> {
    let declared: BTreeMap<String, Vec<String>> = bench
        .app
        .connectors
        .iter()
        .map(|c| (c.id.clone(), declared_scopes(bench.app, &c.id)))
        .collect();
    let policy = Policy::of(bench.catalog).for_callers(callers(trigger.caller()));
    let checked = check(source, name, entry.as_str(), bench.catalog, &declared, &policy)
        .map_err(|e| Failure::new("syntax", e.to_string()))?;
    let rehearsals = rehearse(&stage(bench, entry, source, &checked.proof, trigger));
    Ok(checked.rehearsed(rehearsals))
}

fn stage<'a>(
    bench: &Bench<'a>,
    entry: &AppPath,
    source: &'a str,
    proof: &'a Proof,
    trigger: &Trigger<'_>,
) -> Stage<'a> {
    let mut stage = Stage::new(entry.as_str(), source, bench.app, bench.catalog);
    stage.now = chrono::DateTime::from_timestamp_millis(bench.now_ms).unwrap_or(stage.now);
    stage.proof = Some(proof);
    // Without provider calls there is nothing for a provider to refuse.
    if proof.calls.is_empty() && proof.unresolved.is_empty() {
        stage.faults.clear();
    }
    trigger.set(stage)
}

fn callers(caller: Option<&Caller>) -> Callers {
    match caller {
        Some(Caller::Anyone) => Callers::Anyone,
        Some(Caller::SignedIn) => Callers::SignedIn,
        Some(Caller::Role { .. }) => Callers::Role,
        Some(Caller::Automation) => Callers::Automation,
        None => Callers::Checked,
    }
}

/// The functions whose code a changeset writes: name, entry file, text.
fn functions_in(bench: &Bench<'_>, changeset: &Changeset) -> Vec<(String, AppPath, String)> {
    let folder = format!("{}/", bench.app.functions_dir);
    changeset
        .files()
        .iter()
        .filter_map(|file| {
            let rest = file.path.as_str().strip_prefix(&folder)?;
            let stem = rest.strip_suffix(".ts").or_else(|| rest.strip_suffix(".js"))?;
            let name = stem.strip_suffix("/entry").unwrap_or(stem);
            Some((name.to_owned(), file.path.clone(), file.next.clone()?))
        })
        .collect()
}

fn follows_from_code(app: &App, path: &AppPath) -> bool {
    path.as_str() == LOCK_FILE || path.as_str().starts_with(&format!("{}/", app.connectors_dir))
}

/// `function.jsonc` beside an `entry.ts`.
fn automation_path(entry: &AppPath) -> Option<AppPath> {
    let folder = entry.as_str().rsplit_once('/')?.0;
    entry
        .as_str()
        .ends_with("/entry.ts")
        .then(|| AppPath::new(format!("{folder}/function.jsonc")).ok())?
}

/// What starts a function, from its automation file: as the changeset leaves it, or as it is.
fn automation_of(bench: &Bench<'_>, entry: &AppPath, changeset: Option<&Changeset>) -> Trigger<'static> {
    let Some(path) = automation_path(entry) else {
        return Trigger::called();
    };
    let changed = changeset
        .and_then(|c| c.files().iter().find(|f| f.path == path))
        .and_then(|f| f.next.clone());
    match changed.or_else(|| bench.host.read(&path)) {
        Some(text) => Trigger::of_automation(&text),
        None => Trigger::called(),
    }
}
