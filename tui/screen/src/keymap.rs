//! Keys that a person may move: an action's own key, and the one the settings give it.
//!
//! Moving is a translation in front of `update`: a pressed key that was given to an action becomes
//! that action's own key, and the own key of a moved action becomes nothing. So every place that
//! reads keys reads the own ones, and the help shows the moved ones.
//! Not here: questions. Their keys never move, so that no setting can make a key answer one.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where an action's key is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// While one writes.
    Chat,
    /// On a chosen suggestion.
    Suggestions,
    /// On a review.
    Review,
    /// On a page one looks at: catalog, connections, functions, history, map.
    Page,
}

/// Something a key does.
#[derive(Debug)]
pub(crate) struct Action {
    /// Its name in the settings.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    /// Its own key.
    pub(crate) key: &'static str,
    pub(crate) does: &'static str,
}

const fn action(name: &'static str, place: Place, key: &'static str, does: &'static str) -> Action {
    Action { name, place, key, does }
}

/// All keys that can be moved, in the order of the help.
pub(crate) static ACTIONS: &[Action] = &[
    action(
        "send",
        Place::Chat,
        "Enter",
        "send; while a turn runs the message waits for its end",
    ),
    action("newline", Place::Chat, "Ctrl+J", "new line; Alt+Enter too"),
    action("palette", Place::Chat, "Ctrl+P", "all commands, found by a few letters"),
    action("search", Place::Chat, "Ctrl+R", "search the messages sent before"),
    action("editor", Place::Chat, "Ctrl+G", "write in $VISUAL or $EDITOR"),
    action("expand", Place::Chat, "Ctrl+O", "show what was pasted"),
    action(
        "stop",
        Place::Chat,
        "Esc",
        "stop the running turn; open a review that waits",
    ),
    action(
        "suggestions",
        Place::Chat,
        "Tab",
        "show or hide the suggestions while nothing is written",
    ),
    action("page-up", Place::Chat, "PgUp", "scroll up"),
    action("page-down", Place::Chat, "PgDn", "scroll down"),
    action(
        "suggestion.edit",
        Place::Suggestions,
        "e",
        "edit the chosen suggestion before it is sent",
    ),
    action(
        "suggestion.evidence",
        Place::Suggestions,
        "v",
        "show its evidence in the source",
    ),
    action("suggestion.dismiss", Place::Suggestions, "x", "not for this app"),
    action("review.next", Place::Review, "j", "next hunk"),
    action("review.previous", Place::Review, "k", "previous hunk"),
    action("review.choose", Place::Review, "Space", "choose a hunk or leave it out"),
    action(
        "review.apply",
        Place::Review,
        "a",
        "apply what is chosen, once the last hunk has been in view; Enter too",
    ),
    action(
        "review.edit",
        Place::Review,
        "e",
        "edit the file in $EDITOR; it is checked anew",
    ),
    action("review.comment", Place::Review, "c", "ask for a change"),
    action("review.reject", Place::Review, "r", "reject all of it"),
    action(
        "review.side",
        Place::Review,
        "s",
        "before and after side by side, or one below the other",
    ),
    action("page.next", Place::Page, "j", "next row"),
    action("page.previous", Place::Page, "k", "previous row"),
    action("page.search", Place::Page, "/", "search"),
];

/// An action whose key was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    name: &'static str,
    place: Place,
    own: KeyEvent,
    to: KeyEvent,
    shown: String,
}

/// The keys as the settings have them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Keymap(Vec<Moved>);

impl Keymap {
    /// From the settings: an action's name and its key. Gives a sentence for each that can't be.
    pub(crate) fn new(settings: &[(String, String)]) -> (Self, Vec<String>) {
        let mut map = Self::default();
        let mut problems = Vec::new();
        for (name, key) in settings {
            match moved(name, key) {
                Ok(moved) => map.0.push(moved),
                Err(why) => problems.push(why),
            }
        }
        for at in (0..map.0.len()).rev() {
            if let Some(other) = map.taken(at) {
                let gone = map.0.remove(at);
                problems.push(format!(
                    "The key {} can't be given to `{}`: it is the key of `{other}`. Move that one too.",
                    gone.shown, gone.name
                ));
            }
        }
        (map, problems)
    }

    /// The action that has the key of the moved one at `at` already.
    fn taken(&self, at: usize) -> Option<&'static str> {
        let its = self.0.get(at)?;
        let by_own = ACTIONS.iter().find(|action| {
            action.place == its.place
                && action.name != its.name
                && parse(action.key) == Some(its.to)
                && !self.0.iter().any(|moved| moved.name == action.name)
        });
        let twice = self
            .0
            .iter()
            .take(at)
            .find(|other| other.place == its.place && other.to == its.to);
        by_own.map(|action| action.name).or(twice.map(|other| other.name))
    }

    /// What a pressed key means in one of these places; `None` if it lost its meaning.
    pub(crate) fn meant(&self, places: &[Place], key: KeyEvent) -> Option<KeyEvent> {
        let here = || self.0.iter().filter(|moved| places.contains(&moved.place));
        let pressed = bare(key);
        if let Some(moved) = here().find(|moved| moved.to == pressed) {
            return Some(moved.own);
        }
        here().all(|moved| moved.own != pressed).then_some(key)
    }

    /// The key of an action as it is now.
    pub(crate) fn shown<'a>(&'a self, action: &'a Action) -> &'a str {
        let moved = self.0.iter().find(|moved| moved.name == action.name);
        moved.map_or(action.key, |moved| &moved.shown)
    }

    /// The key of the action with that name as it is now.
    pub(crate) fn of(&self, name: &str) -> &str {
        ACTIONS
            .iter()
            .find(|action| action.name == name)
            .map_or("", |action| self.shown(action))
    }
}

