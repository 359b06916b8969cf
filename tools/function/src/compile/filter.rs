//! The filters of texts: dates on the clock they belong to, amounts with their currency.

use serde_json::Value as Json;

use super::text::{Code, Lower, Need, is_currency, kind_error};
use super::ts::string;
use crate::plan::scope::{Found, ValueKind};
use crate::plan::{PlanError, parse_zone};
use crate::template::{Argument, Filter, Path, Value};

impl Lower<'_> {
    pub(crate) fn filter(
        &mut self,
        place: &str,
        value: &Value,
        code: Code,
        filter: &Filter,
    ) -> Result<Code, PlanError> {
        let (need, function) = match filter {
            Filter::Date(_) => (Need::FormatDate, "formatDate"),
            Filter::Time(_) => (Need::FormatTime, "formatTime"),
            Filter::DateTime(_) => (Need::FormatDateTime, "formatDateTime"),
            Filter::Money(currency) => return self.money(place, value, code, currency.as_ref()),
            Filter::Default(text) => {
                let operator = match code.kind {
                    ValueKind::Number | ValueKind::Boolean => "??",
                    _ => "||",
                };
                return Ok(Code {
                    code: format!("{} {operator} {}", grouped(&code.code), string(text)),
                    optional: false,
                    ..code
                });
            }
        };
        let (Filter::Date(zone) | Filter::Time(zone) | Filter::DateTime(zone)) = filter else {
            return Ok(code);
        };
        if !matches!(
            code.kind,
            ValueKind::Day | ValueKind::Moment | ValueKind::Text | ValueKind::Unknown
        ) {
            return Err(kind_error(place, value, "no date", "a date"));
        }
        if code.kind == ValueKind::Day && !matches!(filter, Filter::Date(_)) {
            return Err(kind_error(place, value, "a day without a time", "a moment"));
        }
        let zone = match zone {
            Some(Argument::Text(zone)) => {
                parse_zone(zone)?;
                string(zone)
            }
            Some(Argument::Path(path)) => self.argument(place, path, "TIME_ZONE")?,
            None if code.kind == ValueKind::Day => "\"UTC\"".to_owned(),
            None => self.own_zone(code.record.as_ref()),
        };
        self.needs.insert(need);
        // A day is the same day everywhere; the helper takes it as it stands.
        let arguments = match code.kind {
            ValueKind::Day => code.code,
            _ => format!("{}, {zone}", code.code),
        };
        Ok(Code {
            code: format!("{function}({arguments})"),
            kind: ValueKind::Shown,
            optional: false,
            record: None,
        })
    }

    fn argument(&mut self, place: &str, path: &Path, fallback: &str) -> Result<String, PlanError> {
        let found: Found<'_> = self.scope.find(place, path)?;
        if fallback == "TIME_ZONE" && found.optional {
            self.needs.insert(Need::TimeZone);
        }
        Ok(match found.optional {
            true => format!("{} ?? {fallback}", found.code),
            false => found.code,
        })
    }

    fn money(
        &mut self,
        place: &str,
        value: &Value,
        code: Code,
        currency: Option<&Argument>,
    ) -> Result<Code, PlanError> {
        if !matches!(code.kind, ValueKind::Number | ValueKind::Text | ValueKind::Unknown) {
            return Err(kind_error(place, value, "no amount", "an amount"));
        }
        let default = self.currency.clone();
        let currency = match currency {
            Some(Argument::Text(text)) if is_currency(text) => Some(string(text)),
            Some(Argument::Text(text)) => {
                return Err(PlanError::Place {
                    place: place.to_owned(),
                    why: format!("`{text}` is no currency"),
                    next: "Use the three letters of ISO 4217, such as `money('EUR')`.",
                });
            }
            Some(Argument::Path(path)) => {
                Some(self.argument(place, path, &string(default.as_deref().unwrap_or("EUR")))?)
            }
            None => {
                let own = code.record.as_ref().and_then(|(record, fields)| {
                    let (name, own) = fields.iter().find(|(name, _)| name == "currency")?;
                    let own = own.as_ref().and_then(Json::as_str).map(str::to_owned);
                    Some((format!("{record}.{name}"), own.or(default.clone())?))
                });
                match (own, default) {
                    (Some((code, fallback)), _) => Some(format!("{code} ?? {}", string(&fallback))),
                    (None, Some(currency)) => Some(string(&currency)),
                    (None, None) => None,
                }
            }
        };
        let amount = match code.kind {
            ValueKind::Number => code.code,
            _ => format!("Number({})", code.code),
        };
        let shown = match currency {
            Some(currency) => {
                self.needs.insert(Need::FormatMoney);
                format!("formatMoney({amount}, {currency})")
            }
            None if code.optional => format!("{amount}?.toFixed(2) ?? \"\""),
            None => format!("{amount}.toFixed(2)"),
        };
        Ok(Code {
            code: shown,
            kind: ValueKind::Shown,
            optional: false,
            record: None,
        })
    }
}

/// An operand of `||`, which must not stand beside a bare `??`.
fn grouped(code: &str) -> String {
    match code.contains(" ?? ") && !code.ends_with(')') {
        true => format!("({code})"),
        false => code.to_owned(),
    }
}
