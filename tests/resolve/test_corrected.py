"""What a correction changed is linked old to new."""

from etl.resolve.corrected import Facts, Named, Said, corrected

BEFORE = Facts(
    "old",
    (
        Said("q1", "We lost 14 boats in the storm", "Ada Holm"),
        Said("q2", "The harbour is safe", "Ben Rudd"),
        Said("q3", "Nobody called us", None),
    ),
    (Named("e1", "PERSON", "Jon Smyth"), Named("e2", "GPE", "Larkfield"), Named("e3", "ORG", "Port Board")),
)
AFTER = Facts(
    "new",
    (
        Said("r1", "We lost 40 boats in the storm", "Ada Holm"),
        Said("r2", "The harbour is safe", "Bea Rudd"),
        Said("r4", "A wholly other remark about ferries", "Ada Holm"),
    ),
    (Named("f1", "PERSON", "John Smythe"), Named("f2", "GPE", "Oldmere"), Named("e3", "ORG", "Port Board")),
)


def test_quotations_speakers_and_names_are_linked_old_to_new() -> None:
    rows = corrected("story", BEFORE, AFTER)
    found = {(r.changed, r.change, r.old_id, r.new_id) for r in rows}
    assert found == {
        ("quote", "replaced", "q1", "r1"),
        ("speaker", "replaced", "q2", "r2"),
        ("quote", "removed", "q3", None),
        ("quote", "added", None, "r4"),
        ("name", "replaced", "e1", "f1"),
        ("name", "replaced", "e2", "f2"),
    }
    speaker = next(r for r in rows if r.changed == "speaker")
    assert (speaker.old_text, speaker.new_text) == ("Ben Rudd", "Bea Rudd")
    assert {(r.story_id, r.corrected_id, r.article_id) for r in rows} == {("story", "old", "new")}
    assert len({r.correction_id for r in rows}) == len(rows)


def test_what_stayed_gives_no_row() -> None:
    assert corrected("story", BEFORE, Facts("new", BEFORE.quotes, BEFORE.names)) == []
