//! A state of the specification: one word for the requests of all ballots, and one word for each acceptor.
//!
//! An acceptor's word holds `maxBal` and `maxVBal`, and for each ballot whether it voted and what it reported when it
//! promised. The shared word says which ballots were begun and what they asked for. `maxVal` is what ballot `maxVBal`
//! asked for. Every step [changes](Change) one word.

use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_BALLOTS};

/// Bits of a ballot in the shared word: begun (1) and asked for (3; 0 is nothing, `v + 1` is value `v`).
const SHARED: u32 = 4;
/// Bits of a ballot in an acceptor's word: voted (1) and reported (4, see [`State::report`]).
const OWN: u32 = 5;
/// Bits of an acceptor's word before those of ballot 0: `maxBal` and `maxVBal` (4 each; 0 is none, `b + 1` is ballot `b`).
const MAXIMA: u32 = 8;
const NIBBLE: u64 = 0xf;

/// The shared word, then those of the acceptors.
pub(super) const WORDS: usize = MAX_SPEC_ACCEPTORS as usize + 1;

/// The messages that were sent, and what each acceptor knows. Acceptors, ballots and values are counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    pub(super) words: [u64; WORDS],
}

/// The change that a step makes: one word becomes another.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) word: usize,
    pub(super) to: u64,
}

/// What an acceptor said when it promised a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ballot of its latest vote then, if it had voted.
    pub vote: Option<u8>,
}

/// The bytes that words need when there are so many ballots: the shared one, and an acceptor's.
pub(super) const fn word_bytes(ballots: u8) -> (usize, usize) {
    let ballots = ballots as u32;
    ((SHARED * ballots).div_ceil(u8::BITS) as usize, (MAXIMA + OWN * ballots).div_ceil(u8::BITS) as usize)
}

impl State {
    /// Whether a leader asked for promises in this ballot.
    #[must_use]
    #[inline]
    pub const fn begun(&self, ballot: u8) -> bool {
        self.words[0] >> (SHARED * ballot as u32) & 1 == 1
    }

    /// The value that this ballot asks votes for.
    #[must_use]
    #[inline]
    pub fn asked(&self, ballot: u8) -> Option<u8> {
        let code = self.words[0] >> (SHARED * u32::from(ballot) + 1) & 7;
        (code as u8).checked_sub(1)
    }

    /// The highest ballot that an acceptor has taken part in: `maxBal`.
    #[must_use]
    #[inline]
    pub fn max_bal(&self, acceptor: u8) -> Option<u8> {
        code(self.own(acceptor)).checked_sub(1)
    }

    /// The ballot of an acceptor's latest vote: `maxVBal`.
    #[must_use]
    #[inline]
    pub fn max_vbal(&self, acceptor: u8) -> Option<u8> {
        code(self.own(acceptor) >> 4).checked_sub(1)
    }

    /// The value of an acceptor's latest vote: `maxVal`.
    #[must_use]
    pub fn max_val(&self, acceptor: u8) -> Option<u8> {
        self.asked(self.max_vbal(acceptor)?)
    }

    /// Whether an acceptor voted in this ballot, for the [value asked for](Self::asked).
    #[must_use]
    pub const fn voted(&self, acceptor: u8, ballot: u8) -> bool {
        self.own(acceptor) >> place(ballot) & 1 == 1
    }

    /// What an acceptor said when it promised this ballot, if it did.
    #[must_use]
    pub fn promise(&self, acceptor: u8, ballot: u8) -> Option<Report> {
        let report = self.report(acceptor, ballot);
        (report > 0).then(|| Report { vote: report.checked_sub(2) })
    }

    /// The ballots below `ballots` that were begun, as bits.
    #[inline]
    pub(super) fn ballots_begun(&self, ballots: u8) -> u8 {
        (0..ballots).fold(0, |bits, ballot| bits | u8::from(self.begun(ballot)) << ballot)
    }

    /// The ballots below `ballots` that asked for a value, as bits.
    #[inline]
    pub(super) fn ballots_asked(&self, ballots: u8) -> u8 {
        (0..ballots).fold(0, |bits, ballot| bits | u8::from(self.asked(ballot).is_some()) << ballot)
    }

