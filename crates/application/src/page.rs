//! Pages: sizes, and opaque tokens that belong to one question of one tenant.

use crate::error::AppError;
use crate::ports::PageAfter;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use opportune_domain::refusal::{Reason, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Rows on a page when the caller names no number.
pub const DEFAULT_PAGE: i32 = 50;
/// Most rows on a page.
pub const LARGEST_PAGE: i32 = 1_000;

/// Which page a caller wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows; 0 = [`DEFAULT_PAGE`].
    pub size: i32,
    /// Token of the page before; empty = the first page.
    pub token: String,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// How many rows there are in all; 10,000 = at least so many.
    pub total: i64,
    /// Token of the next page; empty = this is the last.
    pub next_token: String,
}

/// What is in a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Token {
    /// Fingerprint of tenant, rpc, filter and order: a token is good for its own question only.
    question: String,
    /// Rows in all, counted for the first page.
    total: i64,
    after: PageAfter,
}

/// A page request that was checked against its question.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    question: String,
    /// Rows on the page.
    pub limit: i64,
    /// Where it begins; `None` = at the top.
    pub after: Option<PageAfter>,
    /// Rows in all, if they were counted for an earlier page.
    pub total: Option<i64>,
}

impl Paging {
    /// Checks size and token. `question` is anything that tells one list from another.
    pub fn new(request: &PageRequest, question: &impl Serialize) -> Result<Self, AppError> {
        let limit = checked_size(request.size)?;
        let question = fingerprint(question);
        if request.token.is_empty() {
            return Ok(Self {
                question,
                limit,
                after: None,
                total: None,
            });
        }
        let token = decode(&request.token).filter(|token| token.question == question);
        let token = token.ok_or_else(|| Refusal::field("page_token", "is not a token of this list"))?;
        Ok(Self {
            question,
            limit,
            after: Some(token.after),
            total: Some(token.total),
        })
    }

    /// The answer: rows, total, and the next page's token.
    pub fn listed<T>(&self, items: Vec<T>, next: Option<PageAfter>, total: i64) -> Listed<T> {
        let next_token = next.map(|after| self.token(after, total)).unwrap_or_default();
        Listed {
            items,
            total,
            next_token,
        }
    }

    /// The page of a list that is at hand as a whole.
    pub fn slice<T>(&self, all: Vec<T>) -> Listed<T> {
        let (total, rows) = (all.len(), self.rows());
        let items = all.into_iter().skip(rows.start).take(rows.len()).collect();
        self.sliced(items, total)
    }

    /// Which rows of such a list are on the page: the token holds the number of rows passed.
    pub fn rows(&self) -> Range<usize> {
        let skip = self.after.as_ref().and_then(|after| after.value.parse().ok());
        let skip = skip.unwrap_or(0_usize);
        skip..skip.saturating_add(usize::try_from(self.limit).unwrap_or(usize::MAX))
    }

    /// The answer with these rows of `total`.
    pub fn sliced<T>(&self, items: Vec<T>, total: usize) -> Listed<T> {
        let next = (total > self.rows().end).then(|| PageAfter {
            value: self.rows().end.to_string(),
            id: uuid::Uuid::nil(),
        });
        self.listed(items, next, i64::try_from(total).unwrap_or(i64::MAX))
    }

    fn token(&self, after: PageAfter, total: i64) -> String {
        let token = Token {
            question: self.question.clone(),
            total,
            after,
        };
        BASE64.encode(serde_json::to_vec(&token).unwrap_or_default())
    }
}

fn checked_size(size: i32) -> Result<i64, Refusal> {
    match size {
        0 => Ok(i64::from(DEFAULT_PAGE)),
        1..=LARGEST_PAGE => Ok(i64::from(size)),
        ..0 => Err(Refusal::field("page_size", "must not be negative")),
        _ => Err(
            Refusal::new(Reason::PageTooLarge, format!("page_size is larger than {LARGEST_PAGE}"))
                .with("largest", LARGEST_PAGE),
        ),
    }
}

fn decode(text: &str) -> Option<Token> {
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

fn fingerprint(question: &impl Serialize) -> String {
    let text = serde_json::to_vec(question).unwrap_or_default();
    BASE64.encode(&Sha256::digest(text)[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_own_question_only() {
        let paging = Paging::new(&PageRequest::default(), &"leads of a").expect("first page");
        let listed = paging.slice((0..120).collect::<Vec<_>>());
        assert_eq!((listed.items.len(), listed.total), (50, 120));
        let again = PageRequest {
            size: 0,
            token: listed.next_token,
        };
        assert!(Paging::new(&again, &"leads of b").is_err());
        let second = Paging::new(&again, &"leads of a")
            .expect("second page")
            .slice((0..120).collect::<Vec<_>>());
        assert_eq!(second.items[0], 50);
    }

    #[test]
    fn negative_and_large_sizes_are_refused() {
        assert!(checked_size(-1).is_err_and(|refusal| refusal.reason == Reason::FieldInvalid));
        assert!(checked_size(1_001).is_err_and(|refusal| refusal.reason == Reason::PageTooLarge));
    }
}
