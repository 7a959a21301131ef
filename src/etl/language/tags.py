"""Universal part-of-speech tags from Penn Treebank tags and dependency labels.

spaCy's own rules for this cost a third of a parse. The table is that of the Universal Dependencies project for
English; what it leaves open (is "that" a pronoun, is "have" an auxiliary) the dependency label tells.
"""

from __future__ import annotations

_TAGS = {
    "VERB": "VB VBD VBG VBN VBP VBZ",
    "NOUN": "NN NNS",
    "PROPN": "NNP NNPS",
    "PRON": "PRP PRP$ WP WP$ EX",
    "DET": "DT PDT WDT",
    "ADJ": "JJ JJR JJS AFX",
    "ADV": "RB RBR RBS WRB",
    "NUM": "CD",
    "ADP": "IN RP",
    "CCONJ": "CC",
    "AUX": "MD",
    "PART": "TO POS",
    "INTJ": "UH",
    "PUNCT": ". , : `` '' -LRB- -RRB- HYPH NFP",
    "SYM": "$ SYM",
}
_UNIVERSAL = {tag: universal for universal, tags in _TAGS.items() for tag in tags.split()}
_DETERMINING = frozenset({"det", "predet", "mark", "quantmod"})


def universal_tag(tag: str, dep: str) -> str:
    """The universal tag of a token by its Penn tag and its dependency label; X for tags that are none."""
    if dep in ("aux", "auxpass") and tag != "TO":
        return "AUX"
    if tag == "IN" and dep == "mark":
        return "SCONJ"
    if tag in ("DT", "WDT") and dep not in _DETERMINING:
        return "PRON"
    return _UNIVERSAL.get(tag, "X")
