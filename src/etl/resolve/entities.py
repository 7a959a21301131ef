"""What the resolve stage knows of a name over all stories, and when two names are one entity.

Every decision depends on the set of stories alone, never on their order or on how they were cut into batches: rules
look at names of one block and at the stories that bear those names, at nothing counted over the whole lake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from etl.chains import fold
from etl.ids import make_id


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a candidate for merging: its id before any merge, its type, and the name itself."""

    entity_id: str
    label: str
    name: str
    block: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Two names that are one entity: by which rule, on what evidence. `one` < `other`, as ids."""

    one: str
    other: str
    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first stories of a name say of its bearers, as printed."""

    roles: frozenset[str] = frozenset()
    affiliations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """A row of the merge map: the name `merged_id` is part of the entity `entity_id`."""

    merged_id: str
    entity_id: str
    rule: str
    evidence: str
    decided_at: datetime | None


def name_id(label: str, name: str) -> str:
    """The id of a name that is joined over stories by its letters alone: what `etl.rows` gives it."""
    return make_id("ent", label, fold(name))


# --- clusters ------------------------------------------------------------------------------------

_STRENGTH = (
    "curated", "alias_table", "spelling", "stated", "middle_initial", "middle_name", "suffix", "nickname", "initials",
    "transliteration",
)  # fmt: skip


def cluster(
    edges: Iterable[Edge], apart: Iterable[tuple[str, str]], first_seen: Mapping[str, datetime | None]
) -> list[Merge]:
    """Names joined by edges, each under the id of the member that was seen first; a name kept as it is gives no row.

    Strong rules join before weak ones. An edge that would put two names into one entity that a curated line keeps
    apart is left out. Ties of time are broken by id, so that the outcome depends on the set of edges alone.
    """
    sets = _Clusters(apart)
    for edge in sorted(set(edges), key=_by_strength):
        sets.join(edge)
    merges: list[Merge] = []
    for members in sets.groups():
        root = min(members, key=lambda m: _age(m, first_seen))
        merges += _walk(root, sets.kept, first_seen)
    return sorted(merges, key=lambda m: m.merged_id)


def _age(member: str, first_seen: Mapping[str, datetime | None]) -> tuple[bool, float, str]:
    seen = first_seen.get(member)
    return seen is None, seen.timestamp() if seen else 0.0, member


def _by_strength(edge: Edge) -> tuple[int, str, str, str, str]:
    rank = _STRENGTH.index(edge.rule) if edge.rule in _STRENGTH else len(_STRENGTH)
    return rank, edge.one, edge.other, edge.rule, edge.evidence


@dataclass(slots=True)
class _Clusters:
    apart: Iterable[tuple[str, str]]
    of: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, list[tuple[str, Edge]]] = field(default_factory=lambda: defaultdict(list))
    _enemies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for one, other in self.apart:
            self._enemies[one].add(other)
            self._enemies[other].add(one)

    def join(self, edge: Edge) -> None:
        one, other = self.of.get(edge.one, {edge.one}), self.of.get(edge.other, {edge.other})
        if one is other or any(self._enemies[m] & other for m in one if m in self._enemies):
            return
        both = one | other
        for member in both:
            self.of[member] = both
        self.kept[edge.one].append((edge.other, edge))
        self.kept[edge.other].append((edge.one, edge))

    def groups(self) -> Iterator[set[str]]:
        done: set[int] = set()
        for group in self.of.values():
            if id(group) not in done:
                done.add(id(group))
                yield group


def _walk(
    root: str, kept: Mapping[str, Sequence[tuple[str, Edge]]], first_seen: Mapping[str, datetime | None]
) -> Iterator[Merge]:
    """A merge for each member, with the edge that ties it towards the root."""
    seen, queue = {root}, [root]
    for at in queue:
        for other, edge in sorted(kept[at], key=lambda step: step[0]):
            if other not in seen:
                seen.add(other)
                queue.append(other)
                times = [t for t in (first_seen.get(edge.one), first_seen.get(edge.other)) if t]
                yield Merge(other, root, edge.rule, edge.evidence, max(times, default=None))


# --- what stories state ----------------------------------------------------------------------------

_SURE = 0.8
"""Share of the stories that state a variant which must state it for one and the same name."""


def stated_edge(alias: Name, claims: Mapping[Name, int], *, agree: bool) -> Edge | None:
    """The entity of which `alias` is a variant because stories say so ("International Wool Board (IWB)").

    `claims` counts the stories by the name they state it for, `agree` is false where two of these names are of
    different bearers. None where stories mean different things by it.
    """
    blocks: dict[str, int] = defaultdict(int)
    for name, count in claims.items():
        blocks[name.block] += count
    best = min(blocks, key=lambda b: (-blocks[b], b), default=None)
    if best is None or not agree or blocks[best] < _SURE * sum(blocks.values()):
        return None
    name = min((n for n in claims if n.block == best), key=lambda n: (-claims[n], n.entity_id))
    if name.entity_id == alias.entity_id:
        return None
    one, other = sorted((alias.entity_id, name.entity_id))
    return Edge(one, other, "stated", f"{blocks[best]} stories use {alias.name!r} for {name.name!r}")
