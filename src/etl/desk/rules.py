"""Rules that cut whole lines and paragraphs, read from the desk's data files.

A rule matches a whole line or paragraph or nothing. Which rule wins is stated at the top of
`data/lines.toml`: the first that matches, in the order of the files and in the file's own order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from etl.desk.lexicon import houses, load

_LONGEST_FURNITURE = 48
_INDEXED = 2
_NO_LIMIT = 1 << 30
_LONGEST_START = 16
_CLOSING = " :!>»›…*-–—|•·\t"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the data files, see the head of `data/lines.toml`."""

    name: str
    label: str
    pattern: re.Pattern[str]
    starts: tuple[str, ...]
    kind: str | None = None
    signal: str | None = None
    takes_rest: bool = False
    ends: tuple[str, ...] = ()
    longest: int = _NO_LIMIT

    def may_match(self, text: str, head: str) -> bool:
        """Whether a look at both ends leaves the pattern to be tried; `head` is the beginning in small letters."""
        if self.starts and not head.startswith(self.starts):
            return False
        return len(text) <= self.longest and (not self.ends or text.endswith(self.ends))


@dataclass(frozen=True, slots=True)
class Cut:
    """What a rule says of one line or paragraph: its label, the rule's name, the fields it filled."""

    label: str
    rule: str
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    signal: str | None = None
    takes_rest: bool = False


class RuleBook:
    """The rules of one region of a story, indexed by how a line begins."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """`rules` in the order of precedence."""
        self._rules = rules
        self._by_start: dict[str, tuple[Rule, ...]] = {}
        self.starts = frozenset(start[:_INDEXED] for rule in rules for start in rule.starts)
        """Beginnings of lines, of one or two letters, that rules ask for; rules without any are asked always."""

    def match(self, text: str) -> Cut | None:
        """The first rule that matches all of `text` (stripped), None when none does."""
        start = text[:_INDEXED].casefold()
        rules = self._by_start.get(start)
        if rules is None:
            rules = self._index(start)
        if not rules:
            return None
        head = text[:_LONGEST_START].casefold()
        for rule in rules:
            found = rule.pattern.fullmatch(text) if rule.may_match(text, head) else None
            if found is not None:
                return _cut(rule, found)
        return None

    def asks_for(self, text: str) -> bool:
        """Whether some rule asks for lines that begin like `text`."""
        return text[:_INDEXED].casefold() in self.starts or text[0].casefold() in self.starts

    def _index(self, start: str) -> tuple[Rule, ...]:
        rules = tuple(
            rule
            for rule in self._rules
            if not rule.starts or any(s[: len(start)] == start[: len(s)] for s in rule.starts)
        )
        self._by_start[start] = rules
        return rules


def _cut(rule: Rule, found: re.Match[str]) -> Cut:
    fields = {name.rstrip("234"): value.strip() for name, value in found.groupdict().items() if value and value.strip()}
    return Cut(rule.label, rule.name, fields, rule.kind, rule.signal, rule.takes_rest)


@cache
def book(where: str) -> RuleBook:
    """The rules for `top`, `tail`, `foot` or `any`; cached."""
    rules = []
    for entry in [entry for name in (*houses(), "pages.toml", "lines.toml") for entry in load(name)["rule"]]:
        if where in entry["where"]:
            flags = re.S if entry.get("cased") else re.S | re.I
            rules.append(
                Rule(
                    name=entry["name"],
                    label=entry["label"],
                    pattern=re.compile(entry["pattern"], flags),
                    starts=tuple(start.casefold() for start in entry["starts"]),
                    kind=entry.get("kind"),
                    signal=entry.get("signal"),
                    takes_rest=entry.get("takes_rest", False),
                    ends=tuple(entry.get("ends", ())),
                    longest=entry.get("longest", _NO_LIMIT),
                )
            )
    return RuleBook(tuple(rules))


@cache
def _furniture(is_text_layout: bool) -> Mapping[str, Cut]:
    table = {}
    for group in load("furniture.toml")["group"]:
        if is_text_layout or group["everywhere"]:
            for line in group["lines"]:
                table[line.casefold()] = Cut("page", group["rule"])
    return table


def furniture(text: str, *, is_text_layout: bool) -> Cut | None:
    """Page furniture when the whole line is such ("Advertisement", "Share"), else None."""
    if len(text) > _LONGEST_FURNITURE:
        return None
    return _furniture(is_text_layout).get(text.removesuffix("...").strip(_CLOSING).casefold())
