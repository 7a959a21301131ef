"""The tables of `data/html.toml`, and what they say of an element: furniture, or the story's text."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lxml import etree

_LONGEST_NAME = 300
_TELLING = ("class", "id", "role", "data-testid")


@cache
def rules() -> dict[str, Any]:
    """The tables of `data/html.toml`."""
    return tomllib.loads(files("etl.readers").joinpath("data/html.toml").read_text(encoding="utf-8"))


def is_furniture(element: etree._Element) -> bool:
    """Whether an element says of itself that it is hidden or no running text."""
    if element.tag in ("body", "html", "article", "main"):
        return False
    if "paywall" in (element.get("class") or "") and re.search(rules()["body"]["paid"], element.get("class") or ""):
        return False
    if element.tag in _light_furniture() or element.get("aria-hidden") == "true" or element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style and "none" in style and re.search(r"display\s*:\s*none", style):
        return True
    return any(_names_furniture(value[:_LONGEST_NAME]) for name in _TELLING if (value := element.get(name)))


@cache
def _hidden_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    body = rules()["body"]
    return re.compile(rf"(?:^|\s)(?:{body['whole']})(?=\s|$)"), re.compile(rf"(?:^|\s)(?:{body['but_shown']})(?=\s|$)")


def says_text(element: etree._Element) -> bool:
    """Whether an element says of itself that it holds the story's text."""
    return any(
        _names_text(value[:_LONGEST_NAME]) for name in ("class", "id", "itemprop") if (value := element.get(name))
    )


@cache
def _light_furniture() -> frozenset[str]:
    return frozenset(rules()["body"]["light_furniture"])


@cache
def _furniture_pattern() -> re.Pattern[str]:
    """A token such as `article__related-links` that holds a word of furniture between its hyphens."""
    words = "|".join(sorted(map(re.escape, rules()["body"]["furniture"]), key=len, reverse=True))
    modifiers = "|".join(rules()["body"]["modifiers"])
    return re.compile(rf"(?:^|\s)(?!(?:{modifiers})-)(?:[\w]+-)*?(?:{words})(?:-\w*)*(?=\s|$)")


@cache
def _text_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, rules()["body"]["text"]))
    return re.compile(rf"(?:^|[\s-])(?:{words})(?=[\s-]|$)")


def _tokens(value: str) -> str:
    """Class names in one spelling: `articleBody__inner` is `article-body-inner`."""
    return re.sub(r"[_.:/]+|-{2,}", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", value)).lower()


@lru_cache(maxsize=16384)
def _names_furniture(value: str) -> bool:
    hidden, shown = _hidden_patterns()
    if hidden.search(value) and not shown.search(value):
        return True
    return _furniture_pattern().search(_tokens(value)) is not None


@lru_cache(maxsize=16384)
def _names_text(value: str) -> bool:
    return _text_pattern().search(_tokens(value)) is not None
