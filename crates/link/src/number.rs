//! Numbers that mean the same in every link ever made.

/// One of a few things, each with its number in links.
pub(crate) trait Numbered: Copy {
    /// Its number, the same for ever.
    fn number(self) -> u8;

    /// The thing with this number, if this version of the program knows one.
    fn numbered(number: u8) -> Option<Self>;
}

/// Writes both directions of [`Numbered`] from one table. A variant that is not in the table does not compile, nor does
/// a number that is in it twice. A number, once given away, is never changed and never given to anything else.
macro_rules! numbered {
    ($(#[$doc:meta])* enum $name:ident { $($variant:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name {
            $($variant = $number,)*
        }

        numbered! { $name { $($variant = $number,)* } }
    };
    ($name:path { $($variant:ident = $number:literal,)* }) => {
        impl $crate::number::Numbered for $name {
            fn number(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)*
                }
            }

            #[deny(unreachable_patterns, reason = "one number for two things")]
            fn numbered(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use numbered;
