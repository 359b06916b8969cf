//! Figures and lists that people want in a spreadsheet.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{Evidence, anatomy, phrase, signals};

const CONNECTOR: &str = "googlesheets";
/// Records that are counted and summed.
const LEDGER: &[&str] = &[
    "invoice",
    "expense",
    "payment",
    "transaction",
    "sale",
    "order",
    "purchase",
    "income",
    "budget",
    "inventory",
    "stock",
    "timesheet",
    "factura",
    "gasto",
    "pago",
    "venta",
    "fatura",
    "despesa",
    "venda",
    "rechnung",
    "ausgabe",
    "zahlung",
    "facture",
    "depense",
    "חשבונית",
    "הוצאה",
];

pub(super) fn row(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let figure = entity
        .with_role(Role::Money)
        .or_else(|| entity.with_role(Role::Quantity));
    let said = subject.said(signals::Subject::Export);
    let ledger = subject.is_a(LEDGER);
    let listed = anatomy::recipient(entity).is_some() && said.is_some();
    if subject.is_private() || !(figure.is_some() || listed) {
        return None;
    }
    let moment = Moment::Created;
    let plan = plans::sheet_row(subject.cx, entity, &moment, None)?;
    let ground = match (figure, anatomy::recipient(entity)) {
        (Some(figure), _) => subject.field(&figure.name, "is a figure to sum up"),
        (None, Some(email)) => subject.field(&email.name, "makes it a list of people"),
        (None, None) => return None,
    };
    let mut idea = subject.idea(CONNECTOR, "row", plan, 26, ground);
    if ledger {
        let why = format!("{} is kept in ledgers", phrase::a(&entity.name));
        idea.because(16, Evidence::at(&entity.at, why));
    }
    if let Some(said) = said {
        idea.because(18, said);
    }
    if let Some(day) = entity.with_role(Role::Date).or_else(|| entity.with_role(Role::Due)) {
        idea.because(6, subject.field(&day.name, "puts it in order"));
    }
    idea.title = format!("{} in Google Sheets", phrase::capital(&phrase::plural(&entity.name)));
    idea.prompt = format!(
        "When {} {}, add a row to a Google Sheet",
        phrase::a(&entity.name),
        moment.words()
    );
    Some(idea)
}
