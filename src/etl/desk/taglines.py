"""Taglines ("(Prothero is a McClatchy special correspondent.)") and what closes a last paragraph."""

from __future__ import annotations

import re
from dataclasses import replace

from etl.desk.credits import has_credits
from etl.desk.lexicon import credit_words
from etl.desk.names import is_name, split_title
from etl.records import Credit

_TAGLINE = re.compile(
    r"(?P<open>[(_*\[—–-]{0,3})\s*(?P<name>[^\W\d_][\w.'’ -]{1,50}?)(?:,\s+[^,]{2,60},)?\s+"
    r"(?:is|are|was|ist|est|es|covers|writes|works|reports)\s+(?P<what>[^\n]{3,}?)\s*(?P<close>[)_*\]]{0,3})",
    re.S,
)
_OPENS = "(_*[—–-"
_ARTICLE = re.compile(r"(?:an?|the|der|die|ein|eine|un|une|el|la)\s+")
_TITLE_END = re.compile(r"(?<=[^\W\d_]{3})\.(?:\s|$)|,\s+(?:and|who|which)\b|;")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w{2,}")
_INLINE_CREDIT = re.compile(r"\(\s*(?=[^()]{0,40}\b(?:by|von|par|por)\b)(?:[^()]|\([^()]*\))*\)\s*$", re.I)
_LONGEST_END = 16
_INLINE_END = re.compile(
    r"(?:(?<=[.!?\"”)])\s+(?:REUTER|Reuter|Reuters)[\s.;\x00-\x1f]*|(?<=[.!?\"”])\s+(?:EFE|ANSA|Enditem|/ritzau/|\(©NTB\)|=*Kyodo)"
    r"|\s+(?:-30-|###+|\(ENDS\)|-0-|\(MORE\)))$"
)


def parse_tagline(text: str, at: int) -> tuple[Credit, ...]:
    """The writer a tagline names with title, outlet and contact; () when the paragraph is no tagline.

    Outside brackets a sentence about somebody's job counts only when it gives a contact as well.
    """
    if len(text) > 600 or not (text[0] in _OPENS or "@" in text or "may write" in text):
        return ()
    found = _TAGLINE.fullmatch(text)
    if found is None:
        return ()
    name = " ".join(found["name"].split())
    what = found["what"]
    head = what[: _end_of_title(what)]
    words = credit_words()
    if not is_name(name) or not words.titles.search(head):
        return ()
    contact = _MAIL.search(text)
    is_set_off = bool(found["open"]) and bool(found["close"])
    if not is_set_off and contact is None and "may write" not in text:
        return ()
    title, affiliation = split_title(_ARTICLE.sub("", head.strip(), count=1))
    start = at + found.start("name")
    credit = Credit(
        name=name,
        role="author",
        title=title,
        affiliation=affiliation,
        contact=contact[0].rstrip(".") if contact else None,
        start=start,
        end=start + len(found["name"]),
        rule="credit.tagline",
    )
    return (credit,)


def _end_of_title(what: str) -> int:
    found = _TITLE_END.search(what)
    return found.start() if found else len(what.rstrip("."))


def merge(people: list[Credit], tagline: tuple[Credit, ...]) -> list[Credit]:
    """The byline's authors with what a tagline adds; a tagline of somebody new is a credit of its own."""
    merged = list(people)
    for extra in tagline:
        for number, credit in enumerate(merged):
            if credit.name and extra.name and _same_person(credit.name, extra.name):
                merged[number] = replace(
                    credit,
                    title=credit.title or extra.title,
                    affiliation=credit.affiliation or extra.affiliation,
                    contact=credit.contact or extra.contact,
                )
                break
        else:
            merged.append(extra)
    return merged


def with_contact(people: list[Credit], text: str) -> list[Credit]:
    """The authors with the address that a contact line gives to one of them: by name, or to the only one there is."""
    address = _MAIL.search(text)
    authors = [credit for credit in people if credit.role == "author" and credit.name]
    if address is None or not authors:
        return people
    words = set(re.findall(r"\w+", text.casefold()))
    meant = [credit for credit in authors if (credit.name or "").casefold().split()[-1] in words]
    if not meant and len(authors) == 1:
        meant = authors
    found = address[0].rstrip(".")
    return [
        replace(credit, contact=found) if credit in meant and _is_better(found, credit.contact) else credit
        for credit in people
    ]


def _is_better(found: str, known: str | None) -> bool:
    """An address counts before a handle, and what is known before another of its kind."""
    return known is None or (known[0] == "@" and found[0] != "@")


def _same_person(full: str, short: str) -> bool:
    return full.casefold() == short.casefold() or full.casefold().split()[-1] == short.casefold()


def inline_tail(text: str, start: int, end: int) -> list[tuple[int, str, str]]:
    """Cuts at the end of the paragraph `text[start:end]`, last first: where each begins, label and rule."""
    cuts = []
    found = _INLINE_END.search(text, max(start, end - _LONGEST_END), end)
    if found is not None and found.start() > start:
        begin = found.start() + len(found[0]) - len(found[0].lstrip())
        cuts.append((begin, "end_mark", "end_mark.inline"))
        end = found.start()
    if text[end - 1 : end] == ")":
        opened = text.rfind("(", start, end)
        credit = _INLINE_CREDIT.search(text, max(start, opened), end)
        if credit is not None and credit.start() > start and has_credits(credit[0]):
            cuts.append((credit.start(), "credit", "credit.inline"))
    return cuts
