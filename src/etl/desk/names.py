"""Lists of people as bylines and credits print them: "A, B and C in CITY and D in CITY, AGENCY"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from etl.desk.lexicon import CreditWords, agency_of, agency_pattern, credit_words
from etl.records import Credit

_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+")
_EDGE = ' \t\r\n.,;:()[]_*="“”'
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
_LONGEST_NAME = 7
_MOST_PIECES = 400
_WITH = ("with", "mit", "avec", "con")
# "Ann Lee AP Sports Writer", "Ann Lee Associated Press", "ANN LEE OF THE TRIBUNE STAFF", "Ann Lee for the Mail"
_RUN_ON = re.compile(
    r"(?P<name>\S+(?:\s\S+){1,3}?)\s(?:(?i:of|for)\s(?P<outlet>(?i:the\s)?[^\W\d_a-z].*)|"
    rf"(?P<post>(?i:{agency_pattern().pattern}).*))"
)


@dataclass(slots=True)
class _Party:
    """A credit under way: offsets of the name in the text, and what was found for it so far."""

    start: int
    end: int
    name: str | None
    title: str | None = None
    affiliation: str | None = None
    location: str | None = None
    contact: str | None = None


def read_people(
    text: str, start: int, end: int, *, language: str, role: str, rule: str, at: int | None = None
) -> tuple[Credit, ...]:
    """The people and agencies listed in `text[start:end]`, in order, as credits of one role.

    A place ("in Paris"), title or affiliation goes to every name before it that has none yet. `at` is
    where `text` begins in the story's text; without it the credits carry no offsets.
    """
    words = credit_words()
    text = without_links(text)
    reader = _Reader(text, words, language)
    reader.stop = end
    for piece_start, piece_end, begins_group in islice(_pieces(text, start, end, language, words), _MOST_PIECES):
        if begins_group:
            reader.placed = len(reader.parties)
        reader.take(piece_start, piece_end)
    return tuple(_credit(party, role, rule, at) for party in reader.parties)


_LINK = re.compile(r"\[(?P<name>[^\[\]]{1,80})\]\([^()\s]*\)|<(?=[\w.+-]+@[\w.-]+>)|</?[a-zA-Z][^<>]{0,400}>|(?<=\w)>")


def without_links(text: str) -> str:
    """The text with marks of links made spaces, one for one: "[Ann Lee](https://...)", "<a ...>Ann Lee</a>"."""
    if "](" not in text and "<" not in text:
        return text
    return _LINK.sub(lambda found: f" {found['name'] or ''}".ljust(len(found[0])), text)


def as_printed(text: str) -> str:
    """The words of a line as a reader sees them: without the marks of links, white space made single spaces."""
    return " ".join(_LINK.sub(lambda found: found["name"] or "", text).split())


def is_name(text: str) -> bool:
    """Whether `text` has the form of a person's name: few words, none of them plain lower-case prose."""
    parts = text.split()
    if not 1 <= len(parts) <= _LONGEST_NAME or any(ch.isdigit() for ch in text):
        return False
    particles = credit_words().particles
    return all(part[0].isalpha() or part[0] in "'’\"“(" for part in parts) and all(
        not part[0].islower() or part.casefold() in particles or part[1:2] in ("'", "’") or not part.islower()
        for part in parts
    )


def split_title(text: str) -> tuple[str, str | None]:
    """A printed title and the affiliation inside it ("AP Business Writer" holds "AP")."""
    title = " ".join(text.split())
    found = agency_pattern().match(title)
    if found is not None:
        return title, found[0]
    outlet = re.search(r"\s(?:for|of|at|with|to|bei|de|du)\s+((?:the\s+|The\s+)?[^\W\d_a-z].*)$", title)
    if outlet is not None:
        return title, re.sub(r"^[Tt]he\s+", "", outlet[1])
    named = re.match(r"((?:[^\W\d_a-z][\w.&'’-]*\s+)+)(?=[a-z])", title)
    return title, named[1].strip() if named else None


