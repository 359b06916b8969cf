//! What builders call things: small tables, and nothing else. A row's words mean the same to a
//! builder; which entity, field or state of this app they stand for is decided elsewhere.

/// Nouns for records, one kind a row.
pub(super) const KINDS: &[&[&str]] = &[
    &["task", "todo", "chore", "assignment", "actionitem", "errand"],
    &["booking", "appointment", "reservation", "session", "meeting", "visit", "slot", "shoot"],
    &["client", "customer", "patient", "guest", "member", "student", "buyer", "contact", "subscriber"],
    &["lead", "prospect", "inquiry", "enquiry", "quote", "opportunity", "deal", "request"],
    &["invoice", "bill", "receipt", "payment", "charge"],
    &["staff", "employee", "teammate", "colleague", "worker", "technician"],
    &["note", "memo", "journal", "entry", "article"],
    &["project", "job", "campaign", "initiative"],
    &["review", "feedback", "rating", "testimonial", "comment"],
    &["order", "purchase", "sale", "checkout"],
    &["ticket", "issue", "case", "request", "complaint"],
    &["product", "item", "article", "service", "listing"],
    &["expense", "cost", "spending"],
    &["habit", "routine"],
    &["event", "meeting", "session", "show"],
    &["user", "account", "signup", "registration"],
    &["message", "inquiry", "submission", "form"],
];

/// Nouns for people a record may concern.
pub(super) const PEOPLE: &[&str] = &[
    "client", "customer", "patient", "guest", "member", "student", "buyer", "contact", "subscriber", "lead", "prospect",
    "attendee", "person", "applicant", "tenant", "participant", "visitor", "parent",
];

/// Nouns for whoever works on a record.
pub(super) const WORKERS: &[&str] = &[
    "assignee", "owner", "staff", "photographer", "stylist", "employee", "agent", "technician", "responsible", "manager",
    "teammate", "colleague", "worker", "trainer", "teacher", "doctor", "rep",
];

/// What somebody does, and to which kind of record: "when a client books".
pub(super) const ACTS: &[(&str, &str, Option<&str>)] = &[
    ("book", "booking", None),
    ("reserve", "booking", None),
    ("order", "order", None),
    ("pay", "invoice", Some("paid")),
    ("inquire", "lead", None),
    ("enquire", "lead", None),
    ("review", "review", None),
    ("rate", "review", None),
    ("cancel", "booking", Some("cancelled")),
    ("reschedule", "booking", Some("start")),
    ("signup", "user", None),
    ("register", "user", None),
    ("subscribe", "user", None),
];

/// What begins a trigger.
pub(super) const WHEN: &[&str] =
    &["when", "whenever", "once", "as soon as", "each time", "every time", "any time", "if", "upon", "after", "on", "as"];

/// It is made.
pub(super) const MADE: &[&str] = &[
    "created", "made", "added", "booked", "submitted", "arrives", "arrived", "comes", "came", "registers", "registered", "placed",
    "received", "entered", "opened", "posted", "written", "left", "new", "creation", "creating", "create", "adds", "creates",
    "submits", "appears", "lands", "logged", "saved", 
];

/// It goes away.
pub(super) const GONE: &[&str] = &["deleted", "removed", "erased", "destroyed", "deletes", "removes", "deletion", "removal"];

/// It changes.
pub(super) const CHANGED: &[&str] = &[
    "updated", "changed", "changes", "edited", "modified", "updates", "change", "moved", "moves", "rescheduled", "reschedules", "reassigned",
    "assigned",
];

/// Words for states that mean the same; a state of the app may be called by any of them.
pub(super) const STATES: &[&[&str]] = &[
    &["done", "completed", "complete", "finished", "closed", "resolved", "ticked"],
    &["cancelled", "canceled", "calledoff", "aborted", "void"],
    &["confirmed", "approved", "accepted", "booked"],
    &["paid", "settled"],
    &["pending", "waiting", "unconfirmed", "awaiting"],
    &["won", "closedwon", "converted"],
    &["lost", "closedlost"],
    &["active", "running", "live"],
    &["published", "public"],
    &["overdue", "late", "pastdue"],
    &["todo", "notstarted"],
    &["doing", "inprogress", "started"],
    &["noshow", "missed"],
];

