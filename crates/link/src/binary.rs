//! A run as bytes.
//!
//! | what | how |
//! |---|---|
//! | the format, [`Run::FORMAT`] | number |
//! | the version of the program | text |
//! | the digest | 8 bytes, as its hexadecimal digits stand |
//! | the length | number |
//! | how many steps before its end the cursor is | number |
//! | the config | as [`super::config`] says |
//! | how many interventions | number |
//! | each of them | steps since the one before, less one: number; then as [`super::action`] says |
//! | if any intervention says when it happened: | |
//! | that it does | byte 3 |
//! | for each of them | 0: it does not; or 1 and the milliseconds since the last one that does: number |
//! | if anything is said about it: | |
//! | that it is said | byte 1 |
//! | the title, maybe empty | text |
//! | how many notes | number |
//! | each of them | steps since the one before, less one: number; the sentence: text |
//! | if any of the notes asks something, byte 2 in place of byte 1, and at the end: | |
//! | how many questions | number |
//! | each of them | notes since the one with a question before, less one: number; then as [`super::tree`] says |
//!
//! A *number* is little-endian in groups of seven bits, the top bit set in every byte but the last, and in no more bytes
//! than it needs. A *text* is its length in bytes, a number, and UTF-8. Nothing follows after that.
//! Because only the distance between two interventions is written, they cannot be written out of order.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::number::Numbered;
use crate::{LinkError, action, config, tree};
use quorum_core::limits::{
    MAX_ENGINE_BYTES, MAX_INTERVENTIONS, MAX_NOTE_BYTES, MAX_NOTES, MAX_TITLE_BYTES, MAX_UNPACKED_BYTES,
};
use quorum_core::run::{Annotation, Intervention, Run};
use quorum_core::scenario::Question;
use quorum_core::text::capital;

/// The run as bytes: what is inside a link before it is packed. The same run always makes the same bytes.
///
/// # Errors
/// [`LinkError::TooLarge`] when they would be more than [`MAX_UNPACKED_BYTES`], [`LinkError::BeginsInTheMiddle`] when its
/// servers stand somewhere already at its beginning, [`LinkError::Unfit`] when [`from_binary`] would refuse them.
pub fn to_binary(run: &Run) -> Result<Vec<u8>, LinkError> {
    // Steps that are out of order have no distance, so this comes first.
    run.validate().map_err(|error| LinkError::Unfit(error.to_string()))?;
    let digest =
        digest_bytes(&run.digest).ok_or_else(|| LinkError::Unfit("Its digest is not 16 hexadecimal digits.".into()))?;
    if run.config.begins().is_some() {
        return Err(LinkError::BeginsInTheMiddle);
    }
    let mut to = Writer::default();
    to.number(run.quorum);
    to.text(&run.engine);
    to.bytes(&digest);
    to.number(run.length);
    to.number(run.length - run.cursor);
    config::write(&run.config, &mut to);
    to.count(run.interventions.len());
    let mut next = 0;
    for Intervention { step, action, .. } in &run.interventions {
        to.number(step - next);
        next = step + 1;
        action::write(action, &mut to);
    }
    if run.interventions.iter().any(|one| one.at.is_some()) {
        write_times(run, &mut to);
    }
    if !run.title.is_empty() || !run.notes.is_empty() {
        write_words(run, &mut to);
    }
    if to.0.len() > MAX_UNPACKED_BYTES {
        return Err(LinkError::TooLarge);
    }
    // The reader alone judges what may be in a link, and it judges here, too: no link is handed out that it refuses.
    match from_binary(&to.0) {
        Ok(_) => Ok(to.0),
        Err(LinkError::Damaged(sentence)) => Err(LinkError::Unfit(sentence)),
        Err(error) => Err(error),
    }
}

/// The run in bytes that [`to_binary`] made.
///
/// # Errors
/// [`LinkError::Newer`] or [`LinkError::Damaged`].
pub fn from_binary(bytes: &[u8]) -> Result<Run, LinkError> {
    if bytes.len() > MAX_UNPACKED_BYTES {
        return damaged(&format!("It has {} bytes, and at most {MAX_UNPACKED_BYTES} are possible.", bytes.len()));
    }
    let mut from = Reader(bytes);
    let quorum = from.small("its format")?;
    if quorum != Run::FORMAT {
        return Err(LinkError::Newer(format!("a run of format {quorum}")));
    }
    let engine = from.text(MAX_ENGINE_BYTES, "the version of its program")?.into();
    let digest = format!("{:016x}", u64::from_be_bytes(from.bytes("its digest")?));
    let length = from.number("its length")?;
    let Some(cursor) = length.checked_sub(from.number("its cursor")?) else {
        return damaged("It points at a step before its beginning.");
    };
    let config = config::read(&mut from)?;
    let mut interventions = read_interventions(&mut from)?;
    read_times(&mut from, &mut interventions)?;
    let (title, notes) = read_words(&mut from)?;
    from.end()?;
    let run = Run { quorum, engine, config, interventions, cursor, length, digest, title, notes };
    if let Err(error) = run.validate() {
        return damaged(&error.to_string());
    }
    match Question::check_all(&run) {
        Ok(()) => Ok(run),
        Err(error) => damaged(&error.to_string()),
    }
}

