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
    "abuse", "accounting", "accounts", "accountspayable", "accountsreceivable", "accuil", "achats", "acquisti",
    "admin", "administracion", "administration", "administrator", "agence", "agency", "all", "amministrazione",
    "anfrage", "anfragen", "angebot", "angebote", "asiakaspalvelu", "ask", "bestell", "bestellung", "bestellungen",
    "bewerbung", "bilgi", "billing", "biuro", "bonjour", "booking", "bookings", "branch", "buchhaltung", "buro",
    "business", "career", "careers", "central", "centrale", "ciao", "client", "clients", "comercial", "commercial",
    "commerciale", "company", "compliance", "compras", "comptabilite", "connect", "contabilidad", "contact", "contacto",
    "contacts", "contato", "contatti", "contatto", "counter", "crm", "customer", "customercare", "customers",
    "customerservice", "datenschutz", "desk", "dev", "developers", "direccion", "direction", "direzione", "dispatch",
    "dpo", "edv", "einkauf", "email", "empfang", "enquiries", "enquiry", "event", "events", "everyone", "export",
    "facturacion", "facturas", "fattura", "feedback", "finance", "finanzen", "firma", "firmapost", "frontdesk",
    "general", "gerencia", "geschaftsfuhrung", "group", "hallo", "hauptsitz", "headquarters", "hello", "help",
    "helpdesk", "hi", "hilfe", "hola", "hostmaster", "hotel", "hq", "hr", "iletisim", "import", "info", "informacion",
    "information", "informazioni", "infos", "inquiries", "inquiry", "invoice", "invoices", "it", "job", "jobs",
    "kanzlei", "karriere", "klant", "klanten", "klantenservice", "kontakt", "kontakte", "kontor", "kundendienst",
    "kundenservice", "lager", "lead", "leads", "legal", "logistics", "logistik", "mail", "main", "management",
    "manager", "marketing", "media", "moin", "myynti", "news", "newsletter", "noreply", "offerte", "office", "online",
    "operations", "ops", "order", "orders", "partner", "partners", "personal", "personalabteilung", "poczta", "post",
    "postmaster", "postmottak", "pr", "praxis", "press", "presse", "privacy", "procurement", "purchasing", "receptie",
    "reception", "rechnung", "rechnungen", "recht", "recruiting", "request", "requests", "reservation", "reservations",
    "reservierung", "restaurant", "rezeption", "root", "sale", "sales", "satis", "secretaria", "secretariat",
    "secretary", "security", "segreteria", "sekretariat", "service", "servicedesk", "services", "shipping", "shop",
    "soporte", "spedition", "sprzedaz", "staff", "store", "studio", "support", "team", "tech", "technical", "technik",
    "vendite", "ventas", "ventes", "verkauf", "verkoop", "versand", "vertrieb", "verwaltung", "warehouse", "web",
    "webmaster", "website", "welcome", "werkstatt", "zarzad", "zentral", "zentrale",
];
