//! `linchpin read`: the app model, or a live database's tables.

use std::path::Path;
use std::process::ExitCode;

use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let app = linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    if json {
        out::json(&app);
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!(
        "{}: {} pages, {} entities, {} functions, {} connectors",
        app.name,
        app.pages.len(),
        app.entities.len(),
        app.functions.len(),
        app.connectors.len()
    ));
    for entity in &app.entities {
        let fields: Vec<&str> = entity.fields.iter().map(|f| f.name.as_str()).collect();
        out::line(&format!(
            "entity    {}  {}:{}  {}",
            entity.name,
            entity.at.file,
            entity.at.line,
            fields.join(", ")
        ));
    }
    for page in &app.pages {
        out::line(&format!(
            "page      {}  {}:{}{}",
            page.name,
            page.at.file,
            page.at.line,
            if page.per_user.is_some() {
                "  (the user's own records)"
            } else {
                ""
            }
        ));
    }
    for function in &app.functions {
        out::line(&format!(
            "function  {}  {}:{}  {}",
            function.name,
            function.at.file,
            function.at.line,
            function.automations.join("; ")
        ));
    }
    for connector in &app.connectors {
        out::line(&format!(
            "connector {}  {}:{}  {}",
            connector.id,
            connector.at.file,
            connector.at.line,
            connector.scopes.join(" ")
        ));
    }
    for service in &app.integrations {
        out::line(&format!(
            "uses      {}  {}:{}",
            service.service, service.at.file, service.at.line
        ));
    }
    for problem in &app.problems {
        out::line(&format!(
            "problem   {}:{}: {}",
            problem.at.file, problem.at.line, problem.message
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The tables of a live database: as SQL to be saved in an app, or as entities.
pub(crate) fn database(url: &str, json: bool) -> Result<ExitCode, Fail> {
    context::install_tls();
    let url = match url {
        "" => std::env::var("DATABASE_URL")
            .map_err(|_| Fail::usage("DATABASE_URL is not set. Set it, or give the URL: --database URL"))?,
        url => url.to_owned(),
    };
    let schema = context::runtime()?
        .block_on(linchpin_database::schema(&url))
        .map_err(|error| Fail::refused(error.to_string()))?;
    if json {
        out::json(&linchpin_app::schema("schema.sql", &schema.sql));
    } else {
        out::line(&format!(
            "-- Tables of {}, as Linchpin read them.\n",
            schema.name.replace('\n', " ")
        ));
        out::line(schema.sql.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
