//! Lessons, meetings, forms, health, and models.

use super::super::offer::{Offer, On, When};
use crate::clue::{Clue, In, Words, once, some};

const ONLINE: Words = "meeting. meetings. session. sessions. lesson class. classes. consultation interview webinar booking. appointment coaching clase aula consulta unterricht besprechung cours seance lezione hodina פגישה שיעור";
const LINK: &[Clue] = &[
    some(
        In::Field,
        "meeting_link meeting_url meet_link video_link join_url session_url call_link video_call zoom",
        20,
        5,
        1,
        "is where people meet online",
    ),
    some(
        In::Field,
        "start_time start_date duration attendee participants",
        6,
        2,
        2,
        "says when and who",
    ),
];
const CALLS: &[Clue] = &[
    some(
        In::Page,
        "video_call meeting waiting_room webinar live",
        10,
        4,
        2,
        "is for meeting online",
    ),
    some(
        In::Function,
        "meeting video_session webinar meet_link",
        8,
        3,
        2,
        "sets up meetings",
    ),
];
const ASKED: Words = "survey questionnaire quiz form. forms. form_template poll feedback_form intake encuesta formulario pesquisa umfrage formular fragebogen sondage questionnaire sondaggio modulo dotaznik שאלון טופס";
const ANSWERS: &[Clue] = &[some(
    In::Field,
    "question answers responses score options answer pregunta respuesta frage antwort reponse risposta",
    8,
    4,
    3,
    "is a question or an answer",
)];
const FORMS: &[Clue] = &[
    some(
        In::Entity,
        "survey_response form_response response. submission questionnaire",
        10,
        4,
        2,
        "is what people answered",
    ),
    some(
        In::Page,
        "survey form. forms. quiz questionnaire intake",
        8,
        3,
        2,
        "asks people",
    ),
];

const fn form(connector: &'static str, title: &'static str, prompt: &'static str) -> Offer {
    Offer {
        connector,
        kind: "form",
        intents: "create_form list_responses list_forms read list",
        on: Some(On {
            named: ASKED,
            ground: 34,
            says: "asks people something",
            fields: ANSWERS,
        }),
        around: &[FORMS],
        when: When::Asked,
        title,
        prompt,
        own: None,
    }
}

const fn meeting(
    connector: &'static str,
    around: &'static [&'static [Clue]],
    title: &'static str,
    prompt: &'static str,
) -> Offer {
    Offer {
        connector,
        kind: "meeting",
        intents: "create_meeting create_space create_meet meet create list_event_types list",
        on: Some(On {
            named: ONLINE,
            ground: 26,
            says: "can be held online",
            fields: LINK,
        }),
        around,
        when: When::Matters,
        title,
        prompt,
        own: None,
    }
}

/// The offers.
pub(super) const OFFERS: &[Offer] = &[
    meeting(
        "googlemeet",
        &[CALLS],
        "A Google Meet link for each {thing}",
        "When {a} {happens}, create a Google Meet link for it",
    ),
    meeting(
        "zoom",
        &[CALLS],
        "A Zoom meeting for each {thing}",
        "When {a} {happens}, create a Zoom meeting for it",
    ),
    Offer {
        connector: "calendly",
        kind: "bookings",
        intents: "list_events list_event_types read list",
        on: Some(On {
            named: "booking. bookings. appointment consultation demo_request reserva cita agendamento termin buchung rendez appuntamento תור",
            ground: 34,
            says: "is a time somebody picks",
            fields: &[some(
                In::Field,
                "invitee scheduling availability slot booking_link event_type calendly",
                12,
                5,
                2,
                "is how a time is picked",
            )],
        }),
        around: &[],
        when: When::Asked,
        title: "{Things} from Calendly",
        prompt: "Bring the meetings that people book on Calendly into {things}",
        own: None,
    },
    form(
        "typeform",
        "{Things} from Typeform",
        "Bring the answers of our Typeform into {things}",
    ),
    form(
        "google_forms",
        "{Things} from Google Forms",
        "Bring the answers of our Google Form into {things}",
    ),
    Offer {
        connector: "google_classroom",
        kind: "course",
        intents: "create_assignment create_coursework create_course list_courses create list",
        on: Some(On {
            named: "course. courses. class. classes. assignment. assignments. classroom homework grade. student. students. curso clase tarea_escolar aula turma kurs klasse unterricht cours devoir corso compito trida kurz שיעור כיתה תלמיד",
            ground: 38,
            says: "is taught in a class",
            fields: &[some(
                In::Field,
                "teacher student grade. due_date subject. class_id enrollment",
                6,
                3,
                3,
                "belongs to a class",
            )],
        }),
        around: &[&[
            some(
                In::Entity,
                "student. teacher. grade. gradebook enrollment subject. parent. alumno profesor aluno professor schuler lehrer eleve studente docente zak ucitel תלמיד מורה",
                8,
                4,
                3,
                "belongs to a school",
            ),
            some(
                In::Page,
                "gradebook student. students. teacher. classes. homework",
                6,
                3,
                3,
                "belongs to a school",
            ),
        ]],
        when: When::Asked,
        title: "{Things} from Google Classroom",
        prompt: "Bring our Google Classroom courses into {things}",
        own: None,
    },
    Offer {
        connector: "fitbit",
        kind: "activity",
        intents: "read_activity read_steps read list",
        on: None,
        around: &[&[
            some(
                In::Field,
                "steps. step_count heart_rate calories sleep_hours sleep_score workout weight_kg bmi resting_heart pasos schritte pas. passi kroky צעדים",
                24,
                8,
                3,
                "is measured by a tracker",
            ),
            some(
                In::Entity,
                "workout exercise activity_log health_log sleep nutrition wellness fitness habit entrenamiento treino training. allenamento cviceni אימון",
                14,
                5,
                3,
                "is about the body",
            ),
            some(
                In::Page,
                "fitness workout health wellness nutrition",
                10,
                4,
                2,
                "is about the body",
            ),
            some(
                In::Function,
                "wellness fitness workout health_data",
                12,
                4,
                2,
                "is about the body",
            ),
        ]],
        when: When::Asked,
        title: "Steps and sleep from Fitbit",
        prompt: "[On the {dashboard} page, ]let each user see their own steps and sleep from Fitbit",
        own: None,
    },
    Offer {
        connector: "hugging_face",
        kind: "model",
        intents: "search_models search list",
        on: None,
        around: &[&[
            some(
                In::Entity,
                "ml_model training_run embedding inference ai_model fine_tun",
                30,
                8,
                2,
                "is about models",
            ),
            some(
                In::Field,
                "model_id model_name embedding inference checkpoint",
                16,
                4,
                2,
                "is about models",
            ),
            once(
                In::Service,
                "huggingface|hugging",
                50,
                "runs models by the app's own means",
            ),
        ]],
        when: When::Asked,
        title: "Models from Hugging Face",
        prompt: "Run a model of Hugging Face and show its answer",
        own: None,
    },
];
