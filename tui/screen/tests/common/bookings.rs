//! The events of one journey on a bookings app.

use linchpin_protocol::patch::{AppPath, Changeset, FileChange};
use linchpin_protocol::question::*;
use linchpin_protocol::{AppSummary, AskId, CallId, ConnectionRow, Event, Suggested, TurnId};

pub fn evidence(file: &str, line: u32, why: &str) -> Evidence {
    Evidence {
        file: file.into(),
        line,
        why: why.into(),
    }
}

pub fn hello() -> Event {
    Event::Hello {
        session: "s1".into(),
        app: "examples/bookings".into(),
        model: "guide".into(),
        notes: vec!["No model is set up, so the guide answers. Set OPENAI_API_KEY to chat with a model.".into()],
        resumed: false,
    }
}

pub fn app_read() -> Event {
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Event::AppRead {
        summary: AppSummary {
            name: "Bookings".into(),
            pages: strings(&[
                "Bookings",
                "Calendar",
                "Clients",
                "Dashboard",
                "Invoices",
                "Login",
                "Services",
                "Settings",
            ]),
            entities: vec![
                ("Booking".into(), 12),
                ("Client".into(), 9),
                ("Invoice".into(), 8),
                ("Service".into(), 6),
                ("Staff".into(), 5),
                ("Task".into(), 7),
            ],
            functions: strings(&["monthly-report"]),
            connectors: vec![],
            problems: vec![],
            millis: 38,
        },
    }
}

pub fn suggested() -> Event {
    let one = |id: &str, connector: &str, name: &str, prompt: &str, mode, evidence| Suggested {
        id: id.into(),
        connector: connector.into(),
        connector_name: name.into(),
        title: prompt.into(),
        prompt: prompt.into(),
        mode,
        evidence,
        replaces: None,
    };
    Event::Suggested {
        suggestions: vec![
            one(
                "gmail-1",
                "gmail",
                "Gmail",
                "Email each client a confirmation when their booking is confirmed",
                Mode::Shared,
                vec![
                    evidence(
                        "base44/entities/Booking.jsonc",
                        14,
                        "Booking.client_email holds an address",
                    ),
                    evidence(
                        "base44/entities/Booking.jsonc",
                        22,
                        "Booking.status has the value confirmed",
                    ),
                ],
            ),
            one(
                "cal-1",
                "googlecalendar",
                "Google Calendar",
                "Put each booking in my calendar and invite the client",
                Mode::Shared,
                vec![evidence(
                    "base44/entities/Booking.jsonc",
                    9,
                    "Booking.starts_at is a time",
                )],
            ),
            one(
                "slack-1",
                "slackbot",
                "Slack",
                "Post to Slack when a booking is created",
                Mode::Shared,
                vec![evidence(
                    "src/pages/Dashboard.jsx",
                    41,
                    "the Dashboard page lists new bookings",
                )],
            ),
            one(
                "gmail-2",
                "gmail",
                "Gmail",
                "Send me a daily email with my to-do list",
                Mode::AppUser,
                vec![evidence("base44/entities/Task.jsonc", 6, "Task.assigned_to is a user")],
            ),
            one(
                "sheets-1",
                "googlesheets",
                "Google Sheets",
                "Keep a Google Sheet with every paid invoice, with client, amount and the day it was paid on",
                Mode::Shared,
                vec![evidence(
                    "src/pages/Invoices.jsx",
                    77,
                    "the Invoices page exports a CSV file",
                )],
            ),
            one(
                "hubspot-1",
                "hubspot",
                "HubSpot",
                "Create a HubSpot contact for every new client",
                Mode::Shared,
                vec![evidence(
                    "base44/entities/Client.jsonc",
                    5,
                    "Client has an address and a company",
                )],
            ),
        ],
    }
}

pub fn turn(words: &str) -> Vec<Event> {
    vec![
        Event::Said {
            text: words.into(),
            queued: false,
        },
        Event::TurnStarted { turn: TurnId(1) },
        Event::ToolStarted {
            call: CallId(1),
            tool: "show_connector".into(),
            title: "Looking at Gmail".into(),
        },
        Event::ToolFinished {
            call: CallId(1),
            ok: true,
            summary: "Gmail sends mail with one permission".into(),
        },
    ]
}

pub fn asked(ask: u32, question: Question) -> Event {
    Event::Asked {
        ask: AskId(ask),
        question: Box::new(question),
    }
}

pub fn mode_question() -> Question {
    Question::Mode(ModeQuestion {
        connector: "gmail".into(),
        connector_name: "Gmail".into(),
        advised: Mode::Shared,
        reason: "The mail goes from the business to its clients, so one account sends it.".into(),
        evidence: vec![
            evidence(
                "base44/entities/Booking.jsonc",
                14,
                "Booking.client_email is somebody outside the app",
            ),
            evidence(
                "base44/entities/Booking.jsonc",
                22,
                "it is sent when a booking changes, and then nobody is signed in",
            ),
        ],
        impossible: Some((
            Mode::AppUser,
            "A change of a record has no signed-in user whose account could be used.".into(),
        )),
    })
}