/// Nouns for what happens to a record, with the word that says it.
pub(super) const NOUNS: &[(&str, &str)] = &[
    ("creation", "created"),
    ("deletion", "deleted"),
    ("removal", "deleted"),
    ("cancellation", "cancelled"),
    ("confirmation", "confirmed"),
    ("approval", "approved"),
    ("completion", "completed"),
    ("payment", "paid"),
];

/// Words that name a state and mostly mean something else in a wish.
pub(super) const NOT_STATES: &[&str] =
    &["new", "email", "phone", "contact", "contacts", "text", "other", "open", "todo", "sent", "manager", "public", "live", "started", "booked", "late", "missed", "active", "complete"];

/// Still to be done.
pub(super) const OPEN: &[&str] = &["open", "outstanding", "unfinished", "remaining", "incomplete", "undone", "todo"];

/// Tools people ask for that have a neighbour in the catalog: name without spaces, neighbour.
pub(super) const NEIGHBOURS: &[(&str, &str)] = &[
    ("outlook", "gmail"),
    ("sendgrid", "gmail"),
    ("mailchimp", "gmail"),
    ("resend", "gmail"),
    ("postmark", "gmail"),
    ("brevo", "gmail"),
    ("whatsapp", "slackbot"),
    ("telegram", "slackbot"),
    ("discord", "slackbot"),
    ("teams", "slackbot"),
    ("microsoftteams", "slackbot"),
    ("sms", "gmail"),
    ("twilio", "gmail"),
    ("zoom", "googlecalendar"),
    ("calendly", "googlecalendar"),
    ("icloud", "googlecalendar"),
    ("icalendar", "googlecalendar"),
    ("outlookcalendar", "googlecalendar"),
    ("excel", "googlesheets"),
    ("airtable", "googlesheets"),
    ("smartsheet", "googlesheets"),
    ("bigquery", "googlesheets"),
    ("quickbooks", "googlesheets"),
    ("xero", "googlesheets"),
    ("googledrive", "googlesheets"),
    ("salesforce", "hubspot"),
    ("pipedrive", "hubspot"),
    ("zoho", "hubspot"),
    ("zendesk", "hubspot"),
    ("intercom", "hubspot"),
    ("trello", "notion"),
    ("asana", "notion"),
    ("jira", "notion"),
    ("linear", "notion"),
    ("clickup", "notion"),
    ("monday.com", "notion"),
    ("evernote", "notion"),
    ("confluence", "notion"),
    ("googledocs", "notion"),
    ("stripe", ""),
    ("paypal", ""),
    ("shopify", ""),
    ("github", ""),
    ("linkedin", ""),
    ("instagram", ""),
    ("facebook", ""),
    ("tiktok", ""),
    ("twitter", ""),
    ("youtube", ""),
    ("dropbox", ""),
    ("zapier", ""),
];

/// Abbreviations and places for time zones that the IANA names don't give away.
pub(super) const ZONES: &[(&str, &str)] = &[
    ("utc", "UTC"),
    ("gmt", "UTC"),
    ("cet", "Europe/Berlin"),
    ("cest", "Europe/Berlin"),
    ("bst", "Europe/London"),
    ("uk", "Europe/London"),
    ("et", "America/New_York"),
    ("est", "America/New_York"),
    ("edt", "America/New_York"),
    ("eastern", "America/New_York"),
    ("pt", "America/Los_Angeles"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("pacific", "America/Los_Angeles"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("central", "America/Chicago"),
    ("mst", "America/Denver"),
    ("jst", "Asia/Tokyo"),
    ("germany", "Europe/Berlin"),
    ("munich", "Europe/Berlin"),
    ("hamburg", "Europe/Berlin"),
    ("france", "Europe/Paris"),
    ("spain", "Europe/Madrid"),
    ("barcelona", "Europe/Madrid"),
    ("italy", "Europe/Rome"),
    ("milan", "Europe/Rome"),
    ("israel", "Asia/Jerusalem"),
    ("telaviv", "Asia/Jerusalem"),
    ("india", "Asia/Kolkata"),
    ("mumbai", "Asia/Kolkata"),
    ("delhi", "Asia/Kolkata"),
    ("sanfrancisco", "America/Los_Angeles"),
    ("seattle", "America/Los_Angeles"),
    ("boston", "America/New_York"),
    ("miami", "America/New_York"),
    ("washington", "America/New_York"),
    ("brazil", "America/Sao_Paulo"),
    ("japan", "Asia/Tokyo"),
    ("beijing", "Asia/Shanghai"),
    ("melbourne", "Australia/Melbourne"),
];
