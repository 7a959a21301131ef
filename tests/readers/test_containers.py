import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest
from cases import delivery, mutations
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.readers.containers import open_members
from etl.records import Delivery, Limits, Reject

COPY = b"ROTTERDAM (AP) _ The wall went at midnight.\n" * 50


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def opened(data: bytes, name: str = "feed/x", limits: Limits | None = None) -> list[tuple[str | None, bytes] | Reject]:
    """Every member with its bytes, read while its stream is open, and every reject."""
    found: list[tuple[str | None, bytes] | Reject] = []
    for item in open_members(delivery(data, name, limits)):
        if isinstance(item, Reject):
            found.append(item)
        else:
            assert item.stream.tell() == 0
            content = item.stream.read()
            assert item.size == len(content)
            found.append((item.member, content))
    return found


def reasons(data: bytes, limits: Limits | None = None) -> list[str | None]:
    return [item.reason if isinstance(item, Reject) else None for item in opened(data, limits=limits)]


def test_a_plain_file_is_itself() -> None:
    source = delivery(COPY)
    assert list(open_members(source)) == [source]


@pytest.mark.parametrize(
    ("pack", "suffix"),
    [(gzip.compress, ".gz"), (bz2.compress, ".bz2"), (lzma.compress, ".xz"), (zstd, ".zst")],
    ids=["gz", "bz2", "xz", "zst"],
)
def test_compressed_files(pack: Callable[[bytes], bytes], suffix: str) -> None:
    assert opened(pack(COPY), "feed/story.txt" + suffix) == [("story.txt", COPY)]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_compressed_files_one_after_another_are_one(pack: Callable[[bytes], bytes]) -> None:
    assert opened(pack(COPY) + pack(b"more"), "x.gz") == [("x", COPY + b"more")]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_archives_give_their_members_in_order(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    assert opened(pack({"b/1.txt": COPY, "a.txt": b"two"})) == [("b/1.txt", COPY), ("a.txt", b"two")]


def test_compressed_archives_and_archives_of_compressed_files() -> None:
    assert opened(gzip.compress(tarred({"a.txt": COPY})), "x.tar.gz") == [("a.txt", COPY)]
    assert opened(lzma.compress(tarred({"a.sgm.gz": gzip.compress(COPY)})), "x.tar.xz") == [("a.sgm", COPY)]


def test_an_archive_inside_an_archive_once() -> None:
    inner = zipped({"a.txt": COPY})
    assert opened(zipped({"monday.zip": inner})) == [("monday.zip/a.txt", COPY)]
    assert reasons(zipped({"week.zip": zipped({"monday.zip": inner})})) == ["nested_too_deep"]
    assert reasons(gzip.compress(gzip.compress(gzip.compress(COPY)))) == ["nested_too_deep"]


def test_a_cut_gzip_file_gives_its_whole_gzip_members() -> None:
    first, second = gzip.compress(COPY), gzip.compress(b"second story")
    whole, reject = opened((first + second)[:-6], "x.warc.gz")
    assert whole == ("x.warc", COPY)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.byte_offset, reject.byte_length) == ("truncated", len(first), len(second) - 6)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd], ids=["gz", "bz2", "xz", "zst"])
def test_a_cut_file_is_never_half_delivered(pack: Callable[[bytes], bytes]) -> None:
    data = pack(bytes(range(256)) * 400)
    assert reasons(data[: len(data) // 2]) == ["truncated"]


def test_zeros_behind_a_gzip_file_are_padding_and_other_bytes_are_not() -> None:
    assert reasons(gzip.compress(COPY) + b"\x00" * 600) == [None]
    assert reasons(gzip.compress(COPY) + b"junk") == [None, "damaged"]


def test_damage_is_noticed() -> None:
    data = bytearray(gzip.compress(bytes(range(256)) * 40))
    data[-6] ^= 0xFF
    assert reasons(bytes(data)) == ["damaged"]
    archive = bytearray(zipped({"a.txt": COPY, "b.txt": b"whole"}))
    archive[60] ^= 0xFF
    assert reasons(bytes(archive)) == ["damaged", None]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd], ids=["gz", "bz2", "xz", "zst"])
