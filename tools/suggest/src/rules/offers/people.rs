//! Talking to people, and keeping who they are.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, once, some};

const MEETING: Words = "event. events. meeting. meetings. appointment booking interview shift session. calendar_event time_off leave cita reunion reuniao reserva termin besprechung rendez riunione appuntamento schuzka schůzka פגישה תור אירוע";
const SPAN: &[Clue] = &[
    some(
        In::Field,
        "start_time start_date starts start end_time end_date ends inicio beginn debut inizio zacatek",
        10,
        3,
        2,
        "says when it takes place",
    ),
    some(
        In::Field,
        "attendee invitee participants organizer location duration timezone",
        6,
        3,
        3,
        "is what a meeting has",
    ),
];
const OFFICE: &[Clue] = &[
    some(
        In::Entity,
        "employee staff department leave time_off team. teams. clinician provider task. tasks. meeting communication empleado funcionari mitarbeiter employe dipendente zamestnan zaměstnan עובד",
        8,
        3,
        3,
        "belongs to people who work in an office",
    ),
    some(
        In::Choice,
        "outlook microsoft office365 ms_teams",
        40,
        0,
        0,
        "can be a Microsoft account",
    ),
    once(
        In::Service,
        "own microsoft",
        50,
        "reaches Microsoft by the app's own means",
    ),
];
const NEWS: Words = "announcement alert. alerts. incident request. requests. ticket. tickets. task. tasks. order. orders. lead. leads. anuncio aviso alarma ankundigung meldung annonce alerte annuncio avviso oznameni הודעה התראה";
const TEAM: &[Clue] = &[
    some(
        In::Entity,
        "team. teams. channel department employee shift. workspace equipo mitarbeiter equipe squadra tym צוות",
        8,
        4,
        3,
        "belongs to people who work together",
    ),
    some(
        In::Page,
        "team. teams. channel announcement employee",
        6,
        3,
        2,
        "is for people who work together",
    ),
];
const COMMUNITY: &[Clue] = &[
    some(
        In::Entity,
        "community guild member. members. tournament forum leaderboard challenge game. games. match. server fan. creator comunidad comunidade gemeinschaft komunita קהילה",
        10,
        5,
        3,
        "belongs to a community",
    ),
    some(
        In::Page,
        "community forum leaderboard tournament game feed",
        8,
        3,
        2,
        "is for a community",
    ),
];
const PERSON: Words = "contact. contacts. client. clients. customer lead. leads. account. accounts. opportunity prospect deal. deals. contacto cliente contato kontakt kunde contatto klient zakaznik לקוח ליד איש_קשר";
const REACHED: &[Clue] = &[some(
    In::Field,
    "email phone mobile telefon telefono telephone company whatsapp טלפון",
    6,
    3,
    2,
    "is how to reach them",
)];
const SALES: &[Clue] = &[
    some(
        In::Entity,
        "opportunity deal. deals. account. accounts. pipeline quote. territory sales_rep",
        12,
        4,
        3,
        "belongs to sales",
    ),
    some(
        In::Page,
        "pipeline opportunities sales territor",
        8,
        4,
        2,
        "is about sales",
    ),
];
const TICKET: On = On {
    named: "ticket. tickets. support_ticket support_request case. complaint help_request conversation soporte suporte reclamacion anfrage reclamation reclamo stiznost פנייה",
    ground: 42,
    says: "is somebody who waits for help",
    fields: &[some(
        In::Field,
        "priority requester subject resolution assigned category sla channel status",
        4,
        3,
        4,
        "is how help is given",
    )],
};
const HELP: &[Clue] = &[
    some(
        In::Page,
        "support help_center helpdesk helpcenter tickets. soporte suporte hilfe aide assistenza podpora תמיכה",
        10,
        4,
        2,
        "is where people ask for help",
    ),
    some(
        In::Entity,
        "faq kb_article help_article knowledge",
        6,
        3,
        2,
        "answers questions",
    ),
];

const PHONE: &[Clue] = &[some(
    In::Field,
    "phone mobile whatsapp telefon telefono celular handy cellulare טלפון נייד",
    8,
    2,
    1,
    "is whom to text",
)];

const fn chat(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "message",
        intents: "post_message send_channel_message send_message post send write",
        on: Some(On {
            named: NEWS,
            ground: 32,
            says: "is news for many",
            fields: &[],
        }),
        around,
        when: When::Created,
        title,
        prompt,
        own: None,
    }
}

