//! A run in the fragment of a URL: `#q1.` and then letters, digits, `-` and `_`.
//!
//! Whoever gets the link gets the run, and no server has ever seen it: a browser keeps the fragment to itself. A link
//! is opened by programs that did not exist when it was made, so what is written here is **stable for ever**:
//!
//! ```text
//! Run ──binary──► bytes ──deflate──► fewer bytes ──base64url──► text ──► "q1." + text
//! ```
//!
//! * `q1` is the version of the packing. It comes first, in plain letters, so that a program can say of a link
//!   it cannot open that it is too old for it.
//! * The binary begins with [`Run::FORMAT`], says only what differs from the config every link of that format takes for
//!   granted (`config.rs`), and numbers everything by tables written down in these modules. No number here follows from
//!   the order of an enum or from a library's way of writing a type. The layout is in `binary.rs`.
//! * Something new (an action, a field of the config) gets a new number. Old links do not have it and read as ever;
//!   an old program meets a number it does not know and says that the link is from a newer one.
//!
//! A link may come from anybody. Reading one never takes more memory than its limits allow ([`quorum_core::limits`]): its
//! length is checked before it is looked at, what it unpacks to is capped while it unpacks, and a count is compared
//! with the bytes that are left before anything is set aside for it.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod action;
mod binary;
mod clients;
mod config;
mod number;
#[cfg(test)]
mod tests;
mod tree;

pub use binary::{from_binary, to_binary};

use alloc::{borrow::Cow, boxed::Box, format, string::String, vec, vec::Vec};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use miniz_oxide::deflate::{CompressionLevel, compress_to_vec};
use miniz_oxide::inflate::TINFLStatus as Status;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use quorum_core::limits::{MAX_LINK_BYTES, MAX_UNPACKED_BYTES};
use quorum_core::run::Run;

/// What every link begins with: the version of its packing.
const VERSION: &str = "q1";

/// Why a run cannot be put into a link, or a link not be opened: a sentence, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The text is something else.
    #[error("This is not a link to a run: there is no \"#{VERSION}.\" in it. Copy the whole address.")]
    NoLink,
    /// The link is longer than a link may be, by its number of bytes.
    #[error(
        "This link is {0} bytes long, and at most {most} can be opened. Ask whoever sent it for the run as a file.",
        most = MAX_LINK_BYTES
    )]
    TooLong(usize),
    /// The link has something that this version of the program does not know: what.
    #[error(
        "This link was made by a newer version of Quorum: it has {0}, which version {engine} does not know. Reload the \
         page to get the newest version; if that does not help, copy the link again.",
        engine = Run::ENGINE
    )]
    Newer(String),
    /// The link is not what it was when it was made: a sentence.
    #[error("This link is damaged. {0} Copy it again, from its first character to its last.")]
    Damaged(String),
    /// The run needs more room than a link has.
    #[error(
        "This run is too large for a link, which has room for {MAX_LINK_BYTES} characters. Save it as a file instead."
    )]
    TooLarge,
    /// The run begins in the middle of another one.
    #[error(
        "This run begins in the middle, with what each of its servers had by then, and a link has no room for that. Save it \
         as a file instead."
    )]
    BeginsInTheMiddle,
    /// The run could not be opened again: a sentence.
    #[error("This run cannot be put into a link, because nobody could open it. {0} Save it as a file, and report it.")]
    Unfit(String),
}

/// The run as text for the fragment of a URL, its `#` included. The same run always makes the same text.
///
/// # Errors
/// [`LinkError::TooLarge`] when it would have more than [`MAX_LINK_BYTES`] bytes, [`LinkError::Unfit`] when
/// [`from_link`] would refuse it.
pub fn to_link(run: &Run) -> Result<String, LinkError> {
    let link = pack(&to_binary(run)?);
    if link.len() - 1 > MAX_LINK_BYTES { Err(LinkError::TooLarge) } else { Ok(link) }
}

/// The run in a link, as people paste links: a whole address or only its fragment, with or without the `#`,
/// percent-encoded, with white space, quotation marks or the end of a sentence around it.
///
/// What comes back is well formed, and its config is valid. Whether what was done to the run was possible is found
/// out by replaying it ([`Run::replay`]).
///
/// # Errors
/// Any [`LinkError`] but those about making one.
pub fn from_link(text: &str) -> Result<Run, LinkError> {
    let text = decoded(text);
    let fragment = fragment(&text);
    let (version, packed) = fragment.split_once('.').ok_or(LinkError::NoLink)?;
    let packed = packed.trim_end_matches(is_around);
    match version {
        VERSION => {}
        _ if is_later(version) => return Err(LinkError::Newer(format!("format {version}"))),
        _ => return Err(LinkError::NoLink),
    }
    let length = version.len() + 1 + packed.len();
    if length > MAX_LINK_BYTES {
        return Err(LinkError::TooLong(length));
    }
    let packed = BASE64.decode(packed).map_err(|_| misspelt(packed))?;
    from_binary(&inflate(&packed)?)
}

