//! A button that pauses the film, without a script: what has the keyboard's focus is a state that a style sheet can
//! see.
//!
//! There are two buttons at one place. To press "Pause", or to come to it with Tab, gives it the focus, and while it
//! has it, every animation stands still and "Play" lies above it. To press that, or anything else, takes the focus
//! away, and the film goes on from where it was.
//!
//! The button is seen while the pointer is over the picture, or when it has the focus. In an `<img>` neither ever
//! happens, so nobody sees a button there that could not be pressed.

use alloc::string::String;

use super::{Drawing, MARGIN};
use crate::shapes::put;
use crate::words::Px;

/// Its size, in pixels.
const BUTTON: (f64, f64) = (76.0, 26.0);

pub(super) const STYLE: &str = "\n.q .pause,.q .play{cursor:pointer}.q .pause{opacity:0}.q .play{display:none}\
    .q:hover .pause,.q .pause:focus{opacity:1}.q .pause:focus~.play{display:inline}\
    .q .pause:focus~.film .a{animation-play-state:paused}\
    \n@media print{.q .pause,.q .play{display:none}}\
    \n@media (prefers-reduced-motion:reduce){.q .pause,.q .play{display:none}}";

impl Drawing<'_> {
    /// Both buttons, at the right under the ring. They come before the film, so that a style sheet can say what
    /// follows.
    pub(super) fn pause(&self, out: &mut String) {
        let (left, top) = (Px(self.width - MARGIN - BUTTON.0), Px(self.under()));
        let (wide, high) = (Px(BUTTON.0), Px(BUTTON.1));
        let icons =
            [("pause", "Pause", "M13 8h3.5v10H13zM19 8h3.5v10H19z"), ("play", "Play", "M13.5 7.5 22.5 13l-9 5.5z")];
        for (class, says, icon) in icons {
            put!(out, "<g class=\"{class}\" role=\"button\" tabindex=\"0\" transform=\"translate({left} {top})\">");
            put!(
                out,
                "<g class=\"e\"><rect class=\"bg\" stroke=\"currentColor\" rx=\"6\" width=\"{wide}\" height=\"{high}\"/></g>"
            );
            put!(out, "<path fill=\"currentColor\" d=\"{icon}\"/><text x=\"29\" y=\"17.5\">{says}</text></g>\n");
        }
    }
}
