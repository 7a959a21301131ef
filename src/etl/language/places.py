"""Which place of the gazetteer a name in a story means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl import gazetteer
from etl.language.desk_facts import DeskFacts
from etl.language.found import Found, Text
from etl.records import Place

_LARGE = 300_000
"""A city of this size is meant by its bare name, whatever country the story is about ("Paris" in a Texas story)."""
_REGION_BEHIND = re.compile(r",\s+(?P<region>[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+)?)")


class Resolver:
    """Resolves the places of one story: the region printed behind a name binds, the story's countries choose."""

    def __init__(self, texts: Sequence[Text], found: Sequence[Found], facts: DeskFacts) -> None:
        """Take the story's pieces and names, and what the desk knows."""
        self._texts = texts
        self._facts = facts
        self._context = self._countries(found)
        self._regions: dict[str, str] = {}
        self._known: dict[tuple[str, str | None], Place | None] = {}

    def place(self, f: Found) -> Place | None:
        """Return the place of one mention. A region printed once beside a name holds for the whole story."""
        text = self._texts[f.piece][0].text
        name = " ".join(text[f.start : f.end].split())
        # Example: in "Kazakhstan, Uzbekistan and Tajikistan" no country lies in the next.
        region = None if gazetteer.is_country(name) else self._region_behind(text, f.end)
        if region:
            self._regions[name] = region
        region = region or self._regions.get(name)
        key = name, region
        if key not in self._known:
            self._known[key] = self._resolve(name, region, f.label)
        return self._known[key]

    def _countries(self, found: Sequence[Found]) -> list[str]:
        codes = [self._facts.country_code] if self._facts.country_code else []
        for f in found:
            if f.label in ("GPE", "NORP"):
                name = self._texts[f.piece][0].text[f.start : f.end]
                code = gazetteer.country_code(name) or gazetteer.country_of_demonym(name)
                if code and code not in codes:
                    codes.append(code)
        return codes

    def _region_behind(self, text: str, end: int) -> str | None:
        match = _REGION_BEHIND.match(text, end)
        if match is None:
            return None
        for region in (match["region"], match["region"].split()[0]):
            is_known = gazetteer.is_country(region) or gazetteer.region_of_abbreviation(region)
            if is_known or gazetteer.is_region(region):
                return region
        return None

    def _resolve(self, name: str, region: str | None, label: str) -> Place | None:
        if label == "FAC":
            return None
        desk = self._facts.place
        if desk is not None and name.casefold() in (desk.name.casefold(), (self._facts.city or "").casefold()):
            return desk
        best = gazetteer.lookup(name)
        if not best:
            return None
        if label == "LOC":
            return next((p for p in best if p.kind == "area"), None)
        if region is None and (best[0].kind != "city" or gazetteer.population(name) >= _LARGE):
            return best[0]
        return gazetteer.resolve(name, region=region, context=self._context)
