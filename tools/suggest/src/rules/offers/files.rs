//! Files, papers and slides that people keep and share elsewhere.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, once, some};

const FOLDER: Words = "project. projects. client. clients. customer case. cases. deal. deals. supplier vendor employee contract document. documents. proposal quote. quotes. proyecto projeto projekt projet progetto projek cliente kunde klient dossier expediente proveedor fornecedor fornitore dodavatel contrato vertrag contrat contratto smlouva documento dokument פרויקט לקוח חוזה מסמך ספק";
const FILED: &[Clue] = &[
    some(
        In::Field,
        "pdf file_url file. files. attachment document_url documents. document. folder drive archivo arquivo datei fichier allegat soubor קובץ",
        14,
        4,
        2,
        "is a file to keep",
    ),
    some(
        In::Field,
        "contract_url contract_file signed_document signature_url receipt_url invoice_file photo photos. gallery media",
        6,
        3,
        2,
        "comes as a file",
    ),
];
const PAPERS: &[Clue] = &[
    some(
        In::Entity,
        "document contract agreement attachment photo receipt proposal media asset contrato documento vertrag recording",
        4,
        1,
        3,
        "comes as a file",
    ),
    some(
        In::Page,
        "document storage file gallery media assets library contract resource backup archiv galeria datei",
        6,
        2,
        2,
        "is about files",
    ),
    some(
        In::Function,
        "pdf document upload backup file. files. contract proposal archive report",
        4,
        2,
        3,
        "makes or moves files",
    ),
    some(
        In::Entity,
        "knowledge kb. kb_article supplier proveedor audit compliance legal",
        4,
        2,
        1,
        "is documented in files",
    ),
    once(
        In::Service,
        "Core.UploadFile|Core.UploadPrivateFile",
        4,
        "keeps files inside the app",
    ),
];
const LONG: &[Clue] = &[some(
    In::Field,
    "content body terms clause section template html markdown text. description agreement_text",
    8,
    3,
    2,
    "is the text of it",
)];
const WRITING: &[Clue] = &[
    some(
        In::Function,
        "proposal contract letter agreement document. doc. docs. documentation report certificate generate_pdf addendum",
        12,
        4,
        3,
        "writes papers",
    ),
    some(
        In::Page,
        "document documentation proposal contract letter template knowledge wiki prd",
        8,
        3,
        3,
        "is about papers",
    ),
];
const PAPER: Words = "proposal contract agreement letter document. documents. documentation report_card policy certificate quote. statement propuesta proposta contrato carta vertrag angebot contrat devis contratto preventivo smlouva nabidka חוזה הצעה מכתב";
const DECK: Words = "presentation pitch deck. slide. slides. presentacion apresentacao prasentation praesentation presentazione prezentace מצגת";

const fn folder(connector: &'static str, title: &'static str, prompt: &'static str) -> Offer {
    Offer {
        connector,
        kind: "folder",
        intents: "create_folder upload_file upload list_files list",
        on: Some(On {
            named: FOLDER,
            ground: 30,
            says: "is something that papers belong to",
            fields: FILED,
        }),
        around: &[PAPERS],
        when: When::Created,
        title,
        prompt,
        own: None,
    }
}

const fn paper(
    connector: &'static str,
    kind: &'static str,
    named: Words,
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind,
        intents: "create_document create_presentation create write update",
        on: Some(On {
            named,
            ground: 34,
            says: "is written from the app's data",
            fields: LONG,
        }),
        around: &[WRITING],
        when: When::Created,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    folder(
        "googledrive",
        "A Google Drive folder for each {thing}",
        "When {a} {happens}, create a Google Drive folder for it",
    ),
    folder(
        "dropbox",
        "A Dropbox folder for each {thing}",
        "When {a} {happens}, create a Dropbox folder for it",
    ),
    folder(
        "one_drive",
        "A OneDrive folder for each {thing}",
        "When {a} {happens}, create a OneDrive folder for it",
    ),
    folder(
        "box",
        "A Box folder for each {thing}",
        "When {a} {happens}, create a Box folder for it",
    ),
    folder(
        "share_point",
        "A SharePoint folder for each {thing}",
        "When {a} {happens}, create a SharePoint folder for it",
    ),
    paper(
        "googledocs",
        "document",
        PAPER,
        "{Things} as Google Docs",
        "When {a} {happens}, write it as a Google Doc[ with its {text}]",
    ),
    paper(
        "googleslides",
        "slides",
        DECK,
        "{Things} as Google Slides",
        "When {a} {happens}, create Google Slides from it",
    ),
    paper(
        "microsoft_powerpoint",
        "slides",
        DECK,
        "{Things} in PowerPoint",
        "When {a} {happens}, create a PowerPoint presentation from it",
    ),
];
