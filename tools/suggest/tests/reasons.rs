//! What speaks for a connector: the app's own data before how common it is, in any language, and what
//! is done by hand today.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{app, proved, write};
use linchpin_catalog::{Catalog, Mode};
use linchpin_suggest::{Options, Suggestion, suggest};

fn of(lines: &str) -> Vec<Suggestion> {
    suggest(&app(lines), Catalog::embedded(), &Options::default())
}

fn connectors(found: &[Suggestion]) -> Vec<&str> {
    let mut order = Vec::new();
    for one in found {
        if !order.contains(&one.connector.as_str()) {
            order.push(one.connector.as_str());
        }
    }
    order
}

/// Whether the catalog has them all: entries come one by one.
fn known(ids: &[&str]) -> bool {
    ids.iter().all(|id| Catalog::embedded().get(id).is_some())
}

#[test]
fn a_shop_whose_data_names_its_tools_gets_those_and_not_the_common_ones() {
    if !known(&["shopify", "mailchimp"]) {
        return;
    }
    let found = of(
        "Order: order_number, shopify_order_id, customer_email:email, subtotal:number, shipping, tracking, status=new|shipped\n\
         Product: name, sku, price:number, shopify_product_id\n\
         ProductVariant: sku, inventory_quantity:number\n\
         Subscriber: email:email, full_name, mailchimp_member_id, tags:list\n\
         NewsletterCampaign: subject, body\n\
         page Shop Product\npage Cart Product\npage Checkout Order\npage Newsletter Subscriber\n\
         function sendNewsletter ",
    );
    let order = connectors(&found);
    let mut first: Vec<&str> = order.iter().take(2).copied().collect();
    first.sort_unstable();
    assert_eq!(first, ["mailchimp", "shopify"], "{order:?}");
}

#[test]
fn nothing_speaks_for_a_connector_by_its_being_common() {
    let found = of("Colour: red:number, green:number, blue:number\npage Palette Colour");
    assert_eq!(connectors(&found), Vec::<&str>::new());
}

#[test]
fn names_are_understood_in_the_languages_of_real_apps() {
    let events = [
        "Cita: titulo, inicio:date-time, fin:date-time, cliente_email:email",
        "Reserva: titulo, inicio:date-time, fim:date-time, cliente_email:email",
        "Termin: titel, beginn:date-time, ende:date-time, kunde_email:email",
        "Seance: titre, debut:date-time, fin:date-time, client_email:email",
        "Appuntamento: titolo, start_time:date-time, end_time:date-time, cliente_email:email",
        "Schuzka: title, start_time:date-time, end_time:date-time, client_email:email",
        "פגישה: title, start_time:date-time, end_time:date-time, client_email:email",
        "Appointment: title, start_time:date-time, end_time:date-time, client_email:email",
    ];
    for lines in events {
        let order_of = of(lines);
        assert_eq!(
            order_of[0].connector,
            "googlecalendar",
            "{lines}: {:?}",
            connectors(&order_of)
        );
    }
    if !known(&["googledrive"]) {
        return;
    }
    let papers = [
        "Contrato: titulo, archivo_url",
        "Contrato: titulo, arquivo_url",
        "Vertrag: titel, datei_url",
        "Contrat: titre, fichier_url",
        "Contratto: titolo, allegato_url",
        "Smlouva: nazev, soubor_url",
        "חוזה: title, קובץ",
        "Contract: title, file_url",
    ];
    for lines in papers {
        let found = of(&format!("{lines}\npage Archive\nfunction uploadFile "));
        assert!(
            connectors(&found).contains(&"googledrive"),
            "{lines}: {:?}",
            connectors(&found)
        );
    }
}

#[test]
fn a_key_in_code_is_what_would_be_replaced() {
    if !known(&["notion"]) {
        return;
    }
    let found = of("Note: title, content\npage Notes Note\n\
         function pushNotes const key = Deno.env.get(\"NOTION_TOKEN\"); const notes = await base44.entities.Note.list();");
    let notes = found.iter().find(|one| one.connector == "notion").unwrap();
    assert_eq!(
        notes.replaces.as_deref(),
        Some("notion key in base44/functions/pushNotes/entry.ts:4")
    );
}

#[test]
fn a_mail_service_of_the_apps_own_makes_mail_less_pressing() {
    let lines = "Order: email:email, total:number, status=new|paid\npage Orders Order\n\
         function exportOrders ";
    let place = |lines: &str| connectors(&of(lines)).iter().position(|id| *id == "gmail").unwrap();
    let own = format!(
        "{lines}\nfunction receipt const key = Deno.env.get(\"RESEND_API_KEY\"); const all = await base44.entities.Order.list();"
    );
    let builtin = format!(
        "{lines}\nfunction receipt await base44.integrations.Core.SendEmail({{}}); const all = await base44.entities.Order.list();"
    );
    assert!(place(&own) > place(&builtin));
}

#[test]
fn records_of_ones_own_go_to_ones_own_account() {
    if !known(&["googletasks"]) {
        return;
    }
    let app = app(
        "+Task: title, notes, due_date:date, status=open|done\n+Habit: name\n+Goal: title\n\
         page MyTasks Task\npage DailyPlanner Task",
    );
    let catalog = Catalog::embedded();
    let found = suggest(&app, catalog, &Options::default());
    let own = found.iter().find(|one| one.connector == "googletasks").unwrap();
    assert_eq!(own.mode, Mode::AppUser, "{}", own.mode_reason);
    assert!(own.prompt.contains("their own Google Tasks"), "{}", own.prompt);
    proved(&own.plan, &app, catalog).unwrap();
}

#[test]
fn likes_come_one_at_a_time() {
    if !known(&["googledrive", "dropbox", "one_drive", "box"]) {
        return;
    }
    let found = of(
        "Project: name, client_name, client_email:email, due_date:date, budget:number, file_url, attachments:list, status=open|done\n\
         Contract: title, file_url\nTeam: name\npage Projects Project\npage FileStorage\nfunction uploadBackup ",
    );
    let order = connectors(&found);
    let files = |id: &&&str| ["googledrive", "dropbox", "one_drive", "box", "share_point"].contains(*id);
    assert_eq!(order.iter().take(3).filter(files).count(), 1, "{order:?}");
}

#[test]
fn every_line_shown_is_there() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "SocialPost: caption, image_url, hashtags:list, platform, scheduled_at:date-time, status=draft|published\n\
         Subscriber: email:email, full_name\nInvoice: invoice_number, customer_email:email, due_date:date, total:number\n\
         page SocialMedia SocialPost\npage Landing\npage Pricing\npage MarketingDashboard\nfunction trackEvent ",
    );
    let app = linchpin_app::read(folder.path(), &|_| {}).unwrap();
    let everything = Options {
        limit: 100,
        ..Options::default()
    };
    let found = suggest(&app, Catalog::embedded(), &everything);
    assert!(!found.is_empty());
    for one in &found {
        assert!(!one.evidence.is_empty(), "{}", one.id);
        for evidence in &one.evidence {
            let text = std::fs::read_to_string(folder.path().join(&evidence.file)).unwrap();
            let line = usize::try_from(evidence.line).unwrap();
            assert!((1..=text.lines().count()).contains(&line), "{}: {evidence:?}", one.id);
        }
    }
}
