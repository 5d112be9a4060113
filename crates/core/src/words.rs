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