def filled(
    credit: Credit, *, title: str | None = None, affiliation: str | None = None, location: str | None = None
) -> Credit:
    """The credit with these where it has none of its own."""
    return replace(
        credit,
        title=credit.title or title,
        affiliation=credit.affiliation or affiliation,
        location=credit.location or location,
    )


def _pieces(text: str, start: int, end: int, language: str, words: CreditWords) -> Iterator[tuple[int, int, bool]]:
    """The parts of a list, and whether "with" stands before one: its place is not that of the names before."""
    tongue = words.tongues.get(language) or words.tongues["en"]
    position = start
    begins_group = False
    for found in tongue.separators.finditer(text, start, end):
        yield position, found.start(), begins_group
        position = found.end()
        begins_group = found[0].strip(" ,").casefold() in _WITH
    yield position, end, begins_group


class _Reader:
    """Takes the pieces of one list from left to right."""

    def __init__(self, text: str, words: CreditWords, language: str) -> None:
        self.text = text
        self.words = words
        self.place = (words.tongues.get(language) or words.tongues["en"]).place
        self.parties: list[_Party] = []
        self.placed = 0
        """How many parties had their place, title or affiliation settled already."""
        self.after_place = False
        self.stop = len(text)

    def take(self, start: int, end: int) -> None:
        start, end = self._trim(start, end)
        if start >= end:
            return
        piece = self.text[start:end]
        low = piece.casefold()
        if self._continues(low, piece, end):
            return
        contact = _CONTACT.search(piece)
        if contact is not None:
            start, end = self._trim(start, start + contact.start())
            if start < end:
                self._place_piece(start, end)
            self._settle(contact=contact[0], first=0)
            return
        location, end = self._location(start, end)
        bracket = _BRACKET.search(self.text, start, end)
        inside = None
        if bracket is not None and bracket.end() == end:
            inside = bracket[1].strip()
            start, end = self._trim(start, bracket.start())
        self._place_piece(start, end)
        if inside:
            self._settle(affiliation=inside) if agency_of(inside) else self._settle(location=inside)
        if location:
            self._settle(location=location)
            self.placed = len(self.parties)
        self.after_place = location is not None

    def _continues(self, low: str, piece: str, end: int) -> bool:
        """Whether the piece belongs to the one before it: "Jr.", or the state of a city."""
        if not self.parties:
            return False
        last = self.parties[-1]
        if low.replace(".", "") in self.words.suffixes and last.name:
            last.name, last.end = f"{last.name}, {piece}", end
            return True
        if self.after_place and (low in self.words.regions or f"{low}." in self.words.regions) and last.location:
            full = f"{last.location}, {piece}"
            for party in self.parties:
                if party.location == last.location:
                    party.location = full
            self.after_place = False
            return True
        return False

    def _location(self, start: int, end: int) -> tuple[str | None, int]:
        found = self.place.search(self.text, start, end)
        if found is None or found.start() == start:
            return None, end
        return " ".join(self.text[found.end() : end].split()), found.start()

    def _place_piece(self, start: int, end: int) -> None:
        piece = " ".join(self.text[start:end].split())
        if not piece:
            return
        kind = self._kind(piece, start, end)
        run_on = _RUN_ON.fullmatch(piece) if kind in ("title", "org") else None
        if run_on is not None and is_name(run_on["name"]) and agency_of(piece) is None:
            self.parties.append(_Party(start, start + len(run_on["name"]), run_on["name"]))
            self._place_post(run_on["post"] or run_on["outlet"])
        elif kind == "beat":
            for party in self.parties:
                party.title = f"{party.title}, {piece}" if party.title == self.parties[-1].title else party.title
        elif kind == "person":
            self.parties.append(_Party(start, end, piece))
        elif kind == "title":
            start = self._title_start(start)
            title, affiliation = split_title(self.text[start:end])
            if affiliation is not None and self._is_beat(affiliation):
                affiliation = None
            self._attach(start, end, title=title, affiliation=affiliation)
        elif kind == "org":
            self._attach(start, end, title=None, affiliation=piece)

    def _is_beat(self, piece: str) -> bool:
        """Whether a part is what a title covers and nothing else: "Middle East"."""
        return all(word in self.words.beats or word in ("and", "&") for word in piece.casefold().split())

    def _title_start(self, start: int) -> int:
        """Where a title begins: "Europe, Middle East and Africa Economics Editor" looked like people till here."""
        while len(self.parties) > 1 and self.parties[-1].name and self._is_beat(self.parties[-1].name):
            start = self.parties.pop().start
        self.placed = min(self.placed, len(self.parties))
        return start

    def _place_post(self, post: str) -> None:
        """Give the last party the outlet or title that ran on from its name: "JOHN SMITH AP Sports Writer"."""
        last = self.parties[-1]
        if self.words.titles.search(post):
            last.title, last.affiliation = split_title(post)
        else:
            last.affiliation = post

    def _attach(self, start: int, end: int, *, title: str | None, affiliation: str | None) -> None:
        if not self.parties:
            self.parties.append(_Party(start, end, None, title=title, affiliation=affiliation or title))
            return
        if title is not None:
            self._settle(title=title, first=0)
        if affiliation is not None:
            self._settle(affiliation=affiliation, first=0)

    def _settle(self, *, first: int | None = None, **found: str) -> None:
        """Give what was found to each party, from number `first`, that lacks it."""
        for party in self.parties[self.placed if first is None else first :]:
            for field, value in found.items():
                if getattr(party, field) is None:
                    setattr(party, field, value)

    def _kind(self, piece: str, start: int, end: int) -> str:
        if _is_agency(piece):
            return "org"
        if self.words.titles.search(piece):
            return "title"
        count = piece.count(" ") + 1
        if self.words.orgs.search(piece) and not self._may_be_surname(piece, count, start, end):
            return "org"
        if self.parties and self.parties[-1].title and self._is_beat(piece):
            return "beat"
        if _is_outlet_sign(piece) and any(party.name and not party.name.isupper() for party in self.parties):
            return "org"
        if is_name(piece) or (not self.parties and count <= 3 and piece.replace(" ", "").replace("'", "").isalpha()):
            return "person"
        return "other"

    def _may_be_surname(self, piece: str, count: int, start: int, end: int) -> bool:
        """Whether it is a surname: in "Matt Daily", not in "The Daily", "World Desk", or "A B, Northern Wire"."""
        words = piece.casefold().split()
        if count != 2 or words[0] == "the" or words[1] not in self.words.surnames or words[0] in self.words.beats:
            return False
        is_last = not self.text[end : self.stop].strip(_EDGE)
        return not (is_last and len(self.parties) == 1 and self.text[:start].rstrip()[-1:] == ",")

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        text = self.text
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE and not _is_abbreviation(text, start, end):
            end -= 1
        return start, end


def _is_outlet_sign(piece: str) -> bool:
    """Whether a part is all capitals, as outlets sign: "CNN", "USA TODAY"."""
    return piece.isupper() and any(len(word) > 2 for word in piece.split())


def _is_agency(piece: str) -> bool:
    """Whether a part of a byline is an agency, or several in one ("NTB-AFP-DPA")."""
    if agency_of(piece) is not None:
        return True
    parts = piece.split("-")
    return len(parts) > 1 and all(agency_of(part) for part in parts)


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the last character is the full stop of "Jr." or "N.Y.", or closes a bracket of the piece."""
    if text[end - 1] == ")":
        return "(" in text[start:end]
    if text[end - 1] != ".":
        return False
    word = text[start:end].split()[-1] if text[start:end].split() else ""
    return word.casefold() in ("jr.", "sr.") or bool(re.fullmatch(r"(?:\w\.){1,3}", word))


def _credit(party: _Party, role: str, rule: str, at: int | None) -> Credit:
    credit = Credit(
        name=party.name,
        role=role,
        title=party.title,
        affiliation=party.affiliation,
        location=party.location,
        contact=party.contact,
        rule=rule,
    )
    return credit if at is None else replace(credit, start=at + party.start, end=at + party.end)
