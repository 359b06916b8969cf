//! Work that is planned and ticked off, and code that is written.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, some};

const TASK: Words = "task. tasks. todo todos. to_do action_item chore tarea tarefa aufgabe tache compito attivita úkol ukol משימה project_task goal. reminder";
const PROJECT: &[Clue] = &[some(
    In::Field,
    "assignee assigned due_date priority milestone sprint estimate fecha_limite prazo frist echeance scadenza termin",
    6,
    3,
    4,
    "is how work is planned",
)];
const TEAMWORK: &[Clue] = &[
    some(
        In::Entity,
        "project. projects. milestone sprint team. teams. workspace proyecto projeto projekt progetto",
        8,
        3,
        3,
        "is shared work",
    ),
    some(
        In::Page,
        "project board kanban gantt sprint roadmap workload",
        8,
        3,
        2,
        "is about planned work",
    ),
];
const OWN: &[Clue] = &[
    some(
        In::Entity,
        "habit goal focus routine brain reminder personal daily routine_template streak",
        14,
        4,
        3,
        "is about one's own day",
    ),
    some(
        In::Page,
        "todo tasks. planner habit focus quick_add my_tasks my_todos today goals.",
        10,
        4,
        3,
        "is about one's own day",
    ),
    some(In::Function, "task", 6, 2, 2, "works on tasks"),
];
const CODE: &[Clue] = &[
    some(
        In::Field,
        "repo. repos. repository repositories repo_url repo_name commit. commits. commit_hash branch_name pull_request codebase tech_stack source_code deployment_url build_status",
        22,
        6,
        3,
        "is about code",
    ),
    some(
        In::Entity,
        "repository repo. commit. deployment sprint bug. bugs. bug_report feature_request project_system prompt. build_prompt codebase dev_doc project_feature changelog developer",
        12,
        4,
        3,
        "is about making software",
    ),
    some(
        In::Page,
        "developer dev. devops deployment repositor release_notes releases changelog roadmap",
        10,
        4,
        2,
        "is about making software",
    ),
    some(
        In::Function,
        "repo. commit. deploy github bug sprint",
        8,
        3,
        2,
        "works on software",
    ),
];
const ISSUE: Words = "bug. bugs. bug_report issue. issues. feature_request defect fehler anomalie chyba תקלה";

const fn task(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "task",
        intents: "create_task create_card create_item create_issue write create add",
        on: Some(On {
            named: TASK,
            ground: 36,
            says: "is something to do",
            fields: PROJECT,
        }),
        around,
        when: When::Created,
        title,
        prompt,
        own: Some("[On the {page} page, ]let each user add {a} to their own {connector}"),
    }
}

const fn issue(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "issue",
        intents: "create_issue issues create",
        on: Some(On {
            named: ISSUE,
            ground: 34,
            says: "is something to fix",
            fields: PROJECT,
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
    task(
        "googletasks",
        &[OWN],
        "{Things} in Google Tasks",
        "When {a} {happens}, add it to Google Tasks[ with its {due}]",
    ),
    task(
        "todoist",
        &[OWN],
        "{Things} in Todoist",
        "When {a} {happens}, add it to Todoist[ with its {due}]",
    ),
    task(
        "asana",
        &[TEAMWORK],
        "{Things} in Asana",
        "When {a} {happens}, create an Asana task[ due on its {due}]",
    ),
    task(
        "clickup",
        &[TEAMWORK],
        "{Things} in ClickUp",
        "When {a} {happens}, create a ClickUp task[ due on its {due}]",
    ),
    task(
        "monday",
        &[TEAMWORK],
        "{Things} in monday.com",
        "When {a} {happens}, create a monday.com item",
    ),
    task(
        "trello",
        &[TEAMWORK],
        "{Things} in Trello",
        "When {a} {happens}, create a Trello card[ due on its {due}]",
    ),
    task(
        "wrike",
        &[TEAMWORK],
        "{Things} in Wrike",
        "When {a} {happens}, create a Wrike task",
    ),
    issue(
        "linear",
        &[CODE],
        "{Things} in Linear",
        "When {a} {happens}, create a Linear issue",
    ),
    issue(
        "jira",
        &[CODE],
        "{Things} in Jira",
        "When {a} {happens}, create a Jira issue",
    ),
    issue(
        "gitlab",
        &[CODE],
        "{Things} as GitLab issues",
        "When {a} {happens}, create a GitLab issue",
    ),
    issue(
        "github",
        &[CODE],
        "{Things} as GitHub issues",
        "When {a} {happens}, create a GitHub issue",
    ),
    Offer {
        connector: "github",
        kind: "repository",
        intents: "list_commits list_repos read_repo list",
        on: None,
        around: &[CODE],
        when: When::Asked,
        title: "What happens in the GitHub repositories",
        prompt: "[On the {dashboard} page, ]show the latest commits and issues of our GitHub repositories",
        own: None,
    },
    Offer {
        connector: "confluence",
        kind: "page",
        intents: "create_page create",
        on: Some(On {
            named: "knowledge kb. article wiki documentation handbook policy wissen conocimiento conhecimento conoscenza znalost ידע",
            ground: 40,
            says: "is knowledge that a team keeps",
            fields: &[some(
                In::Field,
                "content body category tags. markdown",
                4,
                2,
                2,
                "is what a page has",
            )],
        }),
        around: &[TEAMWORK],
        when: When::Created,
        title: "{Things} in Confluence",
        prompt: "When {a} {happens}, create a Confluence page[ with its {text}]",
        own: None,
    },
];