fn moved(name: &str, key: &str) -> Result<Moved, String> {
    let Some(action) = ACTIONS.iter().find(|action| action.name == name) else {
        let nearest = ACTIONS
            .iter()
            .min_by_key(|action| strsim::damerau_levenshtein(action.name, name))
            .map_or("", |action| action.name);
        return Err(format!("There is no key called `{name}`. Did you mean `{nearest}`?"));
    };
    let (Some(own), Some(to)) = (parse(action.key), parse(key)) else {
        return Err(format!(
            "`{key}` is no key for `{name}`. Write one like `Ctrl+P`, `Alt+x`, `F2`, `PgUp` or `j`."
        ));
    };
    let is_letter = matches!(to.code, KeyCode::Char(_)) && !to.modifiers.intersects(HELD);
    if action.place == Place::Chat && is_letter {
        return Err(format!(
            "`{key}` can't be given to `{name}`: it is what one writes with."
        ));
    }
    if to.modifiers.contains(KeyModifiers::CONTROL) && matches!(to.code, KeyCode::Char('c' | 'z')) {
        return Err(format!("`{key}` can't be given to `{name}`: it leaves or suspends."));
    }
    Ok(Moved {
        name: action.name,
        place: action.place,
        own,
        to,
        shown: key.to_owned(),
    })
}

const HELD: KeyModifiers = KeyModifiers::CONTROL.union(KeyModifiers::ALT);

/// The key without what terminals disagree on: a capital letter's Shift.
fn bare(key: KeyEvent) -> KeyEvent {
    let letter = matches!(key.code, KeyCode::Char(_));
    let modifiers = if letter {
        key.modifiers & HELD
    } else {
        key.modifiers & (HELD | KeyModifiers::SHIFT)
    };
    KeyEvent::new(key.code, modifiers)
}

/// A key by its name.
pub(crate) fn parse(name: &str) -> Option<KeyEvent> {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name.trim();
    while let Some((held, after)) = rest
        .split_once('+')
        .filter(|(held, after)| !held.is_empty() && !after.is_empty())
    {
        modifiers |= match held.to_ascii_lowercase().as_str() {
            "ctrl" => KeyModifiers::CONTROL,
            "alt" => KeyModifiers::ALT,
            "shift" => KeyModifiers::SHIFT,
            _ => return None,
        };
        rest = after;
    }
    let code = match rest.to_ascii_lowercase().as_str() {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "del" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        lower => match (
            lower.strip_prefix('f').and_then(|number| number.parse().ok()),
            rest.chars().next(),
        ) {
            (Some(number @ 1..=12), _) => KeyCode::F(number),
            (_, Some(c)) if rest.chars().count() == 1 => match modifiers.intersects(HELD) {
                true => KeyCode::Char(c.to_ascii_lowercase()),
                false => KeyCode::Char(c),
            },
            _ => return None,
        },
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, Keymap, Place, parse};

    fn map(settings: &[(&str, &str)]) -> (Keymap, Vec<String>) {
        let settings: Vec<(String, String)> = settings.iter().map(|(n, k)| ((*n).into(), (*k).into())).collect();
        Keymap::new(&settings)
    }

    #[test]
    fn every_own_key_is_one_and_has_one_action_in_its_place() {
        for action in ACTIONS {
            assert!(parse(action.key).is_some(), "{}", action.name);
            let same = ACTIONS
                .iter()
                .filter(|a| a.place == action.place && a.key == action.key);
            assert_eq!(same.count(), 1, "{}", action.name);
        }
        assert_eq!(map(&[]).1, Vec::<String>::new());
    }

    #[test]
    fn a_moved_key_means_its_action_and_the_own_one_nothing() {
        let (map, problems) = map(&[("palette", "Ctrl+Space"), ("review.next", "n")]);
        assert_eq!(problems, Vec::<String>::new());
        let key = |name: &str| parse(name).unwrap();
        assert_eq!(map.meant(&[Place::Chat], key("Ctrl+Space")), Some(key("Ctrl+P")));
        assert_eq!(map.meant(&[Place::Chat], key("Ctrl+P")), None);
        assert_eq!(
            map.meant(&[Place::Chat], key("n")),
            Some(key("n")),
            "only where it was moved"
        );
        assert_eq!(map.meant(&[Place::Review], key("n")), Some(key("j")));
        assert_eq!(map.of("palette"), "Ctrl+Space");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let (map, problems) = map(&[
            ("palete", "F2"),
            ("send", "x"),
            ("editor", "Ctrl+Banana"),
            ("search", "Ctrl+P"),
            ("stop", "Ctrl+C"),
        ]);
        assert_eq!(map, Keymap::default());
        insta::assert_snapshot!(problems.join("\n"));
    }

    #[test]
    fn two_can_change_places() {
        let (map, problems) = map(&[("palette", "Ctrl+R"), ("search", "Ctrl+P")]);
        assert_eq!(problems, Vec::<String>::new());
        let key = |name: &str| parse(name).unwrap();
        assert_eq!(map.meant(&[Place::Chat], key("Ctrl+R")), Some(key("Ctrl+P")));
        assert_eq!(map.meant(&[Place::Chat], key("Ctrl+P")), Some(key("Ctrl+R")));
    }
}
