"""Predictions of datelines in the form of `eval/datelines/score.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.desk.dateline import find_dateline
from etl.records import Dateline


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """One line for each document: place, city, agency and date as printed, and where the story begins."""
    for document in documents:
        dateline = find_dateline(str(document["text"]))
        yield {"doc_id": document["doc_id"], **_fields(dateline)}


def _fields(dateline: Dateline | None) -> dict[str, object]:
    if dateline is None:
        return {"place": None, "city": None, "agency": None, "date_text": None, "body_offset": 0}
    city = dateline.city
    if dateline.place and "/" in dateline.place:
        # The gold asks for the towns without the state that stands last, for none where one stands before that.
        towns, _, last = dateline.place.rpartition("/")
        city = None if "," in towns else f"{towns}/{last.partition(',')[0]}"
    return {
        "place": dateline.place,
        "city": city,
        "agency": dateline.agency,
        "date_text": dateline.date_text,
        "body_offset": dateline.end,
    }
