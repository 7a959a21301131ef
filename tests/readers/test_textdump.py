import pytest
from cases import delivery

from etl.readers import read
from etl.readers.textdump import read as read_dump
from etl.records import Delivery, Reject

STORY = b"PORT HADLEY - The harbour office shut its east pier on Monday after a barge struck it.\n"


def reasons(source: Delivery) -> list[str | None]:
    return [item.reason if isinstance(item, Reject) else None for item in read(source).items]


@pytest.mark.parametrize("name", ["README", "feed/README.txt", "feed/ReadMe.md", "LICENSE.txt", "x\\SHA256SUMS"])
def test_a_text_about_the_files_beside_it_is_no_story(name: str) -> None:
    (reject,) = read_dump(delivery(STORY, name))
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.byte_offset, reject.byte_length) == ("not_wire_copy", 0, len(STORY))
    assert "by its name" in reject.detail


def test_the_name_inside_an_archive_is_the_one_that_counts() -> None:
    source = delivery(STORY, "README.tar.gz")
    assert reasons(source) == ["not_wire_copy"]
    assert reasons(Delivery("README.tar.gz", source.stream, len(STORY), member="day/pier.txt")) == [None]
    assert reasons(Delivery("day.tar.gz", source.stream, len(STORY), member="day/README.txt")) == ["not_wire_copy"]


@pytest.mark.parametrize("name", ["license-fees.txt", "license.txt", "readmetre.txt", "PIER.README", "manifesto.txt"])
def test_a_slug_that_looks_alike_is_a_story(name: str) -> None:
    assert reasons(delivery(STORY, name)) == [None]


def test_what_can_be_told_by_its_bytes_is_read_under_any_name() -> None:
    nitf = b"<nitf><body><body.content><p>The east pier is shut.</p></body.content></body></nitf>"
    assert reasons(delivery(nitf, "README.txt")) == [None]


def test_a_declaration_in_the_middle_of_a_text_makes_it_no_grammar() -> None:
    assert reasons(delivery(STORY + b"<!ELEMENT pier (barge)>\n")) == [None]
    assert reasons(delivery(b"#1 PIER SHUT\n\n" + STORY)) == [None]
