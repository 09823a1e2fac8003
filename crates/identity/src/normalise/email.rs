//! E-mail addresses: out of what stands about them, in small letters, with the
//! domain as it is sent over the wire.
//!
//! RFC 5321 lets a mailbox's name differ by capitals and by quoting. No
//! provider of note does, so capitals are dropped, and quoted names, which
//! hardly exist outside of tests, are refused.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::account::lower;
use super::{Context, Refusal};

const LOCAL_MAX: usize = 64;
const ADDRESS_MAX: usize = 254;

/// Mailboxes nobody reads, written to get past a form.
const LOCAL_BLOCKED: &[&str] = &[
    "test",
    "tester",
    "none",
    "null",
    "na",
    "no",
    "noemail",
    "nomail",
    "no-email",
    "noreply",
    "no-reply",
    "donotreply",
    "do-not-reply",
    "anonymous",
    "unknown",
    "nobody",
    "example",
    "xxx",
    "abc",
    "asdf",
    "undefined",
    "mailer-daemon",
    "postmaster",
];

/// Domains that stand for no domain (RFC 2606, RFC 6761).
const DOMAIN_BLOCKED: &[&str] = &[
    "example.com",
    "example.net",
    "example.org",
    "test.com",
    "localhost.localdomain",
    "none.com",
    "noemail.com",
];
const TOP_BLOCKED: &[&str] = &["example", "test", "invalid", "localhost", "local"];

pub fn normalise<'a>(text: Cow<'a, str>, context: &Context<'_>) -> Result<Cow<'a, str>, Refusal> {
    if text.contains(['*', '•', '●']) {
        return Err(Refusal::Masked);
    }
    let text = map(text, address_in)?;
    let at = split(&text)?;
    if text
        .bytes()
        .all(|b| !b.is_ascii_uppercase() && b.is_ascii())
        && !text[at + 1..].contains("xn--")
        && !text.ends_with('.')
    {
        check(&text, at)?;
        return joined_spellings(text, at, context);
    }
    let local: String = text[..at].nfc().flat_map(char::to_lowercase).collect();
    let domain = text[at + 1..].trim_end_matches('.');
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Refusal::Malformed)?;
    let whole = format!("{local}@{domain}");
    check(&whole, local.len())?;
    joined_spellings(Cow::Owned(whole), local.len(), context)
}

/// Keeps a borrowed text borrowed.
fn map<'a>(
    text: Cow<'a, str>,
    inner: impl Fn(&str) -> Result<&str, Refusal>,
) -> Result<Cow<'a, str>, Refusal> {
    match text {
        Cow::Borrowed(text) => inner(text).map(Cow::Borrowed),
        Cow::Owned(text) => inner(&text).map(|inner| Cow::Owned(inner.to_owned())),
    }
}

/// The address within `Ann Lee <ann@x.org>`, `mailto:ann@x.org?subject=x`, `(ann@x.org)`.
fn address_in(text: &str) -> Result<&str, Refusal> {
    let text = match (text.rfind('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => {
            if text[..open].contains('>') {
                return Err(Refusal::Several);
            }
            &text[open + 1..close]
        }
        (None, None) => text,
        _ => return Err(Refusal::Malformed),
    };
    let text = text.trim();
    let mailto = text
        .get(..7)
        .is_some_and(|head| head.eq_ignore_ascii_case("mailto:"));
    let text = if mailto {
        text[7..].split('?').next().unwrap_or("")
    } else {
        text
    };
    let wrapped = |c: char| matches!(c, '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ' ');
    Ok(text.trim_matches(wrapped))
}

/// Where the `@` is.
fn split(text: &str) -> Result<usize, Refusal> {
    let at = text.find('@').ok_or(Refusal::Malformed)?;
    if text[at + 1..].contains('@') {
        let several = text.contains([',', ';', ' ', '/', '、']);
        return Err(if several {
            Refusal::Several
        } else {
            Refusal::Malformed
        });
    }
    Ok(at)
}

/// Whether an address in small letters could be delivered, and is meant to be.
fn check(text: &str, at: usize) -> Result<(), Refusal> {
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let atom =
        |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'+-/=?^_`{|}~.".contains(c);
    let local_fits = !local.is_empty()
        && local.len() <= LOCAL_MAX
        && local.chars().all(atom)
        && !local.starts_with('.')
        // Some Japanese providers gave out names with a dot at the end or two in a row.
        && text.len() <= ADDRESS_MAX;
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let top = domain.rsplit('.').next().unwrap_or("");
    let domain_fits = domain.contains('.')
        && domain.split('.').all(label_fits)
        && !top.bytes().all(|b| b.is_ascii_digit());
    if !local_fits || !domain_fits {
        return Err(Refusal::Malformed);
    }
    let nobody = LOCAL_BLOCKED.contains(&local)
        || DOMAIN_BLOCKED.contains(&domain)
        || TOP_BLOCKED.contains(&top)
        || local.bytes().all(|b| b == b'0' || b == b'-');
    if nobody {
        Err(Refusal::Blocked)
    } else {
        Ok(())
    }
}

/// Gmail drops dots; Gmail, Outlook, iCloud and Fastmail drop what follows a `+`.
fn joined_spellings<'a>(
    text: Cow<'a, str>,
    at: usize,
    context: &Context<'_>,
) -> Result<Cow<'a, str>, Refusal> {
    if !context.join_provider_spellings {
        return Ok(text);
    }
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let gmail = matches!(domain, "gmail.com" | "googlemail.com");
    let tags = gmail
        || matches!(
            domain,
            "outlook.com" | "hotmail.com" | "live.com" | "icloud.com" | "me.com" | "fastmail.com"
        );
    if !tags {
        return Ok(text);
    }
    let untagged = local.split('+').next().unwrap_or(local);
    let domain = if gmail { "gmail.com" } else { domain };
    let plain = if gmail {
        Cow::Owned(untagged.replace('.', ""))
    } else {
        Cow::Borrowed(untagged)
    };
    if plain.is_empty() {
        return Err(Refusal::Malformed);
    }
    if plain.len() == at && domain.len() == text.len() - at - 1 {
        return Ok(text);
    }
    Ok(lower(Cow::Owned(format!("{plain}@{domain}"))))
}
