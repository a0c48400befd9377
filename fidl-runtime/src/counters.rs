//! Counters: plain numbers in a plain struct, which is also a text.

/// Declares a struct of counters. As text it is a line for each counter that is not 0: its name and its number.
macro_rules! counters {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$about:meta])* $field:ident,)* }) => {
        $(#[$meta])*
        ///
        /// As text: a line for each that is not 0, its name and its number.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $vis struct $name {
            $($(#[$about])* $vis $field: u64,)*
        }

        impl core::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)*
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $(
                    if self.$field != 0 {
                        writeln!(f, "{:<24} {}", stringify!($field), self.$field)?;
                    }
                )*
                Ok(())
            }
        }
    };
}

pub(crate) use counters;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    counters! {
        /// Two of them.
        struct Two {
            /// The first.
            first,
            /// The second.
            second,
        }
    }

    #[test]
    fn as_text() {
        assert_eq!(Two { first: 0, second: 7 }.to_string(), "second                   7\n");
    }
}