pub fn permissions_question() -> Question {
    Question::Permissions(PermissionsQuestion {
        connector: "gmail".into(),
        connector_name: "Gmail".into(),
        mode: Mode::Shared,
        permissions: vec![
            Permission {
                scope: "https://www.googleapis.com/auth/gmail.send".into(),
                sentence: "Send email as you".into(),
                sensitivity: Sensitivity::Sensitive,
                unlocks: Some((1, 79)),
                needed_by: vec!["send-booking-confirmation".into()],
                granted: false,
            },
            Permission {
                scope: "openid email".into(),
                sentence: "See your email address, so that it can be shown who is connected".into(),
                sensitivity: Sensitivity::Basic,
                unlocks: None,
                needed_by: vec![],
                granted: true,
            },
        ],
        connected_as: Some("ann@studio.example".into()),
        covered: false,
        after: vec![],
    })
}

pub fn client_question() -> Question {
    Question::Client(ClientQuestion {
        connector: "gmail".into(),
        connector_name: "Gmail".into(),
        family: "google".into(),
        console_url: "https://console.cloud.google.com/apis/credentials".into(),
        steps: vec![
            "Create a project, or choose one.".into(),
            "Enable the Gmail API in it.".into(),
            "Create credentials of the kind \"OAuth client ID\", type \"Desktop app\".".into(),
        ],
        traps: vec!["While the consent screen is in \"Testing\", sign-ins end after seven days.".into()],
        redirect_uri: "http://127.0.0.1:8976/callback".into(),
        needs_secret: true,
    })
}

pub fn token_question() -> Question {
    Question::Token(TokenQuestion {
        connector: "slackbot".into(),
        connector_name: "Slack".into(),
        mode: Mode::Shared,
        name: "Bot User OAuth Token".into(),
        prefix: Some("xoxb-".into()),
        url: "https://api.slack.com/apps".into(),
        why: "Slack sends people back to https addresses only, which this machine has none of. Make an app there with the permission chat:write, install it, and paste its token here.".into(),
        other_account: true,
        config: Default::default(),
    })
}

pub fn sign_in_question() -> Question {
    Question::SignIn(SignInQuestion {
        connector: "gmail".into(),
        connector_name: "Gmail".into(),
        mode: Mode::Shared,
        flow: "f1".into(),
        url: "https://accounts.google.com/o/oauth2/v2/auth?client_id=123.apps.googleusercontent.com&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback&response_type=code&scope=openid%20email%20gmail.send&state=abc&code_challenge=xyz&code_challenge_method=S256".into(),
        expires_in: 300,
        notes: vec![],
        browser_opened: true,
    })
}

pub fn choice_question() -> Question {
    Question::Choice(ChoiceQuestion {
        key: "time".into(),
        text: "When should the email go out?".into(),
        options: vec![
            "Every day at 08:00, Europe/Berlin".into(),
            "Every Monday at 09:00, Europe/Berlin".into(),
        ],
        free: true,
        placeholder: "for example: weekdays at 7:30 in New York".into(),
    })
}

const FUNCTION: &str = r#"import { createClientFromRequest } from "npm:@base44/sdk@0.8.6";

Deno.serve(async (request) => {
  const base44 = createClientFromRequest(request);
  const { data: booking } = await request.json();
  if (booking?.status !== "confirmed") {
    return Response.json({ skipped: "the booking is not confirmed" });
  }
  const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
  const response = await fetch("https://gmail.googleapis.com/gmail/v1/users/me/messages/send", {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ raw: encode(mail(booking)) }),
  });
  return Response.json({ sent: response.ok });
});
"#;

const PAGE: &str = "import React from \"react\";\n\nexport default function Bookings() {\n  const [all, setAll] = useState([]);\n  const load = () => Booking.list();\n  const old = true;\n  useEffect(() => { load(); }, []);\n  return <List items={all} />;\n}\n\nexport const title = \"Bookings\";\nexport const icon = \"calendar\";\n";

