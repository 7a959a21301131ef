from pathlib import Path

import pytest
from cases import Feeding, cases, check_case, check_whole, claims, inputs, mutations
from hypothesis import given, settings

from etl.readers import rss
from etl.records import Limits, Related, Subject

ITEM = b"""<item><title>Salt &amp;amp; ships</title>
<description><![CDATA[<p>The port <b>shut</b> on Monday.</p>
<p>&ldquo;It is the wind,&rdquo; a captain said.</p>]]></description>
<link>https://desk.example/a</link><guid isPermaLink="false">desk-1</guid>
<author>rosa@desk.example (Rosa Pinto)</author><category domain="https://desk.example/topics">Shipping</category>
<enclosure url="https://desk.example/a.jpg" type="image/jpeg" length="9"/>
<pubDate>Mon, 03 Mar 2014 09:28:21 EST</pubDate><dc:rights>Desk</dc:rights></item>
"""
START = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Desk</title><language>en</language>
<copyright>Desk 2014</copyright><image><title>Logo</title></image>
"""
END = b"</channel></rss>\n"
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Bureau</title><author><name>Bureau</name></author>
<entry><id>urn:a</id><title type="html">Le sel &amp;amp; la mer</title><updated>2014-03-03T09:28:21+01:00</updated>
<category term="sel" scheme="urn:t" label="Sel"/><link rel="alternate" href="https://b.example/a"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Un <i>long</i> été.</p><p>Fin.</p></div></content></entry>
</feed>
"""


FEED = Feeding(rss.read)
read_all, one, reasons = FEED.read_all, FEED.one, FEED.reasons


@pytest.mark.parametrize("folder", cases("rss"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_every_element_is_a_field() -> None:
    story = one(START + ITEM + END)
    assert story.headline == "Salt & ships"
    assert story.text.split("\n") == ["The port shut on Monday.", "“It is the wind,” a captain said."]
    assert (story.guid, story.provider, story.language) == ("desk-1", "The Desk", "en")
    assert story.copyright == "Desk"
    assert story.bylines == ("Rosa Pinto",)
    assert story.categories == ("Shipping",)
    assert story.subjects == (Subject("Shipping", "https://desk.example/topics", "Shipping"),)
    assert story.related == (Related("picture", "https://desk.example/a.jpg"),)
    assert story.extra["link"] == "https://desk.example/a"
    assert story.published is not None
    assert (story.published.when.isoformat(), story.published.zone) == ("2014-03-03T09:28:21-05:00", "EST")
    assert story.byte_offset == len(START)


def test_atom() -> None:
    story = one(ATOM.encode())
    assert (story.headline, story.text, story.language) == ("Le sel & la mer", "Un long été.\nFin.", "fr")
    assert (story.guid, story.bylines, story.provider) == ("urn:a", ("Bureau",), "Le Bureau")
    assert story.published is None
    assert story.versioned is not None
    assert story.versioned.when.isoformat() == "2014-03-03T09:28:21+01:00"


def test_content_comes_before_summary_which_is_kept() -> None:
    body = b"<content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded></item>"
    start = START.replace(b"<rss ", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
    story = one(start + ITEM.replace(b"</item>", body) + END)
    assert story.text == "All of it."
    assert story.extra["summary"].startswith("The port shut")


def test_a_damaged_item_costs_only_itself() -> None:
    damaged = ITEM.replace(b"</title>", b"</tittle>")
    assert reasons(START + ITEM + damaged + ITEM + END) == [None, "malformed", None]


def test_bare_ampersands_and_undeclared_prefixes_are_read() -> None:
    item = ITEM.replace(b"Salt &amp;amp; ships", b"AT&T &nbsp;buys").replace(b"<link>", b"<geo:lat>1</geo:lat><link>")
    story = one(START + item + END)
    assert story.headline == "AT&T buys"
    assert story.extra["geo:lat"] == "1"


def test_a_feed_cut_off_gives_the_items_before_the_cut() -> None:
    assert reasons(START + ITEM + ITEM[:200]) == [None, "truncated", "truncated"]
    assert reasons(START + ITEM) == [None, "truncated"]


def test_items_outside_a_channel_are_refused() -> None:
    assert reasons(START.replace(b"<channel>", b"") + ITEM + b"</rss>") == ["no_channel"]


def test_a_feed_without_items_says_so() -> None:
    assert reasons(START + END) == ["no_story"]


def test_an_item_without_title_and_text_is_refused() -> None:
    assert reasons(START + b"<item><guid>x</guid></item>" + END) == ["no_text"]


def test_utf16_keeps_the_places_of_the_file() -> None:
    text = ATOM.replace('encoding="utf-8"', 'encoding="utf-16"')
    data = text.encode("utf-16")
    story = one(data)
    assert story.text == "Un long été.\nFin."
    piece = data[story.byte_offset : story.byte_offset + story.byte_length].decode("utf-16-le")
    assert (piece[:7], piece[-8:]) == ("<entry>", "</entry>")


def test_entity_bombs_and_files_outside_are_harmless() -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>\n<rss'
    data = START.replace(b"<rss", bomb) + ITEM.replace(b"Salt", b"&b;") + ITEM.replace(b"Salt", b"&c;") + ITEM + END
    assert reasons(data) == ["malformed", "malformed", None]


def test_number_of_items_is_bounded() -> None:
    assert reasons(START + ITEM * 4 + END, Limits(max_stories=2)) == [None, None, "too_many_stories"]


def test_drafts_are_withheld() -> None:
    assert one(START + ITEM.replace(b"<link>", b"<wp:status>draft</wp:status><link>") + END).status == "withheld"


@pytest.mark.parametrize(
    "data",
    [b"", b"<nitf/>", b"<html><body>", b"<feed><entry/></feed>", b'<RDF xmlns="urn:x"/>', b"rss"],
    ids=["empty", "nitf", "html", "some other feed", "some other rdf", "text"],
)
def test_claims_nothing_else(data: bytes) -> None:
    assert "rss" not in claims(data)


TOKENS = [
    b"<item>",
    b"</item>",
    b"<![CDATA[",
    b"]]>",
    b"&",
    b"<channel>",
    b"</rss>",
    b"<!--",
    b"&bomb;",
    b"<a:b>",
    b"\x00",
]


@settings(max_examples=300, deadline=1000)
@given(mutations([START + ITEM + END, ATOM.encode(), ATOM.encode("utf-16"), *inputs("rss")], TOKENS))
def test_mutated_feeds_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
