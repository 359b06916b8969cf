//! Services that an app uses by its own means: an API key, a webhook, a vendor's host or package.
//!
//! Names are those of `reference` data: what a builder would call the thing, lower case. A string
//! is only ever looked at for its host or its variable name; its value is never kept.

/// Words in the names of environment variables, and the service they belong to.
const VARIABLES: &[(&str, &str)] = &[
    ("SLACK_WEBHOOK", "slack webhook"),
    ("SLACK", "slack key"),
    ("RESEND", "resend"),
    ("SENDGRID", "sendgrid"),
    ("MAILGUN", "mailgun"),
    ("POSTMARK", "postmark"),
    ("BREVO", "brevo"),
    ("SENDINBLUE", "brevo"),
    ("MAILCHIMP", "mailchimp"),
    ("SMTP", "smtp"),
    ("GMAIL", "own gmail access"),
    ("HUBSPOT", "hubspot key"),
    ("NOTION", "notion key"),
    ("AIRTABLE", "airtable key"),
    ("ZAPIER", "zapier webhook"),
    ("N8N", "n8n webhook"),
    ("MAKE_WEBHOOK", "make webhook"),
    ("DISCORD", "discord webhook"),
    ("TEAMS_WEBHOOK", "teams webhook"),
    ("TELEGRAM", "telegram"),
    ("WHATSAPP", "whatsapp"),
    ("TWILIO", "twilio"),
    ("MANDRILL", "mailchimp"),
    ("KLAVIYO", "klaviyo"),
    ("ACTIVECAMPAIGN", "activecampaign"),
    ("CONVERTKIT", "convertkit"),
    ("PIPEDRIVE", "pipedrive"),
    ("MONDAY", "monday key"),
    ("DROPBOX", "dropbox key"),
    ("TYPEFORM", "typeform key"),
    ("LINKEDIN", "linkedin key"),
    ("INSTAGRAM", "instagram key"),
    ("FACEBOOK", "facebook key"),
    ("META_ACCESS", "facebook key"),
    ("TIKTOK", "tiktok key"),
    ("MICROSOFT", "own microsoft access"),
    ("AZURE", "own microsoft access"),
    ("OUTLOOK", "own microsoft access"),
    ("PAYPAL", "paypal"),
    ("PLAID", "plaid"),
    ("DOCUSIGN", "docusign"),
    ("STRIPE", "stripe"),
    ("MERCADOPAGO", "mercadopago"),
    ("GOOGLE_MAPS", "google maps"),
    ("GOOGLE_SERVICE_ACCOUNT", "own google access"),
    ("GOOGLE_CLIENT_SECRET", "own google access"),
    ("GOOGLE_REFRESH_TOKEN", "own google access"),
    ("GOOGLE_SHEET", "own google sheets access"),
    ("GOOGLE_CALENDAR", "own google calendar access"),
    ("ANTHROPIC", "anthropic"),
    ("OPENAI", "openai"),
    ("GEMINI", "gemini"),
    ("PERPLEXITY", "perplexity"),
    ("ELEVENLABS", "elevenlabs"),
    ("ZOOM", "zoom key"),
    ("ONESIGNAL", "onesignal"),
    ("GITHUB", "github key"),
    ("SALESFORCE", "salesforce key"),
    ("SHOPIFY", "shopify key"),
    ("CALENDLY", "calendly key"),
    ("ASANA", "asana key"),
    ("CLICKUP", "clickup key"),
    ("LINEAR_API", "linear key"),
    ("TRELLO", "trello key"),
    ("JIRA", "jira key"),
    ("QUICKBOOKS", "quickbooks key"),
    ("XERO", "xero key"),
    ("SUPABASE", "supabase"),
];