def test_bombs_end_early(pack: Callable[[bytes], bytes]) -> None:
    limits = Limits(max_story_bytes=100_000, max_expansion=20)
    assert reasons(pack(b"\x00" * 3_000_000), limits) == ["decompression_bomb"]


def test_members_of_one_archive_share_a_budget() -> None:
    limits = Limits(max_story_bytes=100_000, max_expansion=20)
    data = zipped({f"{n}.txt": b"a" * 60_000 for n in range(5)})
    assert "decompression_bomb" in reasons(data, limits)


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "a/../../b.txt", "C:\\evil.txt", "..\\evil.txt"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert reasons(tarred({name: COPY, "good.txt": COPY})) == ["unsafe_path", None]
    assert reasons(zipped({name: COPY, "good.txt": COPY})) == ["unsafe_path", None]


def test_links_and_devices_are_refused() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("name" + kind.decode())
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert reasons(target.getvalue()) == ["link", "link", "special_file", "special_file"]
    zip_target = io.BytesIO()
    with zipfile.ZipFile(zip_target, "w") as zip_archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        zip_archive.writestr(link, "/etc/passwd")
    assert reasons(zip_target.getvalue()) == ["link"]


def test_number_of_members_is_bounded() -> None:
    members = {f"{n}.txt": b"x" for n in range(5)}
    assert reasons(tarred(members), Limits(max_members=3)) == [None, None, None, "too_many_members"]
    assert reasons(zipped(members), Limits(max_members=3)) == ["too_many_members"]


def test_a_cut_tar_gives_the_members_before_the_cut() -> None:
    data = tarred({"a.txt": COPY, "b.txt": COPY})
    assert reasons(data[: 512 + 2560 + 512 + 100]) == [None, "truncated"]


def test_rejects_name_the_member() -> None:
    (reject,) = [item for item in opened(tarred({"../x": COPY})) if isinstance(item, Reject)]
    assert "'../x'" in reject.detail
    assert (reject.path, reject.member, reject.stage) == ("feed/x", "../x", "sniff")
    assert (reject.byte_offset, reject.byte_length) == (0, len(COPY))


def test_no_two_rejects_of_an_archive_answer_for_the_same_bytes() -> None:
    unsafe = {"../a": COPY, "../b": COPY}
    data = zipped({"monday.zip": zipped(unsafe), "tuesday.tar": tarred(unsafe)})
    places = [(item.member, item.byte_offset) for item in opened(data) if isinstance(item, Reject)]
    assert places == [
        ("monday.zip/../a", 0),
        ("monday.zip/../b", 0),
        ("tuesday.tar/../a", 0),
        ("tuesday.tar/../b", 0),
    ]


def test_a_name_that_an_archive_holds_twice_is_told_apart() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for data in (COPY, b"the file as it was added again"):
            info = tarfile.TarInfo("a.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert opened(target.getvalue()) == [("a.txt", COPY), ("a.txt#2", b"the file as it was added again")]


SEEDS = [
    gzip.compress(COPY),
    bz2.compress(COPY),
    lzma.compress(COPY),
    zstd(COPY),
    zipped({"a.txt": COPY, "b.gz": gzip.compress(COPY)}),
    tarred({"a.txt": COPY, "b.zip": zipped({"c.txt": COPY})}),
]
TOKENS = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x1f\x8b\x08", b"\xff\xff\xff\xff", b"\x00" * 512, b"ustar"]


@settings(max_examples=300, deadline=2000)
@given(st.one_of(mutations(SEEDS, TOKENS), st.binary(max_size=600)))
def test_mutated_containers_give_members_or_rejects(data: bytes) -> None:
    limits = Limits(max_story_bytes=1_000_000, max_expansion=50)
    for item in open_members(Delivery("x", io.BytesIO(data), len(data), limits=limits)):
        if isinstance(item, Delivery):
            assert len(item.stream.read()) <= 50 * len(data) + 1_000_000
