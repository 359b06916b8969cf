//! Word lists behind field roles: English, Spanish, Portuguese, German, French, Italian, Czech, Hebrew.
//!
//! A word matches a token of a name when equal; a word that ends in `*` matches any token that
//! begins with it. Accents are folded before the comparison, so the lists have none. What means something
//! else in another of the languages is left out (`data` and `termin` are; see `role`).

pub(crate) const EMAIL: &[&str] = &[
    "email*", "mail", "correo", "courriel", "emailadresse", "gmail", "מייל", "אימייל", "דואל",
    "posta", // it
];
pub(crate) const PHONE: &[&str] = &[
    "phone*", "mobile", "cell", "tel", "telefono", "telefone", "telefon*", "telephone", "handy", "celular",
    "movil", "whatsapp", "fax", "טלפון", "נייד",
    "cellulare", // it
    "mobil", // cs
    "סלולרי", // he
];
pub(crate) const MONEY: &[&str] = &[
    "price*", "amount", "total", "subtotal", "cost*", "fee*", "revenue", "budget", "salary", "wage",
    "payment", "deposit", "balance", "income", "expense*", "profit", "discount", "tax", "vat", "commission",
    "payout", "spend", "mrr", "arr", "precio", "importe", "monto", "costo", "coste", "ingreso*", "gasto*",
    "valor", "preco", "custo", "receita", "despesa", "preis", "betrag", "kosten", "umsatz", "gehalt", "summe",
    "prix", "montant", "cout", "tarif", "salaire", "מחיר", "סכום", "עלות",
    "prezzo*", "importo", "totale", "spesa", "saldo", "acconto", "sconto", "stipendio", "incasso",
    "iva", "tariffa", // it
    "cena", "castka", "celkem", "naklady", "platba", "zaloha", "mzda", "sleva", "dph", "uhrada",
    "prijem", "vydaj*", // cs
    "תשלום", "שכר", "תקציב", "הכנסה", "הוצאה", "יתרה", // he
];
pub(crate) const QUANTITY: &[&str] = &[
    "quantity", "qty", "count", "stock", "units", "inventory", "seats", "guests", "hours", "duration*",
    "minutes", "weight", "cantidad", "existencias", "unidades", "quantidade", "estoque", "menge", "anzahl",
    "bestand", "stunden", "quantite", "nombre", "כמות", "מלאי", "שעות",
    "quantita", "giacenza", "scorte", "ore", "durata", "posti", // it
    "mnozstvi", "pocet", "kusy", "sklad", "hodiny", "delka", // cs
    "משך", "מספר", // he
];
pub(crate) const STATUS: &[&str] = &[
    "status", "state", "stage", "phase", "estado", "etapa", "situacao", "zustand", "stand", "statut", "etat",
    "סטטוס", "מצב", "שלב",
    "stato", "fase", // it
    "stav", "faze", // cs
];
pub(crate) const DONE: &[&str] = &[
    "done", "completed", "complete", "finished", "resolved", "closed", "hecho", "hecha", "completado",
    "completada", "terminado", "concluido", "concluida", "feito", "erledigt", "fertig", "abgeschlossen",
    "termine", "fait", "הושלם", "בוצע",
    "fatto", "completato", "completata", "concluso", "evaso", // it
    "hotovo", "dokonceno", "splneno", "vyrizeno", "uzavreno", // cs
];
pub(crate) const START: &[&str] = &[
    "start*", "begin*", "from", "checkin", "arrival", "inicio", "comienzo", "desde", "entrada", "beginn",
    "von", "anfang", "debut", "arrivee", "התחלה",
    "inizio", "arrivo", // it
    "zacatek", "zahajeni", "prijezd", // cs
    "כניסה", // he
];
pub(crate) const END: &[&str] = &[
    "end", "ends", "finish*", "until", "to", "checkout", "departure", "fin", "hasta", "salida", "fim",
    "termino", "ende", "bis", "ending", "סיום",
    "fine", "partenza", // it
    "konec", "ukonceni", "odjezd", // cs
    "יציאה", // he
];
pub(crate) const DUE: &[&str] = &[
    "due*", "deadline", "vencimiento", "limite", "vencimento", "prazo", "fallig*", "faellig*", "frist",
    "echeance", "יעד",
    "scadenza", // it
    "splatnost", "lhuta", "uzaverka", // cs
    "תפוגה", // he
];
pub(crate) const DATE: &[&str] = &[
    "date*", "day", "fecha", "dia", "datum", "tag", "jour", "birthday", "dob", "תאריך", "יום",
    "giorno", "compleanno", "nascita", // it
    "den", "narozeni", // cs
    "מועד", // he
];
pub(crate) const TIME: &[&str] = &[
    "time", "datetime", "timestamp", "hora", "zeit", "uhrzeit", "heure", "שעה",
    "ora", "orario", // it
    "cas", "hodina", // cs
    "זמן", // he
];
pub(crate) const FILE: &[&str] = &[
    "file*", "image*", "photo*", "picture*", "attachment*", "avatar", "logo", "pdf", "document", "documents",
    "receipt", "thumbnail", "cover", "archivo", "imagen", "foto", "fotos", "adjunto", "arquivo", "imagem",
    "anexo", "datei", "bild", "anhang", "fichier", "piece", "קובץ", "תמונה",
    "allegato", "immagine", "immagini", // it
    "soubor", "priloha", "obrazek", "fotka", "fotografie", "dokument", // cs
    "תמונות", "מסמך", // he
];
pub(crate) const URL: &[&str] = &[
    "url", "urls", "link", "links", "website", "site", "homepage", "enlace", "sitio", "webseite", "lien",
    "קישור",
    "collegamento", "sito", // it
    "odkaz", "web", "stranka", // cs
    "אתר", // he
];
pub(crate) const PLACE: &[&str] = &[
    "address", "location", "city", "venue", "room", "street", "place", "direccion", "ubicacion", "lugar",
    "ciudad", "endereco", "cidade", "local", "adresse", "anschrift", "ort", "stadt", "strasse", "lieu",
    "ville", "salle", "כתובת", "מיקום", "עיר",
    "indirizzo", "citta", "luogo", "sede", "stanza", "sala", // it
    "adresa", "misto", "mesto", "ulice", "mistnost", "lokalita", // cs
    "רחוב", // he
];
pub(crate) const OWNER: &[&str] = &[
    "owner", "author", "creator", "dueno", "propietario", "dono", "proprietario", "besitzer", "proprietaire",
    "creatore", "autore", // it
    "vlastnik", "autor", "majitel", // cs
    "בעלים", "יוצר", // he
];
pub(crate) const ASSIGNEE: &[&str] = &[
    "assignee*", "assigned", "staff", "responsible", "technician", "agent", "instructor", "responsable",
    "asignado", "encargado", "responsavel", "atribuido", "zustandig", "zustaendig", "bearbeiter",
    "verantwortlich", "assigne", "אחראי",
    "assegnato", "assegnatario", "assegnata", "incaricato", "responsabile", "tecnico", "operatore", // it
    "prirazen*", "resitel", "odpovedny", "technik", "pracovnik", // cs
    "נציג", "מוקצה", // he
];
pub(crate) const COMPANY: &[&str] = &[
    "company", "organization", "organisation", "business", "employer", "empresa", "compania", "firma",
    "unternehmen", "entreprise", "societe", "חברה",
    "azienda", "ditta", "societa", // it
    "spolecnost", "organizace", "podnik", // cs
    "עסק", // he
];
pub(crate) const PERSON: &[&str] = &[
    "client", "customer", "contact", "lead", "patient", "guest", "student", "teacher", "employee", "member",
    "attendee", "participant", "user", "person", "driver", "tenant", "candidate", "applicant", "donor",
    "volunteer", "parent", "child", "cliente", "contacto", "paciente", "alumno", "empleado", "contato",
    "aluno", "funcionario", "hospede", "kunde", "kunden", "kontakt", "mitarbeiter", "schuler", "gast",
    "patientin", "employe", "eleve", "invite", "staff", "subscriber", "host", "coach", "לקוח", "איש",
    "paziente", "studente", "dipendente", "ospite", "utente", "contatto", "socio", "allievo",
    "referente", // it
    "zakaznik*", "klient*", "pacient*", "zamestnan*", "uzivatel", "osoba", // cs
    "לקוחה", "עובד", "תלמיד", "מטופל", "אורח", // he
];
pub(crate) const NAME: &[&str] = &[
    "name", "nombre", "nome", "nom", "שם",
    "jmeno", // cs
];
pub(crate) const FULL_NAME: &[&str] = &[
    "fullname", "firstname", "lastname", "surname", "apellido*", "sobrenome", "vorname", "nachname", "prenom",
    "cognome", "nominativo", // it
    "prijmeni", // cs
    "משפחה", // he
];
pub(crate) const TITLE: &[&str] = &[
    "title", "headline", "subject", "titulo", "titel", "titre", "asunto", "assunto", "betreff", "objet",
    "כותרת",
    "titolo", "oggetto", // it
    "nazev", "titulek", "predmet", // cs
    "נושא", // he
];
pub(crate) const TEXT: &[&str] = &[
    "note*", "description", "message", "comment*", "content", "body", "summary", "details", "feedback",
    "text", "bio", "about", "instructions", "agenda", "notas", "descripcion", "mensaje", "comentario*",
    "contenido", "descricao", "mensagem", "conteudo", "observac*", "notiz*", "beschreibung", "nachricht",
    "kommentar", "inhalt", "contenu", "commentaire", "הערות", "תיאור", "הודעה", "תוכן",
    "descrizione", "messaggio", "commento*", "contenuto", "nota", "osservazioni", "riassunto", // it
    "poznamk*", "popis", "zprava", "komentar", "obsah", "shrnuti", // cs
    "הערה", "סיכום", // he
];
/// Services whose ids are kept in fields such as `stripe_customer_id`.
pub(crate) const SERVICES: &[&str] = &[
    "external", "google", "gmail", "gcal", "calendar", "outlook", "stripe", "hubspot", "slack", "notion",
    "salesforce", "airtable", "zoom", "drive", "sheet", "spreadsheet", "thread", "webhook", "remote",
    "facebook", "instagram", "shopify",
];
