//! Enums whose variants are words.

/// Makes an enum of words: each variant has its name beside it, and `ALL` lists them in order.
///
/// ```
/// quorum_core::words! {
///     /// A light.
///     #[derive(Clone, Copy)]
///     pub enum Light {
///         /// Stop.
///         Red = "red",
///         /// Go on.
///         BlueGreen = "blue-green",
///     }
/// }
/// assert_eq!(Light::ALL.map(Light::as_str), ["red", "blue-green"]);
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        $vis enum $name {
            $(
                $(#[$meaning])*
                #[doc = concat!("\n`\"", $word, "\"`")]
                $variant,
            )+
        }

        impl $name {
            /// All of them.
            $vis const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// Its name in JSON, in the log and on a command line.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

/// Makes a set of switches, one for each variant of an enum made by [`words!`]: all on, unless somebody switched one off.
macro_rules! switches {
    ($(#[$about:meta])* pub struct $name:ident of $rule:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// Those that are off, one bit each.
            off: u32,
        }

        impl $name {
            /// All rules but these.
            #[must_use]
            pub fn without(off: &[$rule]) -> Self {
                let mut rules = Self::default();
                for rule in off {
                    rules.set(*rule, false);
                }
                rules
            }

            /// Whether a rule holds.
            #[must_use]
            pub const fn on(self, rule: $rule) -> bool {
                self.off & (1 << rule as u32) == 0
            }

            /// The rule, if it is off: then it is what let something happen.
            #[must_use]
            pub const fn unless_on(self, rule: $rule) -> Option<$rule> {
                if self.on(rule) { None } else { Some(rule) }
            }

            /// Those that are on in both.
            #[must_use]
            pub const fn and(self, other: Self) -> Self {
                Self { off: self.off | other.off }
            }

            /// Switches a rule.
            pub const fn set(&mut self, rule: $rule, on: bool) {
                let bit = 1 << rule as u32;
                self.off = if on { self.off & !bit } else { self.off | bit };
            }

            /// Whether all hold.
            #[must_use]
            pub const fn all_on(self) -> bool {
                self.off == 0
            }

            #[doc = concat!("Those that are off, in the order of [`", stringify!($rule), "::ALL`].")]
            pub fn off(self) -> impl Iterator<Item = $rule> {
                $rule::ALL.into_iter().filter(move |rule| !self.on(*rule))
            }
        }
    };
}