fn read_interventions(from: &mut Reader<'_>) -> Result<Vec<Intervention>, LinkError> {
    // A step and an action's number are at least a byte each.
    let count = from.count(MAX_INTERVENTIONS, 2, "its interventions")?;
    let mut interventions = Vec::with_capacity(count);
    let mut next = 0_u64;
    for _ in 0..count {
        let since = from.number("the step of an intervention")?;
        // The last number there is has no next, and is far beyond any run's end.
        let Some((step, after)) = next.checked_add(since).and_then(|step| Some((step, step.checked_add(1)?))) else {
            return damaged("It has an intervention after its end.");
        };
        next = after;
        interventions.push(Intervention { step, action: action::read(from)?, at: None });
    }
    Ok(interventions)
}

/// What follows the interventions of a run that say when they happened.
const TIMES: u8 = 3;
/// What follows the interventions of a run about which something is said.
const WORDS: u8 = 1;
/// The same of one in which something is asked, too.
const ASKING: u8 = 2;

fn write_times(run: &Run, to: &mut Writer) {
    to.byte(TIMES);
    let mut last = 0;
    for Intervention { at, .. } in &run.interventions {
        to.number(at.map_or(0, |at| at - last + 1));
        last = at.unwrap_or(last);
    }
}

fn read_times(from: &mut Reader<'_>, interventions: &mut [Intervention]) -> Result<(), LinkError> {
    if from.0.first() != Some(&TIMES) {
        return Ok(());
    }
    from.byte("its times")?;
    let mut last = 0_u64;
    for intervention in interventions.iter_mut() {
        if let Some(since) = from.number("a time")?.checked_sub(1) {
            let Some(at) = last.checked_add(since) else { return damaged("It has an intervention after its end.") };
            intervention.at = Some(at);
            last = at;
        }
    }
    if interventions.iter().all(|one| one.at.is_none()) {
        return damaged("It says that something happened at a time, and nothing did.");
    }
    Ok(())
}

fn write_words(run: &Run, to: &mut Writer) {
    let questions = run.notes.iter().filter(|note| note.question.is_some()).count();
    to.byte(if questions == 0 { WORDS } else { ASKING });
    to.text(&run.title);
    to.count(run.notes.len());
    let mut next = 0;
    for Annotation { step, says, .. } in &run.notes {
        to.number(step - next);
        next = step + 1;
        to.text(says);
    }
    if questions == 0 {
        return;
    }
    to.count(questions);
    let mut next = 0;
    for (position, note) in run.notes.iter().enumerate() {
        if let Some(question) = &note.question {
            to.count(position - next);
            next = position + 1;
            tree::write(question, to);
        }
    }
}

fn read_words(from: &mut Reader<'_>) -> Result<(String, Vec<Annotation>), LinkError> {
    if from.0.is_empty() {
        return Ok(<_>::default());
    }
    let kind = from.byte("what follows its interventions")?;
    if kind != WORDS && kind != ASKING {
        return Err(LinkError::Newer(format!("something with number {kind} after its interventions")));
    }
    let title = String::from(from.text(MAX_TITLE_BYTES, "its title")?);
    // A step and a sentence of one letter are three bytes.
    let count = from.count(MAX_NOTES, 3, "its notes")?;
    if title.is_empty() && count == 0 {
        return damaged("It says that something is said about it, and nothing is.");
    }
    let mut notes = Vec::with_capacity(count);
    let mut next = 0_u64;
    for _ in 0..count {
        let since = from.number("the step of a note")?;
        let Some((step, after)) = next.checked_add(since).and_then(|step| Some((step, step.checked_add(1)?))) else {
            return damaged("It has a note after its end.");
        };
        next = after;
        notes.push(Annotation { step, says: from.text(MAX_NOTE_BYTES, "a note")?.into(), question: None });
    }
    if kind == ASKING {
        read_questions(from, &mut notes)?;
    }
    Ok((title, notes))
}

