"""Where a quotation with one lost mark begins or ends: at its attribution, else at its sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from etl.language.cues import Words
from etl.language.marks import Marked

_STOP = re.compile(r"[.?!…]+[’'”\"]?(?=\s+[A-Z“\"‘\[]|\s*$)")
_COMMA = re.compile(r"[,?!]\s+")
_TAG_WORDS = 9


def bound_marks(text: str, marked: Sequence[Marked], words: Words, goes_on: bool) -> tuple[Marked, ...]:
    """Give every stretch with a lost mark its likely border; `goes_on` says the last continues in the next
    paragraph. Stretches that cannot be bounded are dropped: a stray mark is no quotation."""
    found = []
    for number, mark in enumerate(marked):
        if mark.closed and mark.opened:
            found.append(mark)
        elif not mark.closed:
            last = number == len(marked) - 1
            found.append(mark if last and goes_on else _close(text, mark, words))
        else:
            opened = _open(text, mark, words)
            if opened is not None:
                found.append(opened)
    return tuple(m for m in found if text[m.start : m.end].strip())


def _close(text: str, mark: Marked, words: Words) -> Marked:
    """“The dam held, said Emeka Obi. -- ends before the attribution, else with its first sentence."""
    inner = text[mark.start : mark.end]
    for comma in _COMMA.finditer(inner):
        stop = _STOP.search(inner, comma.end())
        fragment = inner[comma.end() : stop.start() if stop else len(inner)]
        if _is_attribution(fragment, words):
            end = mark.start + comma.start() + 1
            return replace(mark, end=end, outer_end=end, closed=True)
    first = _STOP.search(inner)
    whole = not text[: mark.outer_start].strip() and mark.end == len(text)
    end = mark.end if first is None or whole else mark.start + first.end()
    return replace(mark, end=end, outer_end=end)


def ends_attributed(text: str, mark: Marked, words: Words) -> bool:
    """Does an open quotation end its paragraph with its attribution? Then its mark was lost, and nothing goes on."""
    inner = text[mark.start : mark.end].rstrip()
    commas = list(_COMMA.finditer(inner))
    return bool(commas) and _is_attribution(inner[commas[-1].end() :].rstrip(".?!"), words)


def _is_attribution(fragment: str, words: Words) -> bool:
    if len(fragment.split()) > _TAG_WORDS:
        fragment = " ".join(fragment.split()[:_TAG_WORDS])
    cue = words.cue_pattern.search(fragment)
    if cue is None or "q" not in words.verbs[cue.group().lower()].speech:
        return False
    rest = fragment[cue.end() :].split()
    return (cue.start() == 0 and bool(rest)) or (len(rest) <= 4 and len(fragment[: cue.start()].split()) <= 5)


def _open(text: str, mark: Marked, words: Words) -> Marked | None:
    """We walked,” he said. -- begins with its sentence, if an attribution follows the mark."""
    after = text[mark.outer_end :]
    stop = _STOP.search(after)
    if not _is_attribution(after[: stop.start() if stop else len(after)].strip(" ,"), words):
        return None
    borders = list(_STOP.finditer(text, mark.start, mark.end - 1))
    start = borders[-1].end() if borders else mark.start
    start += len(text[start : mark.end]) - len(text[start : mark.end].lstrip())
    return replace(mark, outer_start=start, start=start, opened=True)
