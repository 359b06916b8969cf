//! Small apps, each made for one connector: it is among the first suggestions, its evidence resolves,
//! and its plan compiles, breaks no rule and does what it should.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{app, proved};
use linchpin_catalog::Catalog;
use linchpin_suggest::{Options, suggest};

/// A connector and an app that calls for it. No app names it, or any vendor.
const APPS: &[(&str, &str)] = &[
    (
        "linkedin",
        "MarketingPost: title, content, platform=network|blog, hashtags:list, scheduled_at:date-time, status=draft|approved|published\n\
         Newsletter: subject, body\npage ContentStudio MarketingPost\npage BrandVoice",
    ),
    (
        "instagram",
        "SocialPost: caption, image_url, hashtags:list, platform, scheduled_at:date-time, likes:number, status=draft|published\n\
         Product: name, image_url, price:number\npage SocialMedia SocialPost",
    ),
    (
        "facebook_pages",
        "SocialPost: caption, content, hashtags:list, platform, scheduled_at:date-time, status=draft|published\npage SocialMedia SocialPost",
    ),
    (
        "tiktok",
        "ContentPost: caption, video_url, hashtags:list, platform, published_at:date-time, likes:number, status=draft|published\n\
         Video: title, video_url\npage Reels ContentPost\nfunction makeClip ",
    ),
    (
        "x",
        "SocialPost: caption, hashtags:list, platform, scheduled_at:date-time, status=draft|published\npage SocialMedia SocialPost",
    ),
    (
        "google_analytics",
        "Visit: utm_source, utm_campaign, conversions:number, clicks:number\npage Landing\npage Pricing\npage Blog\npage MarketingDashboard Visit\nfunction trackEvent ",
    ),
    (
        "google_search_console",
        "BlogPost: title, slug, meta_title, meta_description, keywords:list\nBacklink: url\npage Seo BlogPost\npage Blog BlogPost\nfunction checkSerpPosition ",
    ),
    (
        "googleads",
        "AdCampaign: name, daily_budget:number, impressions:number, clicks:number, cpc:number, keywords:list, ctr:number\npage AdsManager AdCampaign",
    ),
    (
        "meta_ads",
        "AdCampaign: name, budget:number, adset, audience, impressions:number, clicks:number, roas:number\npage AdsManager AdCampaign",
    ),
    (
        "mailchimp",
        "Subscriber: email:email, full_name, subscribed_at:date-time, tags:list\nNewsletterCampaign: subject, body\npage Newsletter Subscriber\nfunction sendNewsletter ",
    ),
    (
        "contentful",
        "BlogPost: title, slug, excerpt, content, author, featured_image, status=draft|published\npage BlogEditor BlogPost",
    ),
    (
        "googledrive",
        "Project: name, client_name, pdf_url, attachments:list\nContract: title, file_url\nProjectPhoto: photo_url\npage Projects Project\npage FileStorage\nfunction generatePdf ",
    ),
    (
        "dropbox",
        "Project: name, client_name, file_url, attachments:list\nContract: title, file_url\nProjectPhoto: photo_url\npage Projects Project\npage FileStorage\nfunction uploadBackup ",
    ),
    (
        "googledocs",
        "Proposal: title, client_name, content, terms, status=draft|sent|accepted\npage Proposals Proposal\nfunction generateProposal \nfunction writeContract ",
    ),
    (
        "googleslides",
        "PitchDeck: title, content, audience\npage Presentations PitchDeck\nfunction generateDocument ",
    ),
    (
        "microsoft_powerpoint",
        "Presentation: title, content, audience\npage Slides Presentation\nfunction generateDocument ",
    ),
    (
        "microsoft_excel",
        "Product: name, sku, price:number, quantity:number, stock:number\npage ImportProducts Product\nfunction exportXlsx \nfunction importExcel ",
    ),
    (
        "airtable",
        "Inventory: name, sku, quantity:number, price:number\npage ImportInventory Inventory\nfunction exportCsv \nfunction importCsv ",
    ),
    (
        "googlebigquery",
        "Dataset: name, table_name, sql_query\nAnalyticsEvent: name\npage DataExplorer Dataset\nfunction aggregateMetrics ",
    ),
    (
        "snowflake",
        "Dataset: name, table_name, sql_query\nDataSource: name\npage DataExplorer Dataset\nfunction ingestWarehouse ",
    ),
    (
        "databricks",
        "Dataset: name, table_name, sql_query\nDataPipeline: name\npage DataExplorer Dataset\nfunction ingestWarehouse ",
    ),
    (
        "googletasks",
        "+Task: title, notes, due_date:date, status=open|done\n+Habit: name\nGoal: title\npage MyTasks Task\npage DailyPlanner Task\nfunction dailyTaskDigest ",
    ),
    (
        "todoist",
        "+Task: title, notes, due_date:date, status=open|done\n+Habit: name\n+Goal: title\npage MyTasks Task\npage DailyPlanner Task",
    ),
    (
        "asana",
        "Project: name\nMilestone: title, due_date:date\nProjectTask: title, description, assignee_email:email, due_date:date, priority=low|high, status=todo|done\nTeam: name\npage Kanban ProjectTask\npage Roadmap Project",
    ),
    (
        "clickup",
        "Workspace: name\nSprint: name\nProjectTask: title, description, assignee_email:email, due_date:date, priority=low|high, status=todo|done\npage Board ProjectTask",
    ),
    (
        "linear",
        "BugReport: title, description, priority=low|high, assignee, status=open|fixed\nSprint: name\npage Roadmap BugReport\npage Releases",
    ),
    (
        "github",
        "BugReport: title, description, repository, commit_hash, status=open|fixed\nDeployment: branch_name, build_status\npage Deployments Deployment\npage DevTools BugReport",
    ),
    (
        "gitlab",
        "BugReport: title, description, repository, commit_hash, status=open|fixed\nDeployment: branch_name, build_status\npage Deployments Deployment\npage DevTools BugReport",
    ),
    (
        "quickbooks",
        "Invoice: invoice_number, customer_email:email, due_date:date, subtotal:number, tax:number, total:number, currency, status=draft|sent|paid\nVendor: name\nBill: amount:number\nExpense: amount:number\npage Accounting Invoice\npage Payables Bill",
    ),
    (
        "xero",
        "Invoice: invoice_number, customer_email:email, due_date:date, subtotal:number, vat:number, total:number, currency, status=draft|sent|paid\nBankAccount: name\nExpense: amount:number\npage Finance Invoice\npage Ledger",
    ),
    (
        "freshbooks",
        "Invoice: invoice_number, client_email:email, due_date:date, subtotal:number, total:number, status=draft|sent|paid\nTimeEntry: hours:number\nClient: name, email:email\npage Invoices Invoice",
    ),
    (
        "splitwise",
        "SharedExpense: description, amount:number, paid_by, participants:list\nRoommate: name\npage Balances SharedExpense",
    ),
    (
        "shopify",
        "Order: order_number, customer_email:email, subtotal:number, shipping, tracking, status=new|shipped\nProduct: name, sku, price:number\nProductVariant: sku, inventory_quantity:number\nCart: total:number\npage Shop Product\npage Cart Cart\npage Checkout Order",
    ),
    (
        "stripe",
        "Subscription: plan, amount:number, currency, payment_status=unpaid|paid, renewal:date\nPayment: amount:number, currency, payment_method\npage Pricing\npage Billing Subscription\nfunction createCheckout ",
    ),
    (
        "square",
        "Order: order_number, total:number, tip:number, status=new|served\nMenuItem: name, price:number\nPosTerminal: name\nTipEntry: amount:number\npage PosRegister Order\npage Kitchen Order",
    ),
    (
        "outlook",
        "Meeting: title, start_time:date-time, end_time:date-time, organizer_email:email, location, status=planned|confirmed\nEmployee: name, email:email\nDepartment: name\nTimeOffRequest: reason, start_date:date, end_date:date\npage Meetings Meeting",
    ),
    (
        "microsoft_teams",
        "Announcement: title, message\nEmployee: name\nDepartment: name\nTeam: name\nShift: title\npage Announcements Announcement\npage Employees Employee",
    ),
    (
        "discord",
        "Announcement: title, message\nTournament: name\nGuild: name\nMember: name\nGame: name\npage Community Announcement\npage Leaderboard",
    ),
    (
        "slackbot",
        "Incident: title, description, severity=low|high, status=open|resolved\nTeam: name\nEmployee: name\npage Incidents Incident\npage Team Team",
    ),
    (
        "google_contacts",
        "Contact: name, email:email, phone, company\npage Directory Contact",
    ),
    (
        "salesforce",
        "Opportunity: name, amount:number, stage=new|won, contact_email:email, company\nAccount: name, phone\nTerritory: name\nQuote: title\npage Pipeline Opportunity\npage Opportunities Opportunity",
    ),
    (
        "zendesk",
        "SupportTicket: subject, description, priority=low|high, requester_email:email, status=open|resolved, category\nFAQ: question, answer\npage HelpCenter FAQ\npage Support SupportTicket",
    ),
    (
        "intercom",
        "SupportConversation: subject, message, channel, requester_email:email, status=open|resolved\nHelpArticle: title\npage HelpCenter HelpArticle\npage Support SupportConversation",
    ),
    (
        "bamboohr",
        "Employee: first_name, last_name, email:email, hire_date:date, salary:number, department, job_title\nLeaveRequest: reason\nPayroll: amount:number\nJobPosting: title\npage Payroll Payroll\npage LeaveManagement LeaveRequest\npage Recruitment JobPosting",
    ),
    (
        "googlemeet",
        "Lesson: title, start_time:date-time, end_time:date-time, meeting_link, student_email:email\npage VideoCall Lesson\nfunction createMeeting ",
    ),
    (
        "zoom",
        "Webinar: title, start_time:date-time, duration:number, join_url, attendees:list\npage LiveWebinar Webinar\nfunction createMeeting ",
    ),
    (
        "calendly",
        "Consultation: invitee_email:email, scheduling, booking_link, slot:date-time\npage Booking Consultation",
    ),
    (
        "typeform",
        "Survey: title, questions:list\nSurveyResponse: answers:list, score:number\npage Surveys Survey\npage Questionnaire SurveyResponse",
    ),
    (
        "google_forms",
        "Survey: title, questions:list\nSurveyResponse: answers:list, score:number\npage Surveys Survey\npage IntakeForms SurveyResponse",
    ),
    (
        "google_classroom",
        "Course: title, teacher_name, subject\nAssignment: title, due_date:date, class_id, subject\nStudent: name\nTeacher: name\nGrade: points:number\npage Gradebook Grade\npage Students Student\npage Homework Assignment",
    ),
    (
        "fitbit",
        "Workout: name, steps:number, heart_rate:number, calories:number, sleep_hours:number\nNutrition: meal\npage Fitness Workout\npage Wellness",
    ),
    (
        "hugging_face",
        "MlModel: name, model_id, checkpoint\nTrainingRun: model_name\npage Models MlModel",
    ),
    (
        "notion",
        "KnowledgeArticle: title, body, category\nNote: title, content\npage KnowledgeBase KnowledgeArticle\npage Notes Note\npage Wiki",
    ),
    (
        "hubspot",
        "Lead: full_name, email:email, phone, company, stage=new|qualified|won, source\nReferralPartner: name, email:email\npage Pricing\npage Signup Lead\npage Partners ReferralPartner",
    ),
    (
        "youtube",
        "Video: title, description, video_url, published_at:date-time, hashtags:list, likes:number, status=draft|published\nEpisode: title\npage Videos Video\nfunction renderVideo ",
    ),
    (
        "trello",
        "Project: name\nMilestone: title\nProjectTask: title, description, assignee_email:email, due_date:date, priority=low|high, status=todo|done\nTeam: name\npage Kanban ProjectTask",
    ),
    (
        "monday",
        "Project: name\nMilestone: title\nProjectTask: title, description, assignee_email:email, due_date:date, priority=low|high, status=todo|done\nTeam: name\npage Workload ProjectTask",
    ),
    (
        "wrike",
        "Project: name\nMilestone: title\nProjectTask: title, description, assignee_email:email, due_date:date, priority=low|high, status=todo|done\nTeam: name\npage Gantt ProjectTask",
    ),
    (
        "jira",
        "BugReport: title, description, priority=low|high, assignee, status=open|fixed\nSprint: name\nIssue: title, description\npage Roadmap BugReport\npage Releases",
    ),
    (
        "confluence",
        "KnowledgeArticle: title, content, category, tags:list\nWorkspace: name\nTeam: name\npage KnowledgeBase KnowledgeArticle\npage Roadmap",
    ),
    (
        "one_drive",
        "Project: name, client_name, file_url, attachments:list\nContract: title, file_url\npage Projects Project\npage FileStorage\nfunction uploadBackup ",
    ),
    (
        "box",
        "Project: name, client_name, file_url, attachments:list\nContract: title, file_url\npage Projects Project\npage FileStorage\nfunction uploadBackup ",
    ),
    (
        "share_point",
        "Project: name, client_name, file_url, attachments:list\nContract: title, file_url\npage Projects Project\npage FileStorage\nfunction uploadBackup ",
    ),
];

