//! Keys on the list of connections.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::Op;

use super::is_awake;
use crate::model::{Front, Model};
use crate::{Cmd, Now};

pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    let list = &mut model.connections;
    let last = list.rows.len().saturating_sub(1);
    let chosen = list.rows.get(list.chosen);
    if let Some(at) = list.confirm {
        match key.code {
            KeyCode::Enter if !is_awake(list.asked_at, now) => return,
            KeyCode::Enter => {
                if let Some(row) = list.rows.get(at) {
                    let (connector, mode) = (row.connector.clone(), row.mode);
                    cmds.push(Cmd::Send(Op::Disconnect { connector, mode }));
                }
            }
            KeyCode::Esc => {}
            _ => return,
        }
        list.confirm = None;
        return;
    }
    match key.code {
        KeyCode::Esc | KeyCode::Char('q') => model.front = Front::Chat,
        KeyCode::Up | KeyCode::Char('k') => list.chosen = list.chosen.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => list.chosen = (list.chosen + 1).min(last),
        KeyCode::Char(c @ ('c' | 'o')) => {
            if let Some(row) = chosen {
                let (connector, mode) = (row.connector.clone(), row.mode);
                cmds.push(Cmd::Send(Op::Connect {
                    connector,
                    mode,
                    other_account: c == 'o',
                }));
                model.front = Front::Chat;
            }
        }
        KeyCode::Char('d') if chosen.is_some_and(|row| row.status != "not_connected") => {
            list.confirm = Some(list.chosen);
            list.asked_at = now.since_start;
        }
        _ => {}
    }
}
