//! A virtual terminal: a real pseudo-terminal with a real program in it, and a screen whose cells
//! a test can read. Nothing waits a fixed time: waiting ends when the screen shows what is waited
//! for, and a limit only ends a test that would hang.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::playground::Playground;

/// A program in a terminal.
pub struct Terminal {
    parser: vt100::Parser,
    bytes: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

const LIMIT: Duration = Duration::from_secs(60);

impl Terminal {
    /// Starts `binary` in a playground's environment, with more variables if wanted.
    pub fn start(
        playground: &Playground,
        binary: &str,
        args: &[&str],
        env: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pty = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(binary);
        command.args(args);
        command.env_clear();
        playground.env().iter().for_each(|(k, v)| command.env(k, v));
        env.iter().for_each(|(k, v)| command.env(k, v));
        command.cwd(playground.app());
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pty.master.take_writer().unwrap();
        Self {
            parser: vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0),
            bytes,
            raw: Vec::new(),
            writer,
            child,
            _master: pty.master,
        }
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// Every byte that was written to the terminal.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The process in it.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the screen contains a text.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contains(text));
    }

    /// Waits until the screen is as described.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        let end = Instant::now() + LIMIT;
        while !fits(&self.screen()) {
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited for {what:?}; the screen is:\n{}", self.screen()),
                Err(RecvTimeoutError::Disconnected) if fits(&self.screen()) => return,
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("waited for {what:?}; the program ended with:\n{}", self.screen())
                }
            }
        }
    }

    /// Whatever has been written by now and within a moment.
    pub fn drain(&mut self, moment: Duration) -> usize {
        let before = self.raw.len();
        let end = Instant::now() + moment;
        while let Ok(bytes) = self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.take(&bytes);
        }
        self.raw.len() - before
    }

    /// Waits for the next bytes, whatever they are.
    #[track_caller]
    pub fn next_bytes(&mut self) {
        match self.bytes.recv_timeout(LIMIT) {
            Ok(bytes) => self.take(&bytes),
            Err(_) => panic!("nothing was written; the screen is:\n{}", self.screen()),
        }
    }

    /// Types text or control characters.
    pub fn keys(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Types a key in answer to a card. A card takes no key in its first moments, so these are
    /// waited for; the key is repeated only after a time in which even a loaded machine would have
    /// answered, because a second one may answer the card that comes next.
    #[track_caller]
    pub fn answer(&mut self, key: &str, until: &str) {
        let end = Instant::now() + LIMIT;
        while !self.screen().contains(until) {
            assert!(
                Instant::now() < end,
                "answered with {key:?} and waited for {until:?}; the screen is:\n{}",
                self.screen()
            );
            self.drain(Duration::from_millis(450));
            self.keys(key);
            let patience = (Instant::now() + Duration::from_secs(10)).min(end);
            while !self.screen().contains(until) {
                match self
                    .bytes
                    .recv_timeout(patience.saturating_duration_since(Instant::now()))
                {
                    Ok(bytes) => self.take(&bytes),
                    Err(_) => break,
                }
            }
        }
        // The rest of that frame: a link in it may still be on its way.
        self.drain(Duration::from_millis(200));
    }

    /// Waits for the program's end and gives its exit code.
    pub fn wait_end(&mut self) -> u32 {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.drain(Duration::from_millis(50));
                return status.exit_code();
            }
            assert!(
                Instant::now() < end,
                "the program does not end; the screen is:\n{}",
                self.screen()
            );
            self.drain(Duration::from_millis(20));
        }
    }

    /// Kills the program outright: no handler of its own runs.
    pub fn kill(&mut self) {
        // The library's own `kill` asks first (SIGHUP), which a program may answer by leaving in order.
        let pid = self
            .child
            .process_id()
            .and_then(|pid| rustix::process::Pid::from_raw(pid.try_into().ok()?));
        if let (Ok(None), Some(pid)) = (self.child.try_wait(), pid) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        let _ = self.child.wait();
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
        // Terminals answer when they are asked for the cursor's place.
        if bytes.windows(4).any(|w| w == b"\x1b[6n") {
            let (row, column) = self.parser.screen().cursor_position();
            self.keys(&format!("\x1b[{};{}R", row + 1, column + 1));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}
