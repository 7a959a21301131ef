"""Who a speaker as printed is: names, pronouns, "the spokesman", officials, documents."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from etl.language.cues import Words
from etl.records import Mention, Part, StoryEntity

_WORD = re.compile(r"[\w’'-]+")
_POSSESSIVE = re.compile(r"['’]s?\b")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker resolved: the entity where it is one, `name` only where the story gives it."""

    name: str | None
    cluster: int | None
    role: str | None
    affiliation: str | None
    is_anonymous: bool
    rule: str


_SHORTEST_MISSPELT = 5
UNKNOWN = Speaker(None, None, None, None, False, "unknown")


def is_one_letter_off(left: str, right: str) -> bool:
    """Are two different words equal but for one letter that is missing, added or changed?"""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    short, long = sorted((left, right), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :]


class Cast:
    """The people, organisations and pronouns of one story, asked in reading order.

    `spoke` is to be told of every resolved speaker, so that "he said" can look back.
    """

    def __init__(
        self,
        texts: dict[Part, str],
        mentions: Sequence[Mention],
        entities: Sequence[StoryEntity],
        words: Words,
        quoted: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Index the mentions of each part by their start; `quoted` are the stretches of the text in marks, sorted."""
        self._texts = texts
        self._quoted = quoted
        self._quoted_starts = [start for start, _ in quoted]
        self._words = words
        self._mentions = {
            part: sorted((m for m in mentions if m.part == part), key=lambda m: m.start) for part in texts
        }
        self._starts = {part: [m.start for m in found] for part, found in self._mentions.items()}
        self._entities = {e.cluster: e for e in entities}
        self._gender: dict[int, str] = {}
        self._titled: dict[str, int] = {}
        self._spoken: list[tuple[int, int]] = []
        self._learn_genders()

    def resolve(self, part: Part, start: int, end: int, head: tuple[int, int]) -> Speaker:
        """Who `text[start:end]` is; `head` are the offsets of its head word."""
        mention = self._named(part, start, end, head)
        printed = self._texts[part][head[0] : head[1]]
        namesake = self._misspelt(printed, mention)
        if namesake is not None:
            return self._as_speaker(namesake, "misspelt")
        if mention is not None:
            self._remember_titles(part, start, end, mention)
            return self._as_speaker(mention.cluster, "name")
        word = printed.lower()
        words = self._words
        if words.has("speakers.masculine", word) or words.has("speakers.feminine", word):
            return self._pronoun(part, start, word)
        if words.has("speakers.neutral", word) or words.has("speakers.plural", word):
            return self._thing(start)
        if words.has("speakers.first_second", word) or words.has("speakers.relative", word):
            return UNKNOWN
        if words.has("speakers.documents", word):
            author = self._author(part, start, end, head)
            if author is not None:
                return self._as_speaker(author.cluster, "document")
        by_role = self._by_role(part, start, end, word)
        if by_role is not None:
            return by_role
        anonymous = words.has("speakers.anonymous", word) or words.has("speakers.generic", word)
        return Speaker(None, None, None, None, anonymous, "noun")

    def is_person(self, part: Part, start: int, end: int) -> bool:
        """Is the stretch the name of a person of the story?"""
        return any(m.start <= start and end <= m.end and m.label == "PERSON" for m in self._between(part, start, end))

    def is_speaker(self, part: Part, start: int, end: int) -> bool:
        """Does the stretch end in the name of a person, organisation or country?"""
        text = self._texts[part]
        found = self._between(part, start, end)
        return any(m.label in ("PERSON", "ORG", "GPE") and not text[m.end : end].strip(" .’'s") for m in found)

    def interviewee(self, words: Words) -> int | None:
        """Who answers in an interview: the person named behind words that say so, else the only one there is."""
        text = self._texts["text"]
        people = [m for m in self._mentions["text"] if m.label == "PERSON"]
        for mention in people:
            before = _WORD.findall(text[max(0, mention.start - 60) : mention.start].split("\n")[-1].lower())
            if words.sets["attribution.interview_with"] & set(before[-6:]):
                return mention.cluster
        clusters = {m.cluster for m in people}
        return clusters.pop() if len(clusters) == 1 else None

    def entity(self, cluster: int) -> Speaker:
        """The speaker that an entity is."""
        return self._as_speaker(cluster, "interview")

    def spoke(self, position: int, cluster: int | None) -> None:
        """Remember that the entity spoke at a place of the text."""
        if cluster is not None:
            self._spoken.append((position, cluster))

    def topic(self, part: Part, start: int, end: int) -> tuple[int, int] | None:
        """Whom a sentence is about, by its opening: a pronoun, or the first person it names."""
        text = self._texts[part]
        first = _WORD.search(text, start, end)
        if first is None:
            return None
        word = first.group().lower()
        if self._words.has("speakers.masculine", word) or self._words.has("speakers.feminine", word):
            return first.start(), first.end()
        people = [m for m in self._between(part, start, end) if m.label == "PERSON" and m.start >= start]
        people = [m for m in people if not _POSSESSIVE.match(text, m.end)]
        return (people[0].start, people[0].end) if people else None

    def _between(self, part: Part, start: int, end: int) -> list[Mention]:
        first = max(0, bisect_left(self._starts[part], start) - 1)
        stop = bisect_left(self._starts[part], end)
        return [m for m in self._mentions[part][first:stop] if m.end > start]

    def _named(self, part: Part, start: int, end: int, head: tuple[int, int]) -> Mention | None:
        inside = self._between(part, start, end)
        text = self._texts[part]
        free = [
            m for m in inside if not _POSSESSIVE.match(text, m.end) and not text[m.start : m.end].endswith(("'s", "’s"))
        ]
        people = [m for m in free if m.label == "PERSON"]
        at_head = [m for m in free if m.start < head[1] and head[0] < m.end]
        for found in (
            [m for m in at_head if m.label == "PERSON"],
            [m for m in people if m.end >= head[0] or text[m.end : head[0]].strip() in (",", "")],
            [
                m
                for m in at_head
                if m.label in ("ORG", "GPE", "NORP", "MISC", "LOC", "FAC", "WORK_OF_ART", "PRODUCT", "EVENT")
            ],
            people,
        ):
            if found:
                return found[0]
        return None

    def _remember_titles(self, part: Part, start: int, end: int, mention: Mention) -> None:
        """ "The spokesman, Peter Lang, said": from here on "the spokesman" is Peter Lang."""
        if mention.label == "PERSON":
            beside = self._texts[part][start : mention.start] + " " + self._texts[part][mention.end : end]
            for word in _WORD.findall(beside):
                if word.islower() and len(word) > 4:
                    self._titled[word] = mention.cluster

    def _misspelt(self, printed: str, mention: Mention | None) -> int | None:
        """Cluster of the one person whose surname the word is a letter away from: Maurer, then "said Mauer"."""
        entity = self._entities.get(mention.cluster) if mention is not None else None
        if len(printed) < _SHORTEST_MISSPELT or not printed[0].isupper() or (entity and " " in entity.name):
            return None
        near = [
            e.cluster
            for e in self._entities.values()
            if e.label == "PERSON" and " " in e.name and is_one_letter_off(printed, e.name.split()[-1])
        ]
        return near[0] if len(near) == 1 else None

    def _author(self, part: Part, start: int, end: int, head: tuple[int, int]) -> Mention | None:
        """Whose document it is: "the Home Office letter", "PC World's analysis", "a statement from the mayor"."""
        inside = [m for m in self._between(part, start, end + 40) if m.label in ("PERSON", "ORG")]
        text = self._texts[part]
        before = [m for m in inside if start <= m.start and m.end <= head[0]]
        link = re.compile(r"\s+(?:by|from|of)\s+(?:the\s+)?")
        after = [m for m in inside if (found := link.match(text, head[1])) and found.end() == m.start]
        nearest = before or after
        return nearest[-1] if nearest else None

    def _as_speaker(self, cluster: int, rule: str) -> Speaker:
        entity = self._entities.get(cluster)
        if entity is None:
            return UNKNOWN
        return Speaker(entity.name, cluster, entity.role, entity.affiliation, False, rule)

    # --- pronouns ----------------------------------------------------------------------------

    def _learn_genders(self) -> None:
        words = self._words
        for part, found in self._mentions.items():
            text = self._texts[part]
            for mention in found:
                before = text[max(0, mention.start - 12) : mention.start]
                first = text[mention.start : mention.end].split()[:1]
                title = [*_WORD.findall(before)[-1:], *first]
                for word in title:
                    if words.has("speakers.masculine_titles", word.rstrip(".")):
                        self._gender[mention.cluster] = "m"
                    elif words.has("speakers.feminine_titles", word.rstrip(".")):
                        self._gender[mention.cluster] = "f"
        for cluster, entity in self._entities.items():
            first_name = entity.name.split()[0].lower() if entity.name.split() else ""
            if entity.label == "PERSON" and cluster not in self._gender:
                if words.has("speakers.masculine_names", first_name):
                    self._gender[cluster] = "m"
                elif words.has("speakers.feminine_names", first_name):
                    self._gender[cluster] = "f"

    def _pronoun(self, part: Part, position: int, word: str) -> Speaker:
        gender = "m" if self._words.has("speakers.masculine", word) else "f"
        best: tuple[float, int] | None = None
        text = self._texts[part]
        stop = bisect_left(self._starts[part], position)
        for mention in self._mentions[part][max(0, stop - 40) : stop]:
            if mention.label != "PERSON" or self._gender.get(mention.cluster, gender) != gender:
                continue
            score = self._salience(text, mention, position, mention.cluster in self._gender)
            if best is None or score >= best[0]:
                best = (score, mention.cluster)
        for place, cluster in self._spoken[-6:]:
            if place >= position or self._gender.get(cluster, gender) != gender:
                continue
            entity = self._entities.get(cluster)
            if entity is None or entity.label != "PERSON":
                continue
            score = 2.0 - 0.75 * text.count("\n", place, position) / 2
            if best is None or score > best[0]:
                best = (score, cluster)
        if best is None:
            return UNKNOWN
        self._gender.setdefault(best[1], gender)
        return self._as_speaker(best[1], "pronoun")

    def _salience(self, text: str, mention: Mention, position: int, known: bool) -> float:
        """How likely a pronoun at `position` means the mention: near, early in its sentence, not a possessor."""
        between = text[mention.end : position]
        paragraphs = len(re.findall(r"\n\s*", between))
        score = 1.5 - 0.7 * paragraphs + (0.3 if known else 0.0)
        line_start = text.rfind("\n", 0, mention.start) + 1
        sentence_start = max(
            line_start, *(text.rfind(mark, 0, mention.start) + 1 for mark in (". ", "? ", "! ", "” ", '" '))
        )
        early = len(text[sentence_start : mention.start].split())
        score += 0.6 if early <= 3 else 0.0
        if _POSSESSIVE.match(text, mention.end):
            score -= 0.5
        if self._is_quoted(mention.start):
            score -= 1.0
        return score

    def _is_quoted(self, position: int) -> bool:
        """Does the position lie inside quotation marks? Whom a speaker mentions is seldom the next speaker."""
        place = bisect_right(self._quoted_starts, position) - 1
        return place >= 0 and position < self._quoted[place][1]

    def _thing(self, position: int) -> Speaker:
        """ "It said", "they said": the organisation that spoke last."""
        for place, cluster in reversed(self._spoken[-4:]):
            entity = self._entities.get(cluster)
            if place < position and entity is not None and entity.label != "PERSON":
                return self._as_speaker(cluster, "pronoun")
        return UNKNOWN

    def _by_role(self, part: Part, start: int, end: int, word: str) -> Speaker | None:
        """ "The spokesman", "the senator": the one person of the story whose role holds the word."""
        text = self._texts[part][start:end].lower()
        if not text.startswith(("the ", "this ")) and not text[:1].isupper():
            return None
        if re.search(r"['’]s?\s", text):
            return None
        holders = [
            e
            for e in self._entities.values()
            if e.label == "PERSON" and e.role and word in e.role.lower().split() and len(word) > 2
        ]
        if len(holders) == 1:
            return self._as_speaker(holders[0].cluster, "role")
        if not holders and word in self._titled:
            return self._as_speaker(self._titled[word], "role")
        recent = [c for _, c in self._spoken[-3:] if any(h.cluster == c for h in holders)]
        return self._as_speaker(recent[-1], "role") if recent else None
