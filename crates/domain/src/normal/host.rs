//! Host names: the ASCII form, and what may count as one.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// The host in lower-case ASCII (IDNA), none if it is no host name or an IP address.
pub(super) fn ascii_host(text: &str) -> Option<String> {
    let host = Uts46::new().to_ascii(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let host = host.ok()?.into_owned();
    let last = host.rsplit('.').next()?;
    let has_letter = last.bytes().any(|b| b.is_ascii_alphabetic());
    has_letter.then_some(host)
}

/// The registrable domain of an ASCII host; none for a public suffix itself and for a top-level domain nobody knows.
pub(super) fn registrable(host: &str) -> Option<&str> {
    /// Reserved for tests and private networks: in no public list, yet used in earnest.
    const RESERVED: &[&str] = &[
        "corp",
        "example",
        "home",
        "internal",
        "invalid",
        "lan",
        "local",
        "localhost",
        "test",
    ];
    let domain = psl::domain(host.as_bytes())?;
    let known = domain.suffix().is_known() || RESERVED.contains(&host.rsplit('.').next()?);
    known.then_some(std::str::from_utf8(domain.as_bytes()).ok()?)
}
