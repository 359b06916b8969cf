//! The one way into the screen: everything that happens queues here, whoever sends it.
//!
//! Words of the model that wait in the queue are joined, so that a slow terminal can never grow
//! it. Waiting costs nothing: no tick, no polling.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::time::Duration;

use linchpin_protocol::{Event, Found};

use crate::Msg;

#[derive(Default)]
struct Queue {
    messages: VecDeque<Msg>,
    input: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

/// Where the agent, the broker and signals leave word for the screen. Cheap to clone, `Send`.
#[derive(Clone)]
pub struct Mailbox(Arc<Shared>);

/// The screen's end of it.
pub struct Inbox(Arc<Shared>);

/// A fresh pair.
pub fn mailbox() -> (Mailbox, Inbox) {
    let shared = Arc::<Shared>::default();
    (Mailbox(shared.clone()), Inbox(shared))
}

impl Mailbox {
    /// Leaves an event of the agent.
    pub fn send(&self, event: Event) {
        let mut queue = self.0.lock();
        if let Event::TextDelta { turn, text } = &event
            && let Some(Msg::Agent(Event::TextDelta {
                turn: before,
                text: so_far,
            })) = queue.messages.back_mut()
            && before == turn
        {
            so_far.push_str(text);
            return;
        }
        queue.messages.push_back(Msg::Agent(event));
        drop(queue);
        self.0.filled.notify_one();
    }

    /// Says what came of [`crate::Cmd::Store`].
    pub fn stored(&self, result: Result<(), String>) {
        self.push(Msg::Stored(result));
    }

    /// Says what was found of what [`crate::Cmd::Find`] asked for.
    pub fn found(&self, found: Found) {
        self.push(Msg::Found(found));
    }

    /// Asks the screen to close, as a signal does.
    pub fn stop(&self) {
        self.push(Msg::Stop);
    }

    pub(crate) fn push(&self, message: Msg) {
        self.0.lock().messages.push_back(message);
        self.0.filled.notify_one();
    }
}

/// What waits in an inbox.
#[derive(Default)]
pub(crate) struct Mail {
    pub(crate) messages: VecDeque<Msg>,
    /// Whether the terminal has something to read.
    pub(crate) input: bool,
}

impl Inbox {
    /// Everything that waits; if nothing does, waits until something comes or `patience` is over.
    pub(crate) fn take(&self, patience: Option<Duration>) -> Mail {
        let empty = |queue: &mut Queue| queue.messages.is_empty() && !queue.input;
        let queue = self.0.lock();
        let mut queue = match patience {
            None => self
                .0
                .filled
                .wait_while(queue, empty)
                .unwrap_or_else(PoisonError::into_inner),
            Some(patience) => {
                self.0
                    .filled
                    .wait_timeout_while(queue, patience, empty)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
        Mail {
            messages: std::mem::take(&mut queue.messages),
            input: std::mem::take(&mut queue.input),
        }
    }

    /// Has the terminal looked at again.
    pub(crate) fn note_input(&self) {
        self.0.lock().input = true;
    }

    /// What the terminal's reader calls when there is something to read.
    pub(crate) fn input_waker(&self) -> Arc<InputWaker> {
        Arc::new(InputWaker(self.0.clone()))
    }

    /// The sending end, for threads of our own.
    pub(crate) fn sender(&self) -> Mailbox {
        Mailbox(self.0.clone())
    }
}

/// Wakes the screen when the terminal has something to read.
pub(crate) struct InputWaker(Arc<Shared>);

impl Wake for InputWaker {
    fn wake(self: Arc<Self>) {
        self.0.lock().input = true;
        self.0.filled.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use linchpin_protocol::{Event, TurnId};

    use super::mailbox;
    use crate::Msg;

    #[test]
    fn words_that_wait_are_joined_and_order_is_kept() {
        let (sender, inbox) = mailbox();
        let delta = |turn, text: &str| Event::TextDelta {
            turn: TurnId(turn),
            text: text.into(),
        };
        [
            delta(1, "a"),
            delta(1, "b"),
            delta(2, "c"),
            Event::TurnEnded {
                turn: TurnId(2),
                how: "done".into(),
            },
            delta(2, "d"),
        ]
        .into_iter()
        .for_each(|event| sender.send(event));
        let mail: Vec<_> = inbox.take(Some(Duration::ZERO)).messages.into();
        let [Msg::Agent(first), Msg::Agent(second), Msg::Agent(_), Msg::Agent(last)] = &mail[..] else {
            panic!("{mail:?}")
        };
        assert_eq!((first, second, last), (&delta(1, "ab"), &delta(2, "c"), &delta(2, "d")));
    }
}
