import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.readers.encoding import decode, xml_declared

CASES = [
    pytest.param(b"Plain copy.", None, "Plain copy.", "utf-8", "strict", id="ascii"),
    pytest.param("Malmö — 5 km".encode(), "UTF-8", "Malmö — 5 km", "utf-8", "declared", id="utf-8 as declared"),
    pytest.param("Malmö".encode(), None, "Malmö", "utf-8", "strict", id="utf-8 undeclared"),
    pytest.param("Malmö".encode(), "ISO-8859-1", "Malmö", "utf-8", "repaired", id="utf-8 declared latin-1"),
    pytest.param("Malmö".encode("latin-1"), "iso-8859-1", "Malmö", "iso8859-1", "declared", id="latin-1 as declared"),
    pytest.param("Malmö".encode("latin-1"), "utf-8", "Malmö", "iso8859-1", "repaired", id="latin-1 declared utf-8"),
    pytest.param("“Malmö”".encode("cp1252"), "iso-8859-1", "“Malmö”", "cp1252", "repaired", id="cp1252 in latin-1"),
    pytest.param("“Malmö”".encode("cp1252"), None, "“Malmö”", "cp1252", "fallback", id="cp1252 undeclared"),
    pytest.param("Łódź".encode("cp1250"), "windows-1250", "Łódź", "cp1250", "declared", id="cp1250 as declared"),
    pytest.param("联通".encode("gbk"), "gbk", "联通", "gbk", "declared", id="gbk that is valid utf-8 by chance"),
    pytest.param("Malmö".encode("utf-8-sig"), None, "Malmö", "utf-8", "declared", id="utf-8 mark"),
    pytest.param(b"\xff\xfe" + "Malmö".encode("utf-16-le"), None, "Malmö", "utf-16-le", "declared", id="utf-16 mark"),
    pytest.param("Malmö, 5 Nov".encode("utf-16-be"), None, "Malmö, 5 Nov", "utf-16-be", "repaired", id="utf-16 bare"),
    pytest.param("Malmö".encode(), "utf-16", "Malmö", "utf-8", "repaired", id="utf-8 declared utf-16"),
    pytest.param("åäö “x” ".encode() + b"\x93", "utf-8", "åäö “x” “", "utf-8", "repaired", id="stray cp1252 byte"),
    pytest.param(b"+ADw-b+AD4-", "utf-7", "+ADw-b+AD4-", "utf-8", "strict", id="utf-7 is not allowed"),
    pytest.param(b"Plain", "no-such-set", "Plain", "utf-8", "strict", id="unknown declaration"),
]


@pytest.mark.parametrize(("data", "declared", "text", "encoding", "evidence"), CASES)
def test_evidence(data: bytes, declared: str | None, text: str, encoding: str, evidence: str) -> None:
    found = decode(data, declared)
    assert (found.text, found.encoding, found.evidence) == (text, encoding, evidence)


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "gbk", "utf-7", "idna", "x\0y"]))
def test_any_bytes_decode(data: bytes, declared: str | None) -> None:
    assert "�" not in decode(data, declared).text or "�".encode() in data or b"\xfd\xff" in data or b"\xff\xfd" in data


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_declared_utf8_round_trips(text: str) -> None:
    data = text.encode()
    if not data.startswith((b"\xef\xbb\xbf", b"\xff", b"\xfe")) and "\0" not in text:
        assert decode(data, "utf-8").text == text


def test_xml_declaration_is_read_behind_a_mark() -> None:
    assert xml_declared("﻿<?xml version='1.0' encoding='ISO-8859-1'?><a/>".encode()) == "ISO-8859-1"
    assert xml_declared(b'<?xml version="1.0"?><a encoding="x"/>') is None