/// Hosts, each matched at the start of what follows `://`, and their service. Hosts that a connector
/// calls as well (`slack.com/api`) are left out: they say nothing of whose key is used.
const HOSTS: &[(&str, &str)] = &[
    ("hooks.slack.com", "slack webhook"),
    ("api.resend.com", "resend"),
    ("api.sendgrid.com", "sendgrid"),
    ("api.mailgun.net", "mailgun"),
    ("api.postmarkapp.com", "postmark"),
    ("api.brevo.com", "brevo"),
    ("api.twilio.com", "twilio"),
    ("api.stripe.com", "stripe"),
    ("hooks.zapier.com", "zapier webhook"),
    ("hook.eu1.make.com", "make webhook"),
    ("hook.us1.make.com", "make webhook"),
    ("hook.make.com", "make webhook"),
    ("discord.com/api/webhooks", "discord webhook"),
    ("discordapp.com/api/webhooks", "discord webhook"),
    ("outlook.office.com/webhook", "teams webhook"),
    ("api.telegram.org", "telegram"),
    ("api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
];

/// Packages, matched against a module name without `npm:` and version.
const PACKAGES: &[(&str, &str)] = &[
    ("resend", "resend"),
    ("@sendgrid/mail", "sendgrid"),
    ("nodemailer", "smtp"),
    ("twilio", "twilio"),
    ("stripe", "stripe"),
    ("@slack/web-api", "slack key"),
    ("@slack/webhook", "slack webhook"),
    ("@notionhq/client", "notion key"),
    ("@hubspot/api-client", "hubspot key"),
    ("googleapis", "own google access"),
    ("airtable", "airtable key"),
    ("openai", "openai"),
    ("@anthropic-ai/sdk", "anthropic"),
    ("@mailchimp/mailchimp_marketing", "mailchimp"),
];

/// The service that an environment variable's name belongs to.
pub(crate) fn of_variable(name: &str) -> Option<&'static str> {
    VARIABLES
        .iter()
        .find(|(word, _)| name.contains(word))
        .map(|(_, service)| *service)
}

/// Whether a variable says nothing of another service: the platform's own, or the build's.
pub(crate) fn is_own_variable(name: &str) -> bool {
    name.contains("BASE44") || matches!(name, "NODE_ENV" | "MODE" | "DEV" | "PROD" | "SSR" | "BASE_URL" | "PORT")
}

/// What an address in a text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// Its host.
    pub(crate) host: &'a str,
    /// The service it belongs to, if it is known.
    pub(crate) service: Option<&'static str>,
    /// Whether it looks like something that code calls, and not like a picture or a page.
    pub(crate) called: bool,
    /// Whether it is a web hook.
    pub(crate) hook: bool,
}

/// What the first address in a text tells. Everything after the host is looked at and not kept.
pub(crate) fn of_url(text: &str) -> Option<Address<'_>> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 {
        return None;
    }
    let at = memchr::memchr_iter(b':', bytes).find(|at| bytes.get(at + 1..at + 3) == Some(b"//"))?;
    let rest = &text[at + 3..];
    let end = rest
        .find(|one: char| !(one.is_ascii_alphanumeric() || one == '.' || one == '-'))
        .unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let service = HOSTS
        .iter()
        .find(|(host, _)| rest.starts_with(host))
        .map(|(_, service)| *service);
    let foreign = host.contains('.')
        && host.len() > 3
        && text[..at].ends_with("http") | text[..at].ends_with("https")
        && ![
            "base44.com",
            "base44.app",
            "example.com",
            "w3.org",
            "schema.org",
            "127.0.0.1",
        ]
        .iter()
        .any(|own| host.ends_with(own));
    let first = host.split('.').next().unwrap_or(host);
    let hook = matches!(first, "hooks" | "hook") || path.contains("webhook") || path.contains("/hooks/");
    let called = foreign
        && (hook
            || service.is_some()
            || matches!(first, "api" | "graph" | "gmail" | "sheets" | "oauth2" | "rest" | "app")
            || first.starts_with("api-")
            || host.ends_with(".googleapis.com") && first != "fonts"
            || path.starts_with("/api")
            || path.starts_with("/v1")
            || path.starts_with("/v2")
            || path.contains("/api/"));
    Some(Address {
        host,
        service,
        called,
        hook: foreign && hook,
    })
}

/// The service that an imported module belongs to.
pub(crate) fn of_package(module: &str) -> Option<&'static str> {
    let module = module.strip_prefix("npm:").unwrap_or(module);
    let name = match module.get(1..).and_then(|rest| rest.find('@')) {
        Some(at) => &module[..=at],
        None => module,
    };
    PACKAGES
        .iter()
        .find(|(package, _)| *package == name)
        .map(|(_, service)| *service)
}
