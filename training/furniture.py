"""Made wire furniture: datelines, bylines, agate tables, briefs and market lines, with names drawn from the data.

No corpus that may be used freely has them, and a tagger that never saw a league table calls every team a place.
All choices come from one seeded generator.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

from training.corpora import TAGS, Corpus, Sentence

# fmt: off
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
          "Jan", "Feb", "Nov", "Dec")
# fmt: on
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DASHES = ("--", "-", "—", "–", "_", "")
NAMED = {
    **dict.fromkeys(("PER", "FULL", "LAST", "INIT"), "PER"),
    **dict.fromkeys(("ORG", "TEAM", "CLUB", "FIRM", "DUO", "AGENCY", "BODY"), "ORG"),
    **dict.fromkeys(("LOC", "CITY", "COUNTRY"), "LOC"),
    **dict.fromkeys(("EVENT", "PEOPLE"), "MISC"),
}
"""Kinds of made names and their labels. A town in a league table is the team, not the place."""


def read_patterns(path: Path) -> dict[str, list[str]]:
    """Read `patterns.txt`: sections in brackets, a pattern a line."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


class Furniture:
    """Writes made lines. `corpora` give the names, `cities` (largest first) and `lists` the rest."""

    def __init__(self, corpora: list[Corpus], cities: list[str], lists: dict[str, frozenset[str]], rng: Random) -> None:
        """Draw up the pools of names; a name of more than three words is left out."""
        self.rng = rng
        self.lists = {name: sorted(words) for name, words in lists.items()}
        self.cities = cities
        self.patterns = read_patterns(Path(__file__).parent / "patterns.txt")
        self.tables = [section for section in self.patterns if section.startswith("table")]
        self.pools: dict[str, list[list[str]]] = {"PER": [], "ORG": [], "LOC": [], "MISC": []}
        for words, tags in (s for corpus in corpora for story in corpus.stories for s in story):
            for start, stop, label in _names(tags):
                if stop - start <= 3 and words[start][0].isupper():
                    self.pools[label].append(words[start:stop])
        self.full = [name for name in self.pools["PER"] if len(name) == 2 and name[1][0].isupper()]
        self.peoples = [
            name for name in self.pools["MISC"] if len(name) == 1 and name[0].endswith(("n", "h", "ese", "i"))
        ]

    def name(self, kind: str) -> list[str]:
        """Words of a made or drawn name."""
        pick = self.rng.choice
        city = self.cities[int(len(self.cities) * self.rng.random() ** 2)].split()  # large ones more often
        surname_or_people = pick(self.full)[-1:] if self.rng.random() < 0.6 else pick(self.peoples)
        people_or_city = pick(self.peoples) if self.rng.random() < 0.5 else city
        made = {
            "FULL": lambda: pick(self.full),
            "LAST": lambda: pick(self.full)[-1:],
            "INIT": lambda: [f"{pick(self.full)[0][0].upper()}.", *pick(self.full)[-1:]],
            "CITY": lambda: city,
            "TEAM": lambda: city if self.rng.random() < 0.7 else [*city, *pick(self.lists["nicknames"]).split()],
            "CLUB": lambda: city if self.rng.random() < 0.6 else [*city, pick(self.lists["clubs"])],
            "COUNTRY": lambda: pick(self.lists["countries"]).split(),
            "FIRM": lambda: [*surname_or_people, pick(self.lists["firms"])],
            "BODY": lambda: [*people_or_city, pick(self.lists["bodies"])],
            "DUO": self._duo,
            "AGENCY": lambda: [pick(self.lists["agencies"])],
            "EVENT": lambda: [*(pick(self.peoples) if self.rng.random() < 0.5 else []), *self._event()],
            "PEOPLE": lambda: pick(self.peoples),
        }
        return made[kind]() if kind in made else pick(self.pools[kind])

    def _duo(self) -> list[str]:
        """A firm named after its partners."""
        names = [self.rng.choice(self.full)[-1] for _ in range(3)]
        link = self.rng.choice(("and", "&"))
        return self.rng.choice((names[:2], [names[0], link, names[1]], [*names[:2], link, names[2]]))

    def _event(self) -> list[str]:
        return self.rng.choice(self.lists["events"]).split()

    def line(self, pattern: str, *, upper: bool = False) -> Sentence:
        """Fill a pattern: `{KIND}` is a name, `{CAPS:KIND}` one in capitals, `#` a number, other words are plain."""
        words: list[str] = []
        tags: list[int] = []
        for part in pattern.split():
            if part.startswith("{"):
                caps, _, kind = part.strip("{}").rpartition(":")
                name = self.name(kind)
                name = [w.upper() for w in name] if caps or upper else name
                label = NAMED[kind]
                words += name
                tags += [TAGS.index(f"{'I' if i else 'B'}-{label}") for i in range(len(name))]
            else:
                words.append(self._plain(part, upper))
                tags.append(0)
        return words, tags

    def _plain(self, part: str, upper: bool) -> str:
        rng = self.rng
        if "#" in part or part == "@n":
            return re.sub("#|@n", lambda _: str(rng.choice((rng.randint(0, 9), rng.randint(0, 120)))), part)
        known = {"@month": MONTHS, "@day": DAYS, "@year": tuple(map(str, range(1986, 2027)))}
        word = rng.choice(known[part]) if part in known else part
        return word.upper() if upper else word

    def dateline(self) -> Sentence:
        """A dateline in one of the agencies' fashions, to be glued to a story's first sentence."""
        rng = self.rng
        place = rng.choice(("{CAPS:CITY}", "{CAPS:CITY}", "{CAPS:LOC}", "{CITY}"))
        region = rng.choice(("", "", "", " , {LOC}", " , {COUNTRY}", " / {CAPS:CITY}"))
        date = rng.choice(("", "", " , @month #", " , @day", " @month #", " @year", " , @month # , @year"))
        agency = rng.choice(("", " ( {AGENCY} )", " ( {AGENCY} )", " {AGENCY}", " / {AGENCY} /"))
        dash = rng.choice(DASHES) if region else rng.choice(DASHES[:-1])
        return self.line(f"{place}{region}{date}{agency} {dash}")

    def byline(self) -> Sentence:
        """A byline or a credit at the foot."""
        pattern = self.rng.choice(self.patterns["bylines"])
        return self.line(pattern)

    def table(self) -> list[Sentence]:
        """An agate table: standings, results, a score card or a list of finishers."""
        rng = self.rng
        upper = rng.random() < 0.3
        kind = rng.choice(self.tables)
        head = rng.choice(self.patterns["heads"]) if rng.random() < 0.7 else ""
        rows = [rng.choice(self.patterns[kind]) for _ in range(rng.choice((1, 2)))]
        out = [self.line(head, upper=rng.random() < 0.4)] if head else []
        return out + [self.line(rng.choice(rows), upper=upper) for _ in range(rng.randint(2, 8))]

    def brief(self) -> list[Sentence]:
        """Running text of a sports brief or a market note."""
        return [self.line(self.rng.choice(self.patterns["briefs"])) for _ in range(self.rng.randint(1, 3))]

    def headline(self) -> Sentence:
        """A short made headline, not yet in capitals."""
        return self.line(self.rng.choice(self.patterns["headlines"]))


def _names(tags: list[int]) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if 0 < tag < len(TAGS):
            part, _, label = TAGS[tag].partition("-")
            if part == "B":
                out.append((i, i + 1, label))
            elif out and out[-1][1] == i:
                out[-1] = (out[-1][0], i + 1, label)
    return out
