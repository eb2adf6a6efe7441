//! Websites (rules 2.6): the registrable domain is what two pages of one company share.

use super::fold;
use super::host::{ascii_host, registrable};
use super::lists::{self, providers};

/// The registrable domain of a website in ASCII, scheme or not: `https://www.acme.co.uk/x` gives `acme.co.uk`.
/// None for IP addresses, for public suffixes alone and for what is no website. Never fails (rules 2.6).
pub fn registrable_domain(text: &str) -> Option<String> {
    let host = host_of(text)?;
    registrable(&host).map(str::to_owned)
}

/// Whether everybody may have a page under this registrable domain, so that it says nothing about a company.
pub fn is_shared_website(domain: &str) -> bool {
    lists::contains(providers::SHARED_WEBSITES, domain) || lists::contains(providers::GENERIC_PROVIDERS, domain)
}

/// The host of the first address in the text, in ASCII.
pub(super) fn host_of(text: &str) -> Option<String> {
    let text = fold::clean(text);
    let first = text
        .split([' ', ',', ';', '|', '<', '>', '"', '(', ')'])
        .find(|part| !part.is_empty())?;
    let after_scheme = match first.split_once("//") {
        // What stands before `//` is a scheme only if nothing but one stands there: `acme.com//x` has none.
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => first,
    };
    let authority = after_scheme.split(['/', '\\', '?', '#']).next()?;
    let host_and_port = authority.rsplit('@').next()?;
    if host_and_port.starts_with('[') {
        return None;
    }
    let host = host_and_port.split(':').next()?.trim_end_matches(['.', '。']);
    ascii_host(host)
}

fn is_scheme(text: &str) -> bool {
    let name = text.strip_suffix([':', ';']).unwrap_or(text);
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::{is_shared_website, registrable_domain};

    fn domain(text: &str) -> Option<String> {
        registrable_domain(text)
    }

    #[test]
    fn the_registrable_domain_is_found_with_and_without_a_scheme() {
        for text in [
            "acme.co.uk",
            "www.acme.co.uk",
            "HTTPS://www.Acme.co.uk:8443/shop?x=1#y",
            "//acme.co.uk",
            " http://acme.co.uk/ ",
        ] {
            assert_eq!(domain(text).as_deref(), Some("acme.co.uk"), "{text}");
        }
        assert_eq!(domain("http://user:pw@shop.acme.com.").as_deref(), Some("acme.com"));
        assert_eq!(domain("acme.github.io").as_deref(), Some("acme.github.io"));
    }

    #[test]
    fn an_international_domain_becomes_ascii() {
        assert_eq!(domain("www.Müller.de").as_deref(), Some("xn--mller-kva.de"));
        assert_eq!(domain("xn--mller-kva.de").as_deref(), Some("xn--mller-kva.de"));
    }

    #[test]
    fn junk_addresses_and_bare_suffixes_have_none() {
        for text in [
            "",
            " ",
            "n/a",
            "-",
            "none",
            "keine",
            "192.168.0.1",
            "http://10.0.0.1/x",
            "http://[::1]/",
            "co.uk",
            "a..b.com",
            "n.v.t.",
            "http://",
            "//",
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_on_a_shared_host_says_nothing_about_a_company() {
        assert!(is_shared_website("facebook.com"));
        assert!(is_shared_website("gmail.com"));
        assert!(!is_shared_website("acme.com"));
    }
}