/// Whether this text is meant to be a link to a run, also one that [`from_link`] refuses. A path such as `a/q1.json` is
/// not.
#[must_use]
pub fn is_like_link(text: &str) -> bool {
    let text = decoded(text);
    let is_address = text.contains('#') || text.contains("://");
    let fragment = if is_address { fragment(&text) } else { text.trim_start_matches(is_around) };
    let version = fragment.split_once('.').and_then(|(version, _)| version.strip_prefix('q'));
    version.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The text with what programs write as `%23` turned back, as far as a link can have it: plain ASCII.
fn decoded(text: &str) -> Cow<'_, str> {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default();
    let mut whole = String::from(first);
    for part in parts {
        let letter = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii_graphic);
        match letter {
            Some(letter) => {
                whole.push(char::from(letter));
                whole.push_str(&part[2..]);
            }
            None => {
                whole.push('%');
                whole.push_str(part);
            }
        }
    }
    if first.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(whole) }
}

/// What is after the `#` of an address. Where the `#` was lost, it begins at the version: `q1.`, which nothing in a
/// packed run can be taken for, because that has no full stop.
fn fragment(text: &str) -> &str {
    let text = text.trim_start_matches(is_around);
    match text.split_once('#') {
        Some((_, fragment)) => fragment,
        None => text.rfind("q1.").filter(|start| begins_a_word(&text[..*start])).map_or(text, |start| &text[start..]),
    }
}

/// Whether a character is white space, or what a sentence has around an address: no part of the link.
fn is_around(letter: char) -> bool {
    letter.is_whitespace() || AROUND.contains(letter)
}

/// What people and programs write around an address: none of it is ever part of a link.
const AROUND: &str = ".,;:!?…()[]{}<>\"'`*|“”„‘’‚«»‹›。、）】」";

fn begins_a_word(before: &str) -> bool {
    !before.ends_with(|letter: char| letter.is_ascii_alphanumeric())
}

fn pack(binary: &[u8]) -> String {
    let packed = compress_to_vec(binary, CompressionLevel::UberCompression as u8);
    format!("#{VERSION}.{}", BASE64.encode(packed))
}

/// Whether a link says that it is of a version after this one: `q2`, `q10`.
fn is_later(version: &str) -> bool {
    let digits = version.strip_prefix('q').unwrap_or_default();
    matches!(digits.len(), 1..=3) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

/// What is wrong with text that is not the base64url of anything.
fn misspelt(text: &str) -> LinkError {
    let belongs = |letter: &char| letter.is_ascii_alphanumeric() || ['-', '_'].contains(letter);
    LinkError::Damaged(match text.chars().find(|letter| !belongs(letter)) {
        Some(stranger) => format!("The character {stranger:?} does not belong into it."),
        None => "Something is missing at its end.".into(),
    })
}

/// What was deflated, unless it is more than [`MAX_UNPACKED_BYTES`], or not all that there is.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, LinkError> {
    // Most runs unpack to less than twice their size; whoever lies about that gets memory in doubling portions.
    let mut bytes = vec![0; (2 * packed.len()).clamp(64, MAX_UNPACKED_BYTES)];
    let mut state = Box::<DecompressorOxide>::default();
    let (mut read, mut written) = (0, 0);
    let sentence = loop {
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, given) = decompress(&mut state, &packed[read..], &mut bytes, written, flags);
        read += taken;
        written += given;
        match status {
            Status::Done if read == packed.len() => {
                bytes.truncate(written);
                return Ok(bytes);
            }
            Status::Done => break "Something follows after its end.".into(),
            Status::HasMoreOutput if bytes.len() < MAX_UNPACKED_BYTES => {
                bytes.resize((2 * bytes.len()).min(MAX_UNPACKED_BYTES), 0);
            }
            Status::HasMoreOutput => break format!("It unpacks to more than {MAX_UNPACKED_BYTES} bytes."),
            Status::FailedCannotMakeProgress => break "Something is missing at its end.".into(),
            _ => break "It cannot be unpacked.".into(),
        }
    };
    Err(LinkError::Damaged(sentence))
}