    /// The report as a number: 0 is no promise, 1 a promise without a vote, `b + 2` one that reports the vote of ballot `b`.
    #[inline]
    pub(super) const fn report(&self, acceptor: u8, ballot: u8) -> u8 {
        code(self.own(acceptor) >> (place(ballot) + 1))
    }

    /// How many acceptors voted in each ballot.
    #[inline]
    pub(super) fn votes(&self, acceptors: u8) -> Counts {
        self.count(acceptors, |own| own)
    }

    /// How many acceptors promised each ballot.
    #[inline]
    pub(super) fn promises(&self, acceptors: u8) -> Counts {
        self.count(acceptors, |own| own >> 1 | own >> 2 | own >> 3 | own >> 4)
    }

    /// How many acceptors promised each ballot without having voted: their report is 1.
    #[inline]
    pub(super) fn fresh_promises(&self, acceptors: u8) -> Counts {
        self.count(acceptors, |own| own >> 1 & !(own >> 2 | own >> 3 | own >> 4))
    }

    /// Counts acceptors for all ballots at once: `flag` shifts the bit in question to the first of each ballot's five bits. There are fewer acceptors than five bits can count, so sums of these bits do not meet.
    #[inline]
    fn count(&self, acceptors: u8, flag: impl Fn(u64) -> u64) -> Counts {
        const FIRST: u64 = {
            let (mut mask, mut ballot) = (0, 0);
            while ballot < MAX_SPEC_BALLOTS {
                mask |= 1 << place(ballot);
                ballot += 1;
            }
            mask
        };
        Counts(self.words[1..=usize::from(acceptors)].iter().map(|own| flag(*own) & FIRST).sum())
    }

    #[inline]
    pub(super) const fn changed(mut self, change: Change) -> Self {
        self.words[change.word] = change.to;
        self
    }

    #[inline]
    pub(super) const fn begin(&self, ballot: u8) -> Change {
        Change { word: 0, to: self.words[0] | 1 << (SHARED * ballot as u32) }
    }

    #[inline]
    pub(super) const fn ask(&self, ballot: u8, value: u8) -> Change {
        let at = SHARED * ballot as u32 + 1;
        Change { word: 0, to: self.words[0] & !(7 << at) | (value as u64 + 1) << at }
    }

    /// A promise raises `maxBal` and reports the latest vote.
    #[inline]
    pub(super) const fn promised(&self, acceptor: u8, ballot: u8) -> Change {
        let own = self.own(acceptor);
        let report = (own >> 4 & NIBBLE) + 1;
        Change { word: acceptor as usize + 1, to: own & !NIBBLE | (ballot as u64 + 1) | report << (place(ballot) + 1) }
    }

    /// A vote is the latest one, and raises `maxBal` if it does as it should.
    #[inline]
    pub(super) const fn vote(&self, acceptor: u8, ballot: u8, raises: bool) -> Change {
        let (own, code) = (self.own(acceptor), ballot as u64 + 1);
        let max_bal = if raises { code } else { own & NIBBLE };
        let rest = own & !(NIBBLE << 4 | NIBBLE);
        Change { word: acceptor as usize + 1, to: rest | code << 4 | max_bal | 1 << place(ballot) }
    }

    const fn own(&self, acceptor: u8) -> u64 {
        self.words[acceptor as usize + 1]
    }
}

/// Acceptors counted by ballot.
#[derive(Clone, Copy)]
pub(super) struct Counts(u64);

impl Counts {
    /// The ballots below `ballots` in which at least so many were counted, as bits.
    #[inline]
    pub(super) fn at_least(self, quorum: u8, ballots: u8) -> u8 {
        let count = |ballot| (self.0 >> place(ballot)) as u8 & 0x1f;
        (0..ballots).fold(0, |bits, ballot| bits | u8::from(count(ballot) >= quorum) << ballot)
    }
}

/// Where the bits of a ballot begin in an acceptor's word.
const fn place(ballot: u8) -> u32 {
    MAXIMA + OWN * ballot as u32
}

const fn code(word: u64) -> u8 {
    (word & NIBBLE) as u8
}
