//! What both pictures are drawn with: colours, shapes, and how they are written down.

use alloc::string::String;

use super::value_style::{COLOURS, GLYPHS, ValueStyle};
use super::words::{Px, Xml};
use quorum_core::log::MessageKind;
use quorum_core::paxos;
use quorum_core::sim::Message;

/// Writes to a string, which never fails.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {
        core::fmt::Write::write_fmt($out, format_args!($($text)*)).unwrap_or_default()
    };
}
pub(crate) use put;

/// Colours are classes, not attributes, because they differ between light, dark and paper. No custom properties: what
/// is not a browser often knows style sheets and not those.
pub(crate) fn style(out: &mut String) {
    let scheme = |out: &mut String, dark: bool| {
        let of = |(light, night): (&'static str, &'static str)| if dark { night } else { light };
        let named = [
            ("color", ".q", ("#1a1a18", "#ededea")),
            ("color", ".q .m", ("#5c5c57", "#a6a6a0")),
            ("color", ".q .e", ("#b4b4ad", "#55575a")),
            ("color", ".q .l", ("#e1e1dc", "#2e3033")),
            ("fill", ".q .bg", ("#ffffff", "#141516")),
            ("stroke", ".q .h", ("#ffffff", "#141516")),
        ];
        for (property, class, colours) in named {
            put!(out, "{class}{{{property}:{}}}", of(colours));
        }
        for (number, colours) in COLOURS.into_iter().enumerate() {
            put!(out, ".q .v{number}{{color:{}}}", of(colours));
        }
    };
    out.push_str(".q{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif;color-scheme:light dark}");
    out.push_str(".q text{fill:currentColor}.q .h{stroke-width:3;stroke-linejoin:round;paint-order:stroke}");
    scheme(out, false);
    // Paper is white, whatever the screen is.
    out.push_str("\n@media screen and (prefers-color-scheme:dark){");
    scheme(out, true);
    out.push('}');
}

/// The class of a colour of the palette.
pub(crate) const fn coloured(number: usize) -> &'static str {
    ["v0", "v1", "v2", "v3", "v4", "v5", "v6"][number % 7]
}

/// The class of a value's colour.
pub(crate) const fn class(look: ValueStyle) -> &'static str {
    coloured(look.colour)
}

/// A value's glyph, so many pixels wide, its middle here, in the current colour.
pub(crate) fn glyph(out: &mut String, look: ValueStyle, (x, y): (f64, f64), size: f64) {
    let path = GLYPHS[look.glyph % 7];
    let (left, top) = (Px(x - size / 2.0), Px(y - size / 2.0));
    let scale = size / 10.0;
    put!(out, "<path transform=\"translate({left} {top}) scale({scale})\" fill=\"currentColor\" d=\"{path}\"/>");
}

/// Which kind of message it is. The five of single-decree Paxos are kinds of a log's messages, too, and look the same.
pub(crate) const fn kind_of(message: &Message) -> MessageKind {
    match message {
        Message::Log(message) => message.kind(),
        Message::Paxos(message) => match message.kind() {
            paxos::MessageKind::Prepare => MessageKind::Prepare,
            paxos::MessageKind::Promise => MessageKind::Promise,
            paxos::MessageKind::Accept => MessageKind::Accept,
            paxos::MessageKind::Accepted => MessageKind::Accepted,
            paxos::MessageKind::Nack => MessageKind::Nack,
        },
    }
}

/// Whether messages of a kind only say that somebody is there.
pub(crate) const fn is_quiet(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Heartbeat)
}

/// The shape of a message, about 10 pixels wide, its middle at 0: requests are filled, answers are outlined. As on the page
/// (`web/lab/protocols`), where they are twice as large.
pub(crate) fn shape(out: &mut String, kind: MessageKind) {
    const FILLED: &str = "fill=\"currentColor\"";
    const OUTLINED: &str = "class=\"bg\" stroke=\"currentColor\" stroke-width=\"1.5\"";
    const PILL: &str = "M-2.3-3.8H2.3A3.8 3.8 0 0 1 2.3 3.8H-2.3A3.8 3.8 0 0 1-2.3-3.8Z";
    const DRUM: &str = "M-4.4-3.2A4.4 2 0 0 1 4.4-3.2V3.4A4.4 2 0 0 1-4.4 3.4ZM-4.4-3.2A4.4 2 0 0 0 4.4-3.2";
    const DIAMOND: &str = "M0-6 5.4 0 0 6-5.4 0Z";
    const SHEET: &str = "M-4.2-4.5H4.2V1.5L0 5.2-4.2 1.5Z";
    let (path, paint) = match kind {
        MessageKind::Prepare => ("M0-5.5 5.2 4H-5.2Z", FILLED),
        MessageKind::Promise => ("M0-5.5 5.2 4H-5.2Z", OUTLINED),
        MessageKind::Accept => ("M-4.5-4.5h9v9h-9Z", FILLED),
        MessageKind::Accepted => ("M-4-4h8v8h-8Z", OUTLINED),
        MessageKind::Nack => ("M-4-4 4 4M4-4-4 4", "stroke=\"currentColor\" stroke-width=\"2\""),
        MessageKind::Request => (PILL, FILLED),
        MessageKind::Answer => (PILL, OUTLINED),
        MessageKind::Fetch => (SHEET, FILLED),
        MessageKind::Fetched => (SHEET, OUTLINED),
        MessageKind::Snapshot => (DRUM, OUTLINED),
        MessageKind::Confirm => (DIAMOND, FILLED),
        MessageKind::Confirmed => (DIAMOND, OUTLINED),
        MessageKind::Heartbeat => ("M0-2.1a2.1 2.1 0 1 0 .01 0Z", FILLED),
    };
    put!(out, "<path {paint} d=\"{path}\"/>");
}

/// A star to mark what is chosen, 14 pixels wide, its middle here.
pub(crate) fn star(out: &mut String, (x, y): (f64, f64)) {
    let (x, y) = (Px(x), Px(y));
    let path = "M0-7 1.9-2.3 7-2 3.1 1.3 4.3 6.2 0 3.4-4.3 6.2-3.1 1.3-7-2-1.9-2.3Z";
    put!(out, "<path transform=\"translate({x} {y})\" fill=\"currentColor\" d=\"{path}\"/>");
}

/// The beginning of a picture: what it is, for whoever cannot see it.
pub(crate) fn begin(out: &mut String, size: (f64, f64), title: &str, about: &str, more_style: &str) {
    begin_as(out, "img", size, title, about, more_style);
}

/// The beginning of a picture with something in it that can be pressed, which nothing in an `img` can be.
pub(crate) fn begin_group(out: &mut String, size: (f64, f64), title: &str, about: &str, more_style: &str) {
    begin_as(out, "group", size, title, about, more_style);
}

fn begin_as(out: &mut String, role: &str, (width, height): (f64, f64), title: &str, about: &str, more_style: &str) {
    let (width, height) = (Px(width), Px(height));
    put!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"q\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"{role}\">\n<title>{}</title>\n<desc>{}</desc>\n<style>",
        Xml(title),
        Xml(about)
    );
    style(out);
    put!(out, "{more_style}</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
}
