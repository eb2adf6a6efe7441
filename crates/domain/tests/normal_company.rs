//! What is left of a company's name, and how two of them agree (rules 2.5).

use opportune_domain::normal::company::{company, compare_company};
use opportune_domain::normal::person::NameAgreement;

fn key(text: &str) -> Option<String> {
    company(text).map(|name| name.key)
}

fn agreement(a: &str, b: &str) -> NameAgreement {
    compare_company(company(a).as_ref(), company(b).as_ref())
}

#[test]
fn the_legal_form_is_stripped_in_many_countries() {
    for form in [
        "GmbH",
        "G.m.b.H.",
        "Ges.m.b.H.",
        "gGmbH",
        "GmbH & Co. KG",
        "GmbH und Co KG",
        "UG",
        "UG (haftungsbeschränkt)",
        "AG",
        "KG",
        "OHG",
        "e.K.",
        "B.V.",
        "b. v.",
        "N.V.",
        "BVBA",
        "VOF",
        "CV",
        "Ltd",
        "Ltd.",
        "Limited",
        "Co., Ltd.",
        "LLC",
        "L.L.C.",
        "LLP",
        "Inc.",
        "Incorporated",
        "Corp.",
        "Corporation",
        "Co.",
        "Company",
        "PLC",
        "S.A.",
        "SA",
        "S. A.",
        "S.A.S.",
        "SARL",
        "S.à r.l.",
        "S.r.l.",
        "S.p.A.",
        "S.L.",
        "S.L.U.",
        "SA de CV",
        "S. de R.L. de C.V.",
        "Sp. z o.o.",
        "Sp. z o. o.",
        "sp. z oo",
        "K.K.",
        "Pty Ltd",
        "Pty. Ltd.",
        "Oy",
        "AB",
        "A/S",
        "ApS",
        "AS",
        "s.r.o.",
        "spol. s r.o.",
        "a.s.",
        "Kft.",
        "Zrt.",
        "d.o.o.",
        "EOOD",
        "Lda",
        "Ltda.",
        "SE",
        "Pvt Ltd",
        "Private Limited",
        "Sdn Bhd",
        "Sdn. Bhd.",
        "Pte Ltd",
        "Tbk",
        "A.Ş.",
        "Ltd. Şti.",
        "ООО",
        "株式会社",
        "有限公司",
        "(株)",
        "㈱",
    ] {
        assert_eq!(
            key(&format!("Zenit Optics {form}")).as_deref(),
            Some("zenit optics"),
            "{form}"
        );
        assert_eq!(
            key(&format!("ZENIT-Optics, {form}")).as_deref(),
            Some("zenit optics"),
            "{form}"
        );
    }
}

#[test]
fn a_legal_form_in_front_is_stripped_where_that_is_customary() {
    for text in [
        "ООО «Zenit Optics»",
        "PT Zenit Optics Tbk",
        "CV Zenit Optics",
        "株式会社Zenit Optics",
        "The Zenit Optics Company",
        "Fa. Zenit Optics",
    ] {
        assert_eq!(key(text).as_deref(), Some("zenit optics"), "{text}");
    }
}

#[test]
fn something_is_always_left() {
    for (text, left) in [
        ("SE", "se"),
        ("Co. Ltd", "co"),
        ("The Limited", "limited"),
        ("K.K.", "kk"),
        ("PT", "pt"),
    ] {
        assert_eq!(key(text).as_deref(), Some(left), "{text}");
    }
}

#[test]
fn spelling_does_not_matter() {
    assert_eq!(key("Müller & Söhne"), key("Mueller und Soehne GmbH"));
    assert_eq!(key("I.B.M. Corp"), key("IBM"));
    assert_eq!(key("J. P. Morgan"), key("JP Morgan Inc"));
    assert_eq!(key("McDonald\u{2019}s"), key("MCDONALDS"));
}

#[test]
fn junk_is_no_name() {
    for junk in [
        "",
        " ",
        "-",
        "n/a",
        "N.A.",
        "test",
        "Test GmbH",
        "none",
        "unknown",
        "xxx",
        "...",
        "privat",
        "null",
        "0",
        "self-employed",
        "\u{200b}",
    ] {
        assert_eq!(key(junk), None, "{junk}");
    }
}

#[test]
fn names_agree_by_their_telling_words() {
    use NameAgreement::{Close, Conflict, Same, Unknown, Weak};
    for (a, b, expected) in [
        ("Acme GmbH", "ACME Ltd", Same),
        ("Face Book", "Facebook Inc", Same),
        ("Zenith Optics", "Zenit Optics", Close),
        ("Acme", "Acme Deutschland GmbH", Close),
        ("Acme Germany", "Acme Austria", Weak),
        ("Acme", "Acme Rockets", Weak),
        ("IBM", "International Business Machines Corp", Weak),
        ("Deutsche Bank", "Deutsche Bahn", Conflict),
        ("Global Solutions", "Global Services Group", Conflict),
        ("Acme", "Initech", Conflict),
        ("Acme", "n/a", Unknown),
    ] {
        assert_eq!(agreement(a, b), expected, "{a} / {b}");
        assert_eq!(agreement(b, a), expected, "{b} / {a}");
    }
}
