//! What addresses are found in what people type (rules 2.1 to 2.3).

use opportune_domain::normal::email::{Email, PLACEHOLDER_ADDRESSES, emails, is_generic_provider};

fn addresses(text: &str) -> Vec<String> {
    emails(text).iter().map(Email::address).collect()
}

fn one(text: &str) -> Email {
    let mut found = emails(text);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

#[test]
fn every_address_of_a_text_is_found_in_its_order_and_once() {
    assert_eq!(addresses("\"Ann Lee\" <ann@x.com>"), ["ann@x.com"]);
    assert_eq!(
        addresses(" Ann@X.com , bob@y.org;ANN@x.com\n<c@z.net>"),
        ["ann@x.com", "bob@y.org", "c@z.net"]
    );
    assert_eq!(addresses("mailto:ann@x.com?subject=hi"), ["ann@x.com"]);
    assert_eq!(addresses("write to (ann@x.com)."), ["ann@x.com"]);
    assert_eq!(addresses("ann@x.com、bob@y.com"), ["ann@x.com", "bob@y.com"]);
    assert_eq!(addresses("'ann@x.com'"), ["ann@x.com"]);
}

#[test]
fn the_domain_becomes_lower_case_ascii_and_the_local_part_lower_case_if_ascii() {
    assert_eq!(addresses("Ann@MÜLLER.de"), ["ann@xn--mller-kva.de"]);
    assert_eq!(addresses("ＡＮＮ＠ｘ．ｃｏｍ"), ["ann@x.com"]);
    assert_eq!(addresses("JÖRG@x.com"), ["JÖRG@x.com"]);
    assert_eq!(addresses("an\u{200b}n@x.com\u{feff}"), ["ann@x.com"]);
}

#[test]
fn an_address_is_split_at_its_last_at_sign() {
    assert_eq!(addresses("\"a@b\"@x.com"), ["\"a@b\"@x.com"]);
    assert_eq!(addresses("\"ann\"@x.com"), ["ann@x.com"]);
    assert_eq!(addresses("a@b@x.com"), Vec::<String>::new());
}

#[test]
fn a_host_without_a_dot_counts_only_where_nothing_else_is_meant() {
    assert_eq!(addresses("ann@localhost"), ["ann@localhost"]);
    assert_eq!(addresses("\"Ann Lee\" <a@x>"), ["a@x"]);
    assert_eq!(addresses("meet ann@work today"), Vec::<String>::new());
}

#[test]
fn unparsable_text_gives_no_address() {
    for text in [
        "",
        "@",
        "ann",
        "@x.com",
        "ann@",
        "a@.com",
        "a@x..com",
        "a.@x.com",
        "a..b@x.com",
        "a@1.2.3.4",
        "a@[1.2.3.4]",
        "5 @ 10",
        "a@x_y.com",
        "\"",
        "\"@",
        "@@@@",
    ] {
        assert_eq!(addresses(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(addresses(&format!("{}@x.com", "a".repeat(65))), Vec::<String>::new());
}

#[test]
fn plus_tags_and_gmail_dots_are_folded_in_the_weaker_key_only() {
    let email = one("Ann.Lee+shop@googlemail.com");
    assert_eq!(email.address(), "ann.lee+shop@googlemail.com");
    assert_eq!(email.folded(), "annlee@gmail.com");
    assert_eq!(one("ann.lee+shop@x.com").folded(), "ann.lee@x.com");
    assert_eq!(one("Ann+späti@x.com").folded(), "ann@x.com");
    assert_eq!(one("+ann@x.com").folded(), "+ann@x.com");
}

#[test]
fn the_domain_is_kept_whole() {
    assert_eq!(one("ann@zboing.mycompany.com").domain, "zboing.mycompany.com");
}

#[test]
fn role_mailboxes_are_told_from_people() {
    for role in [
        "info@x.com",
        "Sales-UK@x.com",
        "office2@x.com",
        "customer.service@x.com",
        "info+de@x.com",
        "vertrieb@x.de",
        "kontakt@x.de",
        "büro@x.de",
    ] {
        assert!(one(role).is_role_mailbox(), "{role}");
    }
    for person in [
        "ann@x.com",
        "info.lee@x.com",
        "sales.manning@x.com",
        "a@x.com",
        "ann.office@x.com",
    ] {
        assert!(!one(person).is_role_mailbox(), "{person}");
    }
}

fn is_placeholder(text: &str) -> bool {
    one(text).is_placeholder_in(PLACEHOLDER_ADDRESSES.iter().copied())
}

#[test]
fn placeholders_are_known_and_the_list_can_be_the_tenants() {
    for placeholder in [
        "no@email.com",
        "A@a.com",
        "test@test.com",
        "noreply@acme.com",
        "No-Reply@shop.acme.com",
    ] {
        assert!(is_placeholder(placeholder), "{placeholder}");
    }
    for real in ["ann@example.com", "a@b.com", "testa@test.com", "reply@acme.com"] {
        assert!(!is_placeholder(real), "{real}");
    }
    assert!(one("x@acme.com").is_placeholder_in(["X@Acme.com"]));
    assert!(one("nix@acme.com").is_placeholder_in(["nix@"]));
    assert!(!one("ann@acme.com").is_placeholder_in(["ann", "@acme.com", "", "ann@acme.org"]));
}

#[test]
fn generic_providers_are_known() {
    for domain in [
        "gmail.com",
        "yahoo.co.uk",
        "gmx.de",
        "web.de",
        "163.com",
        "qq.com",
        "proton.me",
        "mail.ru",
        "icloud.com",
    ] {
        assert!(is_generic_provider(domain), "{domain}");
    }
    assert!(!is_generic_provider("acme.com"));
}
