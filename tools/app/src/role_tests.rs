//! Roles of names as real apps write them, in eight languages.

use crate::{Entity, Field, Kind, Role, role};

fn check(entity: &str, fields: &[(&str, Kind, Option<&str>, Option<Role>)]) {
    let mut entities = vec![Entity {
        name: entity.to_owned(),
        fields: fields
            .iter()
            .map(|(name, kind, format, _)| Field {
                name: (*name).to_owned(),
                kind: *kind,
                format: format.map(str::to_owned),
                ..Field::default()
            })
            .collect(),
        ..Entity::default()
    }];
    role::assign(&mut entities);
    for (name, _, _, expected) in fields {
        assert_eq!(entities[0].field(name).unwrap().role, *expected, "{entity}.{name}");
    }
}

#[test]
fn names_in_eight_languages() {
    use Kind::{Number, String as Text};
    use Role::{Company, Date, Due, Email, Money, PersonName, Phone, Place, Quantity, Status, Title};
    check(
        "Kunde",
        &[
            ("vorname", Text, None, Some(PersonName)),
            ("emailAdresse", Text, None, Some(Email)),
            ("telefonnummer", Text, None, Some(Phone)),
            ("firma", Text, None, Some(Company)),
            ("anschrift", Text, None, Some(Place)),
        ],
    );
    check(
        "Factura",
        &[
            ("importe", Number, None, Some(Money)),
            ("fecha_vencimiento", Text, Some("date"), Some(Due)),
            ("correo_cliente", Text, None, Some(Email)),
            ("estado", Text, None, Some(Status)),
            ("cantidad", Number, None, Some(Quantity)),
        ],
    );
    check(
        "Tarefa",
        &[
            ("titulo", Text, None, Some(Title)),
            ("prazo", Text, None, Some(Due)),
            ("situação", Text, None, Some(Status)),
        ],
    );
    check(
        "Rendez",
        &[
            ("prénom", Text, None, Some(PersonName)),
            ("échéance", Text, None, Some(Due)),
            ("téléphone", Text, None, Some(Phone)),
        ],
    );
    check(
        "לקוח",
        &[
            ("שם_לקוח", Text, None, Some(PersonName)),
            ("טלפון", Text, None, Some(Phone)),
            ("תאריך", Text, None, Some(Date)),
        ],
    );
}

#[test]
fn names_in_italian_czech_and_more_hebrew() {
    use Kind::{Boolean, Number, String as Text};
    use Role::{Assignee, Company, Date, Due, Email, End, File, Money, PersonName, Phone, Place, Start, Status, Title};
    check(
        "Prenotazione",
        &[
            ("nome_cliente", Text, None, Some(PersonName)),
            ("cognome", Text, None, Some(PersonName)),
            ("indirizzo_email", Text, None, Some(Email)),
            ("cellulare", Text, None, Some(Phone)),
            ("data_inizio", Text, None, Some(Start)),
            ("data_fine", Text, None, Some(End)),
            ("data_nascita", Text, None, Some(Date)),
            ("scadenza", Text, None, Some(Due)),
            ("importo", Number, None, Some(Money)),
            ("stato", Text, None, Some(Status)),
            ("completato", Boolean, None, Some(Status)),
            ("città", Text, None, Some(Place)),
            ("responsabile", Text, None, Some(Assignee)),
            ("data", Text, None, None),
        ],
    );
    check(
        "Poptávka",
        &[
            ("název", Text, None, Some(Title)),
            ("jméno_zákazníka", Text, None, Some(PersonName)),
            ("příjmení", Text, None, Some(PersonName)),
            ("cena", Number, None, Some(Money)),
            ("stav", Text, None, Some(Status)),
            ("příloha", Text, None, Some(File)),
            ("splatnost", Text, None, Some(Due)),
            ("společnost", Text, None, Some(Company)),
            ("město", Text, None, Some(Place)),
        ],
    );
    check(
        "פגישה",
        &[
            ("נושא", Text, None, Some(Title)),
            ("מסמך", Text, None, Some(File)),
            ("נציג", Text, None, Some(Assignee)),
        ],
    );
}

#[test]
fn doubtful_names_get_no_role() {
    use Kind::{Boolean, String as Text};
    check(
        "Thing",
        &[
            ("email_sent", Boolean, None, None),
            ("email_subject", Text, None, Some(Role::Title)),
            ("time_zone", Text, None, None),
            ("color", Text, None, None),
            ("thing_id", Text, None, None),
            ("google_event_id", Text, None, Some(Role::ExternalId)),
        ],
    );
}

#[test]
fn pairs_need_both_ends_and_a_day() {
    use Kind::String as Text;
    use Role::{Date, DateTime, End, Start};
    check(
        "Shift",
        &[
            ("date", Text, Some("date"), Some(Date)),
            ("start_time", Text, Some("time"), Some(Start)),
            ("end_time", Text, Some("time"), Some(End)),
        ],
    );
    check(
        "Shop",
        &[
            ("day_starts", Text, Some("time"), None),
            ("day_ends", Text, Some("time"), None),
        ],
    );
    check("Trip", &[("start_date", Text, Some("date"), Some(Date))]);
    check("Visit", &[("checkIn", Text, Some("date-time"), Some(DateTime))]);
}