fn read_questions(from: &mut Reader<'_>, notes: &mut [Annotation]) -> Result<(), LinkError> {
    // The number of notes between, and a tree of one byte.
    let count = from.count(notes.len(), 2, "its questions")?;
    if count == 0 {
        return damaged("It says that something is asked, and nothing is.");
    }
    let mut next = 0;
    for _ in 0..count {
        let between = from.number("the note of a question")?;
        let place = usize::try_from(between).ok().and_then(|between| between.checked_add(next));
        let Some(note) = place.and_then(|place| notes.get_mut(place)) else {
            return damaged("It has a question without a note.");
        };
        next = place.map_or(next, |place| place + 1);
        note.question = Some(tree::read(from)?);
    }
    Ok(())
}

/// The bytes of 16 lower-case hexadecimal digits.
fn digest_bytes(digest: &str) -> Option<[u8; 8]> {
    let number = u64::from_str_radix(digest, 16).ok()?;
    // Only what it is read as again: no sign, no capitals, no missing zeros.
    (format!("{number:016x}") == digest).then(|| number.to_be_bytes())
}

/// Half a sentence about something that cannot be, from wherever it is judged.
#[expect(clippy::needless_pass_by_value, reason = "errors are handed to it as they come")]
pub(crate) fn refused<T>(half: impl ToString) -> Result<T, LinkError> {
    damaged(&format!("{}.", capital(&half.to_string())))
}

/// A sentence about a link that cannot have been made.
pub(crate) fn damaged<T>(sentence: &str) -> Result<T, LinkError> {
    Err(LinkError::Damaged(sentence.into()))
}

/// Bytes being written.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn append(&mut self, other: &Self) {
        self.bytes(&other.0);
    }

    pub(crate) fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest > 0x7f {
            self.byte(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.byte(rest as u8);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(crate) fn pair(&mut self, (low, high): (u32, u32)) {
        self.number(low);
        self.number(high);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    pub(crate) fn numbered(&mut self, thing: impl Numbered) {
        self.byte(thing.number());
    }
}

/// Bytes being read: what is left of them. Every `what` is what the reader was about to read, for the sentence that
/// says it is not there.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], LinkError> {
        let Some((taken, rest)) = self.0.split_at_checked(count) else {
            return damaged(&format!("It ends in the middle of {what}."));
        };
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn bytes<const N: usize>(&mut self, what: &str) -> Result<[u8; N], LinkError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N, what)?);
        Ok(bytes)
    }

    pub(crate) fn byte(&mut self, what: &str) -> Result<u8, LinkError> {
        let [byte] = self.bytes(what)?;
        Ok(byte)
    }

    pub(crate) fn number(&mut self, what: &str) -> Result<u64, LinkError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte(what)?;
            let group = u64::from(byte & 0x7f);
            let placed = group << shift;
            // Bits that fall out at the top, or a last group of nothing: no writer writes that.
            if placed >> shift != group || (byte == 0 && shift > 0) {
                break;
            }
            number |= placed;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        damaged(&format!("It has {what} as a number that is not written as numbers are."))
    }

    pub(crate) fn small(&mut self, what: &str) -> Result<u32, LinkError> {
        let number = self.number(what)?;
        u32::try_from(number).or_else(|_| damaged(&format!("It has {number} as {what}, which is too much.")))
    }

    /// How many of something follow: no more than `most`, and no more than there can be when each has at least so many
    /// bytes. What is set aside for them is therefore in proportion to what is there.
    pub(crate) fn count(&mut self, most: usize, bytes_each: usize, what: &str) -> Result<usize, LinkError> {
        let count = self.number(what)?;
        if count > most as u64 {
            return damaged(&format!("It has {count} as the number of {what}, and at most {most} are possible."));
        }
        // At most `most`, so it fits.
        let count = count as usize;
        if count > self.0.len() / bytes_each {
            return damaged(&format!("It ends in the middle of {what}."));
        }
        Ok(count)
    }

    pub(crate) fn pair(&mut self, what: &str) -> Result<(u32, u32), LinkError> {
        Ok((self.small(what)?, self.small(what)?))
    }

    pub(crate) fn text(&mut self, most: usize, what: &str) -> Result<&'a str, LinkError> {
        let count = self.count(most, 1, &format!("the bytes of {what}"))?;
        core::str::from_utf8(self.take(count, what)?).or_else(|_| damaged(&format!("It has {what} as no text.")))
    }

    pub(crate) fn numbered<T: Numbered>(&mut self, what: &str) -> Result<T, LinkError> {
        let number = self.byte(what)?;
        T::numbered(number).ok_or_else(|| LinkError::Newer(format!("{what} with number {number}")))
    }

    /// Takes a zero byte, if that is what comes next.
    pub(crate) fn skip_zero(&mut self) -> bool {
        let rest = self.0.strip_prefix(&[0]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn end(&self) -> Result<(), LinkError> {
        if self.0.is_empty() { Ok(()) } else { damaged("Something follows after its end.") }
    }
}
