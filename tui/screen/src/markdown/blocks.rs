//! Where streamed markdown may be cut.
//!
//! The words of a model are cut into blocks as they come; a block that is cut off is never parsed
//! again, so that a long answer costs as much as a short one per word. Safe to cut: before a line
//! that begins at column 0 after a blank line outside a fence. A long fence is cut every
//! [`FENCE_LINES`] lines, and opened again in the next block.
//!
//! Invariant, property-tested: the blocks do not depend on how the text was cut into deltas.

/// Lines of a fence in one block.
const FENCE_LINES: usize = 64;

/// A block that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) source: String,
    /// Whether it goes on where the one before it ended, without a blank line between.
    pub(crate) joined: bool,
}

#[derive(Debug, Clone)]
struct Fence {
    mark: char,
    length: usize,
    opening: String,
    lines: usize,
}

/// Cuts a stream into blocks.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    tail: String,
    scanned: usize,
    blank: bool,
    fence: Option<Fence>,
    joined: bool,
}

impl Blocks {
    /// Takes more text and gives the blocks that are complete with it.
    pub(crate) fn feed(&mut self, text: &str) -> Vec<Block> {
        self.tail.push_str(text);
        let mut done = Vec::new();
        while let Some(length) = self.tail[self.scanned..].find('\n').map(|at| at + 1) {
            let line = self.tail[self.scanned..self.scanned + length].to_owned();
            if let Some(block) = self.line(&line) {
                done.push(block);
            }
        }
        done
    }

    /// What is not complete yet and can be shown, and how many rows of a table are held back:
    /// every further row could move all columns.
    pub(crate) fn tail(&self) -> (&str, usize) {
        if self.fence.is_some() {
            return (&self.tail, 0);
        }
        let (mut from, mut held) = (self.tail.len(), 0);
        for line in self.tail.split_inclusive('\n').rev() {
            if !line.starts_with('|') {
                break;
            }
            from -= line.len();
            held += 1;
        }
        (&self.tail[..from], held)
    }

    /// Whether what is not complete goes on where the block before it ended.
    pub(crate) fn tail_is_joined(&self) -> bool {
        self.joined
    }

    /// The rest, when the stream ends.
    pub(crate) fn finish(&mut self) -> Vec<Block> {
        let last = self.tail[self.scanned..].to_owned();
        let mut blocks: Vec<Block> = if last.is_empty() {
            Vec::new()
        } else {
            self.line(&last).into_iter().collect()
        };
        let rest = std::mem::take(self);
        let reopened = rest.joined
            && rest
                .fence
                .as_ref()
                .is_some_and(|f| f.lines == 0 && rest.tail == f.opening);
        if !rest.tail.trim().is_empty() && !reopened {
            blocks.push(Block {
                source: rest.tail,
                joined: rest.joined,
            });
        }
        blocks
    }

    fn line(&mut self, line: &str) -> Option<Block> {
        let trimmed = line.trim();
        if let Some(fence) = &mut self.fence {
            let closes = trimmed.len() >= fence.length && trimmed.chars().all(|c| c == fence.mark);
            self.scanned += line.len();
            if closes {
                self.fence = None;
                return None;
            }
            fence.lines += 1;
            if fence.lines < FENCE_LINES {
                return None;
            }
            fence.lines = 0;
            let opening = fence.opening.clone();
            let block = self.cut(self.scanned, true);
            self.tail.insert_str(0, &opening);
            self.scanned = opening.len();
            return block;
        }
        if trimmed.is_empty() {
            self.blank = true;
            self.scanned += line.len();
            return None;
        }
        let free = self.blank && !line.starts_with([' ', '\t']) && self.scanned > 0;
        let block = if free { self.cut(self.scanned, false) } else { None };
        self.blank = false;
        self.scanned += line.len();
        self.open(line);
        block
    }

    fn cut(&mut self, at: usize, next_joined: bool) -> Option<Block> {
        let rest = self.tail.split_off(at);
        let source = std::mem::replace(&mut self.tail, rest);
        let joined = std::mem::replace(&mut self.joined, next_joined);
        self.scanned = 0;
        (!source.trim().is_empty()).then_some(Block { source, joined })
    }

    fn open(&mut self, line: &str) {
        let body = line.trim_start();
        for mark in ['`', '~'] {
            let length = body.chars().take_while(|c| *c == mark).count();
            let info = body.get(length..).unwrap_or_default();
            if length >= 3 && (mark == '~' || !info.contains('`')) {
                let opening = if line.starts_with([' ', '\t']) {
                    format!("{}\n", mark.to_string().repeat(length))
                } else {
                    line.to_owned()
                };
                self.fence = Some(Fence {
                    mark,
                    length,
                    opening,
                    lines: 0,
                });
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Blocks};
    use proptest::prelude::*;

    fn cut(pieces: &[&str]) -> Vec<Block> {
        let mut blocks = Blocks::default();
        let mut out: Vec<Block> = pieces.iter().flat_map(|piece| blocks.feed(piece)).collect();
        out.extend(blocks.finish());
        out
    }

    #[test]
    fn cuts_between_paragraphs_but_not_inside_lists_and_fences() {
        let text = "One.\n\n- a\n\n  still a\n\n```\n\ncode\n\n```\n\nTwo.";
        let sources: Vec<String> = cut(&[text]).into_iter().map(|block| block.source).collect();
        assert_eq!(
            sources,
            ["One.\n\n", "- a\n\n  still a\n\n", "```\n\ncode\n\n```\n\n", "Two."]
        );
    }

    #[test]
    fn a_table_is_held_back_until_it_is_whole() {
        let mut blocks = Blocks::default();
        blocks.feed("Here:\n\nso\n| a | b |\n|--");
        assert_eq!(blocks.tail(), ("so\n", 2));
        blocks.feed("-|---|\n| 1 | 2 |\n\n");
        assert_eq!(blocks.tail().1, 0, "a blank line ends it");
        blocks.feed("```\n| not a table");
        assert_eq!(blocks.tail(), ("```\n| not a table", 0));
    }

    #[test]
    fn a_long_fence_is_cut_and_opened_again() {
        let text = format!("```ts\n{}```\n", "let a = 1;\n".repeat(150));
        let blocks = cut(&[&text]);
        assert_eq!(
            blocks.iter().map(|block| block.joined).collect::<Vec<_>>(),
            [false, true, true]
        );
        assert!(blocks.iter().all(|block| block.source.starts_with("```ts\n")));
        let lines: usize = blocks.iter().map(|block| block.source.matches("let a").count()).sum();
        assert_eq!(lines, 150);
    }

    fn markdown() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            "[a-z ]{0,12}",
            Just(String::new()),
            Just("```".into()),
            Just("~~~~".into()),
            Just("- item".into()),
            Just("  more".into()),
            Just("# Title".into()),
            Just("| a | b |".into()),
            "\\PC{0,6}",
        ];
        prop::collection::vec(line, 0..40).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn how_the_text_was_cut_into_deltas_does_not_matter(text in markdown(), size in 1usize..9) {
            let chars: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = chars.chunks(size).map(|chunk| chunk.iter().collect()).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(cut(&pieces), cut(&[&text]));
        }
    }
}
