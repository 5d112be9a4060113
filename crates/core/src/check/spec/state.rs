//! A state of the specification, in a few words.
//!
//! Each acceptor is one word: `maxBal` and `maxVBal`, and for each ballot whether it voted and what it reported when it
//! promised. One more word says which ballots were begun and what they asked for. A step changes one word. `maxVal` is
//! what ballot `maxVBal` asked for.

use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_BALLOTS};

/// Bits of a ballot in the shared word: begun (1) and asked for (3; 0 is nothing, `v + 1` is value `v`).
const SHARED: u32 = 4;
/// Bits of a ballot in an acceptor's word: voted (1) and reported (4; 0 is no promise, 1 a promise without a vote, `b + 2`
/// one that reports the vote of ballot `b`).
const OWN: u32 = 5;
/// Bits of an acceptor's word before those of ballot 0: `maxBal` and `maxVBal` (4 each; 0 is none, `b + 1` is ballot `b`).
const MAXIMA: u32 = 8;
const NIBBLE: u64 = 0xf;

/// What has been said, and what each acceptor knows. Acceptors, ballots and values are counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    pub(super) shared: u32,
    pub(super) acceptors: [u64; MAX_SPEC_ACCEPTORS as usize],
}

/// What an acceptor said when it promised a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ballot of its latest vote then, if it had voted.
    pub vote: Option<u8>,
}

/// The bytes that the words of a state need when there are so many ballots: the shared one's, and an acceptor's.
pub(super) const fn word_bytes(ballots: u8) -> (usize, usize) {
    let ballots = ballots as u32;
    ((SHARED * ballots).div_ceil(u8::BITS) as usize, (MAXIMA + OWN * ballots).div_ceil(u8::BITS) as usize)
}

impl State {
    /// Whether anybody asked for promises in this ballot.
    #[must_use]
    #[inline]
    pub const fn begun(&self, ballot: u8) -> bool {
        self.shared >> (SHARED * ballot as u32) & 1 == 1
    }

    /// The value that this ballot asks votes for.
    #[must_use]
    #[inline]
    pub fn asked(&self, ballot: u8) -> Option<u8> {
        let code = self.shared >> (SHARED * u32::from(ballot) + 1) & 7;
        (code as u8).checked_sub(1)
    }

    /// The highest ballot that an acceptor has taken part in: `maxBal`.
    #[must_use]
    #[inline]
    pub fn max_bal(&self, acceptor: u8) -> Option<u8> {
        code(self.acceptors[usize::from(acceptor)]).checked_sub(1)
    }

    /// The ballot of an acceptor's latest vote: `maxVBal`.
    #[must_use]
    #[inline]
    pub fn max_vbal(&self, acceptor: u8) -> Option<u8> {
        code(self.acceptors[usize::from(acceptor)] >> 4).checked_sub(1)
    }

    /// The value of an acceptor's latest vote: `maxVal`.
    #[must_use]
    pub fn max_val(&self, acceptor: u8) -> Option<u8> {
        self.asked(self.max_vbal(acceptor)?)
    }

    /// Whether an acceptor voted in this ballot, for the [value asked for](Self::asked).
    #[must_use]
    pub const fn voted(&self, acceptor: u8, ballot: u8) -> bool {
        self.acceptors[acceptor as usize] >> own(ballot) & 1 == 1
    }

    /// What an acceptor said when it promised this ballot, if it did.
    #[must_use]
    #[inline]
    pub fn promise(&self, acceptor: u8, ballot: u8) -> Option<Report> {
        let report = code(self.acceptors[usize::from(acceptor)] >> (own(ballot) + 1));
        (report > 0).then(|| Report { vote: report.checked_sub(2) })
    }

    /// How many acceptors voted in each ballot: five bits for each ballot, as many as an acceptor has of its own. So they
    /// are counted in one go.
    #[inline]
    pub(super) fn votes(&self) -> Votes {
        const FIRST: u64 = 1 << MAXIMA;
        const VOTED: u64 = {
            let (mut mask, mut ballot) = (0, 0);
            while ballot < MAX_SPEC_BALLOTS {
                mask |= FIRST << (OWN * ballot as u32);
                ballot += 1;
            }
            mask
        };
        Votes(self.acceptors.iter().map(|word| word & VOTED).sum())
    }

    #[inline]
    pub(super) const fn begin(&mut self, ballot: u8) {
        self.shared |= 1 << (SHARED * ballot as u32);
    }

    #[inline]
    pub(super) const fn ask(&mut self, ballot: u8, value: u8) {
        let at = SHARED * ballot as u32 + 1;
        self.shared = self.shared & !(7 << at) | (value as u32 + 1) << at;
    }

    #[inline]
    pub(super) const fn raise(&mut self, acceptor: u8, ballot: u8) {
        let word = &mut self.acceptors[acceptor as usize];
        *word = *word & !NIBBLE | (ballot as u64 + 1);
    }

    /// Records a promise that reports the latest vote.
    #[inline]
    pub(super) const fn report(&mut self, acceptor: u8, ballot: u8) {
        let word = &mut self.acceptors[acceptor as usize];
        *word |= ((*word >> 4 & NIBBLE) + 1) << (own(ballot) + 1);
    }

    #[inline]
    pub(super) const fn vote(&mut self, acceptor: u8, ballot: u8) {
        let word = &mut self.acceptors[acceptor as usize];
        *word = *word & !(NIBBLE << 4) | (ballot as u64 + 1) << 4 | 1 << own(ballot);
    }
}

/// Votes counted by ballot.
#[derive(Clone, Copy)]
pub(super) struct Votes(u64);

impl Votes {
    #[inline]
    pub(super) const fn of(self, ballot: u8) -> u8 {
        (self.0 >> own(ballot)) as u8 & 0x1f
    }
}

const fn own(ballot: u8) -> u32 {
    MAXIMA + OWN * ballot as u32
}

const fn code(word: u64) -> u8 {
    (word & NIBBLE) as u8
}
