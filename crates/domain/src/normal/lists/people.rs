//! Words around the names of people and shared mailboxes (rules 2.5, 3.3), as the folding writes them.

/// Titles, degrees and forms of address, dropped from the name of a person. Sorted.
#[rustfmt::skip]
pub const TITLES: &[&str] = &[
    "attn", "avv", "bayan", "bc", "bsc", "dame", "dent", "dhr", "dipl", "diplom", "doctor", "doktor", "dott",
    "dottore", "dottssa", "dphil", "dr", "drs", "eng", "esq", "frau", "fraulein", "geom", "habil", "hc", "herr",
    "hon", "hr", "ing", "ingr", "ir", "jr", "judr", "jur", "lic", "llb", "llm", "madam", "madame", "mademoiselle",
    "mag", "mba", "meneer", "mevr", "mevrouw", "mgr", "miss", "mister", "mlle", "mme", "monsieur", "mr", "mrs", "ms",
    "msc", "mudr", "mw", "mx", "pani", "phd", "phdr", "prof", "professor", "rag", "rer", "rev", "reverend", "rndr",
    "sayin", "senor", "senora", "senorita", "shri", "sig", "signor", "signora", "signorina", "sir", "smt", "sr",
    "sra", "srta", "univ", "zh", "zhd",
];

/// Particles of family names, ignored when two names are compared. Sorted.
#[rustfmt::skip]
pub const PARTICLES: &[&str] = &[
    "abu", "af", "al", "and", "av", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "des", "di",
    "dos", "du", "el", "ibn", "la", "le", "te", "ten", "ter", "und", "van", "vom", "von", "zu", "zum", "zur",
];

/// Mailboxes that several people read: `info@`, `sales@` (rules 3.3). Sorted.
#[rustfmt::skip]
pub const ROLE_MAILBOXES: &[&str] = &[
    "abuse", "accounting", "accounts", "accountspayable", "accountsreceivable", "achats", "acquisti", "admin",
    "administracion", "administration", "administrator", "agency", "anfrage", "anfragen", "angebot", "angebote",
    "asiakaspalvelu", "bestell", "bestellung", "bestellungen", "bewerbung", "bilgi", "billing", "biuro", "bonjour",
    "booking", "bookings", "buchhaltung", "buro", "business", "career", "careers", "ciao", "company", "compliance",
    "compras", "comptabilite", "contabilidad", "contact", "contacto", "contacts", "contato", "contatti", "contatto",
    "crm", "customercare", "customerservice", "datenschutz", "dev", "developers", "direccion", "direction",
    "direzione", "dpo", "edv", "einkauf", "email", "empfang", "enquiries", "enquiry", "event", "events", "export",
    "facturacion", "facturas", "fattura", "feedback", "finance", "finanzen", "firma", "firmapost", "general",
    "geschaftsfuhrung", "group", "hallo", "hello", "help", "helpdesk", "hi", "hilfe", "hola", "hostmaster", "hotel",
    "hr", "iletisim", "import", "info", "informacion", "information", "informazioni", "infos", "inquiries", "inquiry",
    "invoice", "invoices", "it", "job", "jobs", "kanzlei", "karriere", "klantenservice", "kontakt", "kontakte",
    "kontor", "kundendienst", "kundenservice", "lager", "lead", "leads", "legal", "logistics", "logistik", "mail",
    "management", "manager", "marketing", "media", "moin", "myynti", "news", "newsletter", "noreply", "offerte",
    "office", "online", "order", "orders", "personal", "personalabteilung", "post", "postmaster", "postmottak", "pr",
    "praxis", "press", "presse", "privacy", "procurement", "purchasing", "receptie", "reception", "rechnung",
    "rechnungen", "recht", "recruiting", "request", "requests", "reservation", "reservations", "reservierung",
    "restaurant", "rezeption", "root", "sale", "sales", "satis", "secretaria", "secretariat", "secretary", "security",
    "sekretariat", "service", "servicedesk", "services", "shipping", "shop", "soporte", "spedition", "store",
    "studio", "support", "team", "tech", "technical", "technik", "vendite", "ventas", "ventes", "verkauf", "verkoop",
    "versand", "vertrieb", "verwaltung", "warehouse", "web", "webmaster", "website", "welcome", "werkstatt", "zarzad",
    "zentrale",
];