const fn texting(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "text",
        intents: "send_text send_sms send_message send_template send",
        on: Some(On {
            named: "appointment booking. order. orders. reminder lead. leads. patient delivery cita reserva pedido termin rendez appuntamento הזמנה תור",
            ground: 20,
            says: "is something a person waits to hear of",
            fields: PHONE,
        }),
        around,
        when: When::Created,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    Offer {
        connector: "outlook",
        kind: "event",
        intents: "create_event",
        on: Some(On {
            named: MEETING,
            ground: 28,
            says: "is something people turn up for",
            fields: SPAN,
        }),
        around: &[OFFICE],
        when: When::Matters,
        title: "{Things} in Outlook",
        prompt: "When {a} {happens}, add it to the Outlook calendar",
        own: Some("[On the {page} page, ]let each user add {a} to their own Outlook calendar"),
    },
    chat(
        "microsoft_teams",
        &[TEAM, OFFICE],
        "{Things} to Microsoft Teams",
        "Post to a Microsoft Teams channel when {a} {happens}",
    ),
    chat(
        "discord",
        &[COMMUNITY],
        "{Things} to Discord",
        "Post to a Discord channel when {a} {happens}",
    ),
    Offer {
        connector: "google_contacts",
        kind: "contact",
        intents: "create_contact create add list read",
        on: Some(On {
            named: "contact. contacts. client. clients. customer lead. contacto contato kontakt contatto איש_קשר לקוח",
            ground: 34,
            says: "is a person in an address book",
            fields: REACHED,
        }),
        around: &[&[some(
            In::Page,
            "contacts. directory address_book contactos agenda_telef",
            10,
            3,
            1,
            "is an address book",
        )]],
        when: When::Created,
        title: "{Things} in Google Contacts",
        prompt: "When {a} {happens}, add them to Google Contacts[ with {email}]",
        own: None,
    },
    Offer {
        connector: "salesforce",
        kind: "lead",
        intents: "upsert_record create_lead create_contact upsert create",
        on: Some(On {
            named: PERSON,
            ground: 34,
            says: "is someone to sell to",
            fields: REACHED,
        }),
        around: &[SALES],
        when: When::Created,
        title: "{Things} in Salesforce",
        prompt: "When {a} {happens}, create it in Salesforce[ with {email}]",
        own: None,
    },
    Offer {
        connector: "zendesk",
        kind: "ticket",
        intents: "create_ticket create",
        on: Some(TICKET),
        around: &[HELP],
        when: When::Created,
        title: "{Things} in Zendesk",
        prompt: "When {a} {happens}, create a Zendesk ticket[ with its {text}]",
        own: None,
    },
    Offer {
        connector: "intercom",
        kind: "conversation",
        intents: "create_conversation create_contact create send",
        on: Some(TICKET),
        around: &[HELP],
        when: When::Created,
        title: "{Things} in Intercom",
        prompt: "When {a} {happens}, open an Intercom conversation[ with its {text}]",
        own: None,
    },
    Offer {
        connector: "bamboohr",
        kind: "employee",
        intents: "create_employee add_employee list_employees create list",
        on: Some(On {
            named: "employee. employees. leave_request time_off payroll applicant empleado funcionario mitarbeiter employe dipendente zamestnanec zaměstnanec עובד",
            ground: 40,
            says: "is kept by human resources",
            fields: &[some(
                In::Field,
                "hire_date salary department job_title manager leave_balance position employment",
                8,
                4,
                4,
                "is what a staff record has",
            )],
        }),
        around: &[&[
            some(
                In::Page,
                "payroll leave recruitment attendance performance offboarding employees. organogram",
                10,
                4,
                4,
                "is about staff",
            ),
            some(
                In::Entity,
                "payroll leave attendance job_posting applicant performance offboarding",
                8,
                3,
                4,
                "is about staff",
            ),
        ]],
        when: When::Created,
        title: "{Things} in BambooHR",
        prompt: "When {a} {happens}, add them to BambooHR",
        own: None,
    },
    texting(
        "twilio",
        &[&[some(In::Function, "sms", 14, 4, 1, "sends texts")]],
        "Texts about {things}",
        "When {a} {happens}, send a text[ to {phone}]",
    ),
    texting(
        "whatsapp",
        &[&[
            some(In::Function, "whatsapp", 20, 4, 1, "writes on WhatsApp"),
            some(In::Field, "whatsapp", 10, 2, 1, "is a WhatsApp number"),
        ]],
        "WhatsApp messages about {things}",
        "When {a} {happens}, write on WhatsApp[ to {phone}]",
    ),
    texting(
        "telegram",
        &[],
        "Telegram messages about {things}",
        "When {a} {happens}, write on Telegram",
    ),
];
