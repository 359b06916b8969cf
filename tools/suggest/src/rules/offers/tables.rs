//! Tables outside the app: workbooks, bases, warehouses.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, some};

const LIST: Words = "inventory product. products. order. orders. supplier asset. catalog lead. leads. transaction expense item. items. inventario producto pedido gasto estoque produto bestand produkt bestellung stock. produit commande magazzino prodotto ordine sklad objednavka מלאי מוצר הזמנה";
const FIGURES: &[Clue] = &[some(
    In::Field,
    "price amount quantity qty cost. total stock sku precio monto cantidad preis menge prix importo cena",
    6,
    3,
    3,
    "is a figure",
)];
const MOVED: &[Clue] = &[
    some(
        In::Function,
        "excel xlsx csv import export",
        8,
        3,
        3,
        "moves tables in or out",
    ),
    some(In::Page, "import export report", 6, 3, 2, "is about tables"),
];
const WAREHOUSE: &[Clue] = &[
    some(
        In::Entity,
        "dataset data_source datasource warehouse_query etl metric_snapshot event_log analytics_event data_pipeline",
        26,
        6,
        3,
        "is data to be queried in bulk",
    ),
    some(
        In::Function,
        "etl warehouse aggregate ingest data_sync bigquery",
        8,
        3,
        3,
        "moves data in bulk",
    ),
    some(
        In::Page,
        "data_explorer datasource data_source query. sql. warehouse",
        16,
        4,
        2,
        "asks questions of data",
    ),
    some(
        In::Field,
        "sql. sql_query dataset table_name",
        22,
        6,
        2,
        "is a question to a database",
    ),
];

const fn warehouse(connector: &'static str, title: &'static str, prompt: &'static str) -> Offer {
    Offer {
        connector,
        kind: "query",
        intents: "run_query query insert list read",
        on: None,
        around: &[WAREHOUSE],
        when: When::Asked,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    Offer {
        connector: "microsoft_excel",
        kind: "row",
        intents: "append_row add_row add_rows append add",
        on: Some(On {
            named: LIST,
            ground: 30,
            says: "is kept in lists",
            fields: FIGURES,
        }),
        around: &[
            MOVED,
            &[some(In::Function, "excel xlsx", 16, 4, 1, "works with workbooks")],
        ],
        when: When::Created,
        title: "{Things} in Excel",
        prompt: "When {a} {happens}, add a row to an Excel workbook",
        own: None,
    },
    Offer {
        connector: "airtable",
        kind: "record",
        intents: "append_row create_record create upsert_row",
        on: Some(On {
            named: LIST,
            ground: 30,
            says: "is kept in lists",
            fields: FIGURES,
        }),
        around: &[MOVED],
        when: When::Created,
        title: "{Things} in Airtable",
        prompt: "When {a} {happens}, add a record to an Airtable base",
        own: None,
    },
    warehouse(
        "googlebigquery",
        "The app's data in BigQuery",
        "Ask BigQuery for figures and show them",
    ),
    warehouse(
        "snowflake",
        "Figures from Snowflake",
        "Ask Snowflake for figures and show them",
    ),
    warehouse(
        "databricks",
        "Figures from Databricks",
        "Run a Databricks query and show its figures",
    ),
    Offer {
        connector: "supabase",
        kind: "tables",
        intents: "list read query",
        on: None,
        around: &[],
        when: When::Asked,
        title: "Supabase by a connection of its own",
        prompt: "Read our Supabase projects through a connection and not with a key in code",
        own: None,
    },
];
