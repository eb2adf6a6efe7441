//! Legal forms of companies, in the form that the folding gives them (rules 2.5).

/// What is cut from the end of a company's name; forms of several words are written together. Sorted.
#[rustfmt::skip]
pub const LEGAL_FORMS: &[&str] = &[
    "ab", "abp", "ad", "ag", "amba", "anonim", "ans", "ao", "aps", "as", "asa", "asbl", "ay", "berhad", "bhd", "bsc",
    "bscc", "bt", "bv", "bvba", "cb", "cc", "chp", "cjsc", "clg", "co", "colimited", "coltd", "commv", "company",
    "corp", "corporation", "cv", "cvba", "cyf", "dac", "dmcc", "dno", "doo", "ead", "eg", "ehf", "eireli", "eirl",
    "ek", "ekfm", "ekfr", "eood", "epe", "eurl", "ev", "ewiv", "fmba", "fop", "fzc", "fzco", "fze", "fzllc", "gbr",
    "gesmbh", "ggmbh", "gk", "gmbh", "gmbhcokg", "godo", "goshi", "haftungsbeschrankt", "hb", "ike", "inc",
    "incorporated", "ivs", "jdoo", "jsc", "jtd", "kb", "kd", "kft", "kg", "kgaa", "kht", "kk", "kkt", "ks", "ksc",
    "kscp", "ky", "lc", "lda", "limitada", "limited", "limitedsirketi", "llc", "lllp", "llp", "lp", "ltd", "ltda",
    "ltdco", "ltdsti", "mbh", "mepe", "npc", "nuf", "nv", "nyrt", "oao", "ohg", "ojsc", "ood", "ooo", "ou", "oy",
    "oyj", "pao", "partg", "partgmbb", "pjsc", "plc", "pllc", "private", "proprietary", "psa", "pte", "pty", "ptyltd",
    "pvt", "ruz", "sa", "saa", "sab", "sabdecv", "sac", "sadecv", "saoc", "saog", "sapa", "sapidecv", "sarl", "sas",
    "sasbic", "sasu", "sau", "sca", "scarl", "scdecv", "sce", "sci", "scop", "scp", "scpa", "scrl", "scs", "sdecv",
    "sderldecv", "sdn", "se", "selarl", "sep", "sia", "sirketi", "sks", "sl", "slhf", "sll", "slne", "slp", "slu",
    "snc", "soccoop", "spa", "spj", "spk", "spol", "spp", "spr", "sprl", "spzoo", "srl", "srldecv", "srls", "sro",
    "sti", "tbk", "tmi", "too", "tov", "tzov", "uab", "ug", "unipessoal", "vof", "vos", "vsi", "vzw", "wll", "yk",
    "zao", "zrt",
];

/// Legal forms so unmistakable that they are cut wherever they stand, as in `Acme GmbH Berlin`. Sorted.
#[rustfmt::skip]
pub const INNER_FORMS: &[&str] = &[
    "bhd", "bvba", "eood", "eurl", "gesmbh", "ggmbh", "gmbh", "haftungsbeschrankt", "inc", "incorporated", "kft",
    "kgaa", "llc", "llp", "ltd", "pte", "pty", "pvt", "sarl", "sasu", "sdn", "spzoo", "sro", "uab",
];

/// Legal forms that some countries write in front of the name, and forms of address of a firm. Sorted.
#[rustfmt::skip]
pub const LEADING_FORMS: &[&str] = &[
    "ao", "cv", "fa", "firma", "fma", "oao", "ooo", "pao", "pt", "sia", "too", "tov", "uab", "zao",
];

/// Legal forms of scripts that would be transliterated beyond recognition; cut before folding, longest first.
#[rustfmt::skip]
pub const NATIVE_FORMS: &[&str] = &[
    "จํากัด",
    "บริษัท",
    "一般社団法人",
    "有限責任公司",
    "有限责任公司",
    "股份有限公司",
    "合同会社",
    "合資会社",
    "有限会社",
    "有限公司",
    "株式会社",
    "유한회사",
    "주식회사",
    "(合)",
    "(有)",
    "(株)",
    "(유)",
    "(주)",
    "公司",
];

/// Words that join parts of a company's name and are written or left out at will. Sorted.
#[rustfmt::skip]
pub const CONJUNCTIONS: &[&str] = &[
    "and", "et", "ja", "och", "og", "the", "und",
];

/// Words that many companies carry: alone they tell none from another. Sorted.
#[rustfmt::skip]
pub const BROAD_WORDS: &[&str] = &[
    "america", "americas", "asia", "associates", "austria", "berlin", "capital", "china", "consulting", "dach",
    "deutschland", "digital", "emea", "enterprises", "espana", "europa", "europe", "france", "germany", "global",
    "group", "groupe", "grupo", "gruppe", "gruppo", "hamburg", "holding", "holdings", "india", "industries",
    "international", "intl", "italia", "italy", "japan", "london", "management", "media", "munchen", "munich",
    "nederland", "netherlands", "osterreich", "pacific", "paris", "partners", "schweiz", "service", "services",
    "software", "solutions", "spain", "suisse", "switzerland", "systems", "tech", "technologies", "technology",
    "trading", "uk", "us", "usa", "ventures", "vienna", "wien", "worldwide", "zurich",
];