#[test]
fn each_connector_is_found_by_what_an_app_says() {
    let catalog = Catalog::embedded();
    let everything = Options {
        limit: 100,
        ..Options::default()
    };
    let mut lost = Vec::new();
    for (connector, lines) in APPS {
        if catalog.get(connector).is_none() {
            continue;
        }
        let app = app(lines);
        assert!(app.problems.is_empty(), "{connector}: {:?}", app.problems);
        let found = suggest(&app, catalog, &everything);
        let Some(one) = found.iter().find(|one| one.connector == *connector) else {
            lost.push((connector, found.iter().map(|one| one.id.clone()).collect::<Vec<_>>()));
            continue;
        };
        assert!(!one.evidence.is_empty(), "{}", one.id);
        assert!(!one.prompt.contains(['{', '}', '[', ']']), "{}", one.prompt);
        assert!(!one.title.contains(['{', '}', '[', ']']), "{}", one.title);
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn each_plan_compiles_breaks_no_rule_and_does_what_it_should() {
    let catalog = Catalog::embedded();
    let mut broken = Vec::new();
    for (connector, lines) in APPS {
        if catalog.get(connector).is_none() {
            continue;
        }
        let app = app(lines);
        let everything = Options {
            limit: 100,
            ..Options::default()
        };
        for one in suggest(&app, catalog, &everything) {
            if one.connector == *connector
                && let Err(why) = proved(&one.plan, &app, catalog)
            {
                broken.push(format!("{}: {why}", one.id));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}