pub fn review() -> Review {
    let changed = PAGE
        .replace("  const old = true;\n", "")
        .replace("icon = \"calendar\"", "icon = \"mail\"");
    let file = |path: &str, base: Option<&str>, next: Option<&str>| FileChange {
        path: AppPath::new(path).unwrap(),
        base: base.map(str::to_owned),
        next: next.map(str::to_owned),
    };
    let changeset = Changeset::new(vec![
        file(
            "base44/functions/send-booking-confirmation/entry.ts",
            None,
            Some(FUNCTION),
        ),
        file(
            "base44/connectors/gmail.jsonc",
            None,
            Some("{\n  \"type\": \"gmail\",\n  \"scopes\": [\"https://www.googleapis.com/auth/gmail.send\"]\n}\n"),
        ),
        file("src/pages/Bookings.jsx", Some(PAGE), Some(&changed)),
    ])
    .unwrap();
    let facts = FunctionFacts {
        name: "send-booking-confirmation".into(),
        file: "base44/functions/send-booking-confirmation/entry.ts".into(),
        trigger: "when a Booking changes and its status becomes confirmed".into(),
        callers: "only the app's own automation".into(),
        connectors: vec![("gmail".into(), Mode::Shared)],
        calls: vec![CallFact {
            line: 10,
            method: "POST".into(),
            host: "gmail.googleapis.com".into(),
            path: "/gmail/v1/users/me/messages/send".into(),
            operation: "gmail.users.messages.send".into(),
            title: Some("Sends a mail".into()),
        }],
        unresolved: vec![],
        scopes: vec![ScopeFact {
            connector: "gmail".into(),
            scope: "https://www.googleapis.com/auth/gmail.send".into(),
            sentence: "Send email as you".into(),
            unlocks: Some((1, 79)),
            declared: false,
        }],
        entities: vec!["reads Booking".into()],
        notes: vec!["A booking without an address is skipped.".into()],
        violations: vec![],
        rehearsals: vec![
            RunFact {
                caller: "automation".into(),
                ok: true,
                status: 200,
                answer: "{\"sent\":true}".into(),
                requests: vec![RequestFact {
                    method: "POST".into(),
                    url: "https://gmail.googleapis.com/gmail/v1/users/me/messages/send".into(),
                    headers: vec![("Content-Type".into(), "application/json".into())],
                    body: Some("{\"raw\":\"VG86…\"}".into()),
                    mail: Some(MailFact {
                        to: "client@example.com".into(),
                        cc: String::new(),
                        subject: "Your booking on 12 May is confirmed".into(),
                        text: "Hello Kim,\n\nyour booking on 12 May at 14:00 is confirmed.\n\nSee you then!".into(),
                    }),
                }],
                writes: vec![],
                problem: None,
            },
            RunFact {
                caller: "anonymous".into(),
                ok: true,
                status: 403,
                answer: "{\"error\":\"only the app's automation may call this\"}".into(),
                ..RunFact::default()
            },
        ],
    };
    Review {
        changeset,
        title: "Email each client a confirmation when their booking is confirmed".into(),
        functions: vec![facts],
        blocked: false,
        model_says: Some("It sends **one** mail for each booking and stores nothing.".into()),
    }
}

pub fn review_ready(review: Review) -> Event {
    Event::ReviewReady {
        changeset: review.changeset.digest(),
        review: Box::new(review),
    }
}

pub fn connections() -> Event {
    Event::Connections {
        connections: vec![
            ConnectionRow {
                connector: "gmail".into(),
                connector_name: "Gmail".into(),
                mode: Mode::Shared,
                status: "active".into(),
                reason: None,
                account: Some("ann@studio.example".into()),
                access: vec!["Send email as you".into(), "See your email address".into()],
                functions: vec!["send-booking-confirmation".into()],
                last_used_at: Some(1_800_000_000_000 - 3 * 3_600_000),
            },
            ConnectionRow {
                connector: "slackbot".into(),
                connector_name: "Slack".into(),
                mode: Mode::Shared,
                status: "needs_reconnect".into(),
                reason: Some("Slack took the permission back (token_revoked). Connect it again.".into()),
                account: Some("Studio workspace".into()),
                access: vec!["Post messages".into()],
                functions: vec!["post-new-booking".into()],
                last_used_at: None,
            },
            ConnectionRow {
                connector: "googlecalendar".into(),
                connector_name: "Google Calendar".into(),
                mode: Mode::AppUser,
                status: "not_connected".into(),
                reason: None,
                account: None,
                access: vec![],
                functions: vec!["invite-client".into()],
                last_used_at: None,
            },
        ],
    }
}

pub const ANSWER: &str = "I'll send the mail from **one shared account**, because clients know your studio's address.\n\nWhat happens:\n\n1. A booking becomes `confirmed`.\n2. The function reads it and writes a mail:\n   - subject with the day\n   - text with the time and the place\n3. Gmail sends it.\n\n| Field | Used for |\n|---|---|\n| `client_email` | recipient |\n| `starts_at` | subject and text |\n\n```ts\nconst { accessToken } = await base44.asServiceRole.connectors.getConnection(\"gmail\");\n```\n\nSee [the Gmail guide](https://developers.google.com/gmail/api) for more.\n";

pub fn answer() -> Vec<Event> {
    ANSWER
        .as_bytes()
        .chunks(7)
        .map(|c| Event::TextDelta {
            turn: TurnId(1),
            text: String::from_utf8_lossy(c).into_owned(),
        })
        .collect()
}
