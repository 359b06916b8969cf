//! A model on a terminal: takes messages, draws when something is to be drawn, and says how long
//! it can be left alone. No clock and no input of its own, so that tests can play all of them.

use std::io::Write;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::terminal::Painter;
use crate::view::paint;
use crate::{Cmd, Model, Msg, Now, ScreenError, update};

/// Frames are at least this far apart.
const APART: Duration = Duration::from_millis(8);

/// A model on a terminal.
pub struct Stage<W: Write> {
    model: Model,
    painter: Painter<W>,
    /// What the terminal shows.
    shown: Buffer,
    /// Where the next frame is drawn.
    next: Buffer,
    dirty: bool,
    drawn_at: Option<Duration>,
    wake_at: Option<Duration>,
}

impl<W: Write> Stage<W> {
    /// Puts a model on a terminal of this size behind `out`.
    pub fn new(model: Model, out: W, size: (u16, u16), now: Now) -> Self {
        let area = Rect::new(0, 0, size.0, size.1);
        let (painter, shown, next) = (Painter::new(out), Buffer::empty(area), Buffer::empty(area));
        let mut stage = Self {
            model,
            painter,
            shown,
            next,
            dirty: true,
            drawn_at: None,
            wake_at: None,
        };
        // No command can follow from a first size.
        let _ = stage.take(Msg::Resize(size.0, size.1), now);
        stage
    }

    /// Takes a message in; gives what is to be done.
    pub fn take(&mut self, msg: Msg, now: Now) -> Vec<Cmd> {
        if let Msg::Resize(width, height) = msg {
            self.resize(width, height);
        }
        self.dirty = true;
        let mut cmds = update(&mut self.model, msg, now);
        let wakes = cmds
            .iter()
            .filter_map(|cmd| if let Cmd::WakeAt(at) = cmd { Some(*at) } else { None });
        self.wake_at = wakes.min();
        cmds.retain(|cmd| !matches!(cmd, Cmd::WakeAt(_)));
        cmds
    }

    /// How long nothing has to be done, if nothing happens; `None` is for ever.
    pub fn patience(&self, now: Now) -> Option<Duration> {
        let draw_at = self
            .dirty
            .then(|| self.drawn_at.map_or(now.since_start, |at| at + APART));
        let next = [draw_at, self.wake_at].into_iter().flatten().min()?;
        Some(next.saturating_sub(now.since_start))
    }

    /// Does what is due: wakes the model, draws. Gives what is to be done.
    ///
    /// # Errors
    /// If the terminal can't be written to.
    pub fn turn(&mut self, now: Now) -> Result<Vec<Cmd>, ScreenError> {
        let mut cmds = Vec::new();
        if self.wake_at.is_some_and(|at| at <= now.since_start) {
            self.wake_at = None;
            cmds = self.take(Msg::Wake, now);
        }
        if self.dirty && self.drawn_at.is_none_or(|at| now.since_start >= at + APART) {
            self.dirty = false;
            self.drawn_at = Some(now.since_start);
            self.draw()?;
        }
        Ok(cmds)
    }

    /// Draws everything anew: somebody else wrote to the terminal.
    pub(crate) fn repaint(&mut self) {
        self.painter.forget();
        self.clear();
    }

    /// Writes a sequence that is no frame.
    pub(crate) fn write(&mut self, bytes: &str) {
        self.painter.write(bytes);
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What was written.
    pub fn writer(&self) -> &W {
        self.painter.writer()
    }

    /// After a resize nothing that the terminal shows is relied on.
    fn resize(&mut self, width: u16, height: u16) {
        let area = Rect::new(0, 0, width, height);
        if area != self.shown.area {
            self.shown.resize(area);
            self.next.resize(area);
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.painter.clear();
        self.shown.reset();
        self.dirty = true;
    }

    fn draw(&mut self) -> Result<(), ScreenError> {
        self.next.reset();
        let painted = paint(&self.model, &mut self.next);
        self.painter.draw(&mut self.shown, &self.next, &painted);
        std::mem::swap(&mut self.shown, &mut self.next);
        match self.painter.failure() {
            None => Ok(()),
            Some(error) => Err(ScreenError::Write(error)),
        }
    }
}
