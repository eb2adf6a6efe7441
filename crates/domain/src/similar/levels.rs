//! How well two records agree in each field, in steps: what the scorer has weights for.

/// Declares a field's levels, worst first, with the name that the weights file uses and what a salesperson reads.
macro_rules! levels {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$level_doc:meta])* $level:ident = $code:literal, $detail:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$level_doc])* $level),+
        }

        impl $name {
            /// The field's name in the weights file.
            pub const FIELD: &'static str = $field;
            /// All levels, worst first.
            pub const ALL: &'static [Self] = &[$(Self::$level),+];

            /// The level's name in the weights file.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$level => $code),+ }
            }

            /// What agrees or not, for a salesperson. It names no value.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$level => $detail),+ }
            }

            /// Its place among the levels, 0 = the worst.
            pub const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

levels! {
    /// The person's name, words that only the mailbox tells included.
    Name, "name" {
        /// No word in common.
        Conflict = "conflict", "another name";
        /// A word in common, and others that contradict.
        PartConflict = "part_conflict", "names have a word in common and others that differ";
        /// Two words in common, and others that contradict.
        MostConflict = "most_conflict", "most of the name is the same";
        /// Missing on one side.
        Unknown = "unknown", "no name to compare";
        /// One word of a longer name.
        Part = "part", "one name is a part of the other";
        /// A word, and the initial of another.
        Initial = "initial", "same name, shortened to an initial";
        /// One word each, the same.
        Single = "single", "same name, one word of it known";
        /// Two words or more, not all letter by letter.
        Close = "close", "same name, written differently";
        /// Two words or more, the same, and more on one side.
        Most = "most", "same name, longer on one side";
        /// The same words.
        Same = "same", "same name";
    }
}

levels! {
    /// E-mail addresses.
    Mail, "mail" {
        /// Two personal mailboxes of one company.
        Colleague = "colleague", "another mailbox of the same company";
        /// Two personal mailboxes of different names.
        Other = "other", "another e-mail address";
        /// No personal mailbox on one side.
        Unknown = "unknown", "no e-mail to compare";
        /// The same shared mailbox.
        Role = "role", "same shared mailbox";
        /// The same short name at another domain.
        ShortName = "short_name", "same mailbox name at another domain";
        /// Ways to write one name: `alee`, `ann.lee`.
        Pattern = "pattern", "mailboxes of the same name";
        /// The same telling name at another domain.
        LongName = "long_name", "same mailbox name at another domain";
        /// A slip of the keyboard apart.
        Slip = "slip", "same e-mail address but for a slip of the keyboard";
        /// The same folded address (rules 2.2).
        Folded = "folded", "same mailbox, written differently";
        /// The same address (rules 2.1).
        Same = "same", "same e-mail address";
    }
}

levels! {
    /// Whether the name of one side is in the mailbox of the other.
    Cross, "cross" {
        /// It is not.
        No = "no", "another name in the e-mail address";
        /// No name or no mailbox.
        Unknown = "unknown", "nothing to compare";
        /// One word.
        Word = "word", "the e-mail address shows a part of the name";
        /// A word and an initial.
        Initial = "initial", "the e-mail address shows the name";
        /// Two words.
        Full = "full", "the e-mail address shows the name";
    }
}

levels! {
    /// Phone numbers.
    Phone, "phone" {
        /// Two different numbers.
        Other = "other", "another phone number";
        /// Missing on one side.
        Unknown = "unknown", "no phone number to compare";
        /// Different extensions of one switchboard.
        Block = "block", "phone numbers of the same switchboard";
        /// The same, and many have it.
        Shared = "shared", "same phone number, which many records have";
        /// One digit apart.
        Slip = "slip", "same phone number but for one digit";
        /// The same end; the countries are not known.
        End = "end", "phone numbers with the same end";
        /// The same.
        Same = "same", "same phone number";
    }
}

levels! {
    /// Company names.
    Company, "company" {
        /// Two different companies.
        Other = "other", "another company";
        /// Missing on one side.
        Unknown = "unknown", "no company to compare";
        /// A part in common.
        Part = "part", "company names have a part in common";
        /// But for a slip, or for words that many companies carry.
        Close = "close", "similar company name";
        /// The same normal name.
        Same = "same", "same company name";
    }
}

levels! {
    /// Domains of e-mail and website that are not generic.
    Domain, "domain" {
        /// Two different companies' domains.
        Other = "other", "another domain";
        /// Missing on one side.
        Unknown = "unknown", "no domain to compare";
        /// One side's domain shows the other side's company.
        Cross = "cross", "the domain shows the company's name";
        /// A slip apart, or another ending.
        Close = "close", "similar domain";
        /// The same.
        Same = "same", "same e-mail or website domain";
    }
}

levels! {
    /// Addresses.
    Spot, "place" {
        /// Neither city nor postal code agrees.
        Other = "other", "another place";
        /// Nothing to compare.
        Unknown = "unknown", "no address to compare";
        /// The same place, another street or house.
        House = "other_house", "another address in the same place";
        /// The same city.
        City = "city", "same city";
        /// The same postal code.
        Postal = "postal", "same postal code";
        /// The same street, house numbers unknown.
        Street = "street", "same street";
        /// The same house.
        Same = "same", "same address";
    }
}

levels! {
    /// What is known about the person altogether: decides how much a company in common says.
    Context, "context" {
        /// Different people.
        Conflict = "conflict", "another person";
        /// A person on one side only.
        OneSided = "one_sided", "the person is known on one side only";
        /// No person on either side.
        Anonymous = "anonymous", "no person on either side";
        /// May be the same person.
        Partial = "partial", "may be the same person";
        /// The same person as far as names and mailboxes tell.
        Agree = "agree", "same person";
    }
}
