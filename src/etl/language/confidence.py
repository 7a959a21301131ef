"""How sure a quotation and its speaker are, by the rule that found it.

The figures are shares right of quotation and speaker together, measured over some 300 political news stories that
were annotated by hand, and rounded: content whose border the reporter leaves open (indirect) is surer to be found
than to be cut as two people would cut it. `tests/language/test_confidence.py` holds the order of the rules.
"""

from __future__ import annotations

_BY_RULE = {
    "marks": 0.96,
    "continued": 0.95,
    "signed": 0.9,
    "turn": 0.85,
    "c": 0.85,
    "noun": 0.55,
    "a": 0.85,
    "according": 0.8,
    "introduced": 0.75,
    "headline": 0.75,
    "i": 0.7,
    "as": 0.65,
    "l": 0.6,
    "before_cue": 0.6,
    "n": 0.58,
    "x": 0.55,
    "for": 0.55,
    "of": 0.55,
    "partial": 0.5,
    "about": 0.5,
    "against": 0.45,
    "to": 0.42,
    "subject_before": 0.4,
    "on": 0.35,
    "no_cue": 0.2,
}
_INDIRECT = {"c": 0.8, "a": 0.8, "i": 0.48, "l": 0.35, "as": 0.48, "n": 0.47, "x": 0.52}
_BY_SPEAKER = {
    "name": 1.0,
    "noun": 0.97,
    "interview": 0.95,
    "pronoun": 0.93,
    "role": 0.9,
    "document": 0.9,
    "misspelt": 0.9,
}
_NOT_A_QUOTATION = 0.8
_UNKNOWN = 0.75


def confidence_of(rule: str, quote_type: str, kind: str, speaker_rule: str | None) -> float:
    """0 to 1: the chance that the words are a quotation of that type and the speaker is right.

    `speaker_rule` says how the speaker was resolved, None where nobody is printed beside the quotation.
    """
    family = rule.split(":")[0]
    if kind == "not_quotation":
        return _NOT_A_QUOTATION
    base = _BY_RULE.get(family, 0.5)
    if quote_type == "indirect":
        base = _INDIRECT.get(family, base)
    return round(base * _BY_SPEAKER.get(speaker_rule or "", _UNKNOWN), 2)
