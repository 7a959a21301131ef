import gzip
import logging
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from etl.config import Source
from tests.collect.places import Desk

KEYS = {"KEY": "AKIAEXAMPLE", "SECRET": "secret"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, desk: Desk):  # type: ignore[no-untyped-def]
    desk.environ = dict(KEYS)
    store = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["KEY"],
        aws_secret_access_key=KEYS["SECRET"],
    )
    name = desk.folder.name.replace("_", "-").lower().strip("-")
    return store.create_bucket(Bucket=name)


def wire(desk: Desk, endpoint: str, bucket, lines: str = "") -> Source:  # type: ignore[no-untyped-def]
    return desk.source(
        "s3",
        f'bucket = "{bucket.name}"\nendpoint = "{endpoint}"\naccess_key_env = "KEY"\n'
        f'secret_key_env = "SECRET"\n{lines}',
    )


def test_new_and_changed_objects_are_kept_once(desk: Desk, endpoint: str, bucket) -> None:  # type: ignore[no-untyped-def]
    for n in range(3):
        bucket.put_object(Key=f"incoming/day/{n}.xml", Body=b"<nitf>%d</nitf>" % n)
    source = wire(desk, endpoint, bucket)
    assert len(desk.visit(source).deposits) == 3
    assert desk.visit_when_due(source).outcome == "unchanged"
    bucket.put_object(Key="incoming/day/1.xml", Body=b"<nitf>corrected</nitf>")
    bucket.put_object(Key="incoming/again.xml", Body=b"<nitf>2</nitf>")
    bucket.Object("incoming/day/0.xml").delete()
    done = desk.visit_when_due(source)
    assert (len(done.deposits), done.known) == (1, 1)
    assert set(desk.state(source).taken) == {"incoming/day/1.xml", "incoming/day/2.xml", "incoming/again.xml"}
    assert len(desk.kept()) == 4


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ('prefix = "in/"', [b"in/a.xml", b"in/b.txt"]),
        ('prefix = "in"', [b"in/a.xml", b"in/b.txt", b"inner/c.xml"]),
        ('prefix = "in/a"', [b"in/a.xml"]),
        ('match = "*.xml"', [b"in/a.xml", b"inner/c.xml"]),
        ('prefix = "nothing/"', []),
    ],
)
def test_a_prefix_and_a_pattern_choose(desk: Desk, endpoint: str, bucket, lines: str, kept: list[bytes]) -> None:  # type: ignore[no-untyped-def]
    for key in ("in/a.xml", "in/b.txt", "inner/c.xml"):
        bucket.put_object(Key=key, Body=key.encode())
    desk.visit(wire(desk, endpoint, bucket, lines))
    assert desk.kept() == kept


def test_compressed_objects_are_kept_compressed(desk: Desk, endpoint: str, bucket) -> None:  # type: ignore[no-untyped-def]
    body = gzip.compress(b"<nitf/>", mtime=0)
    bucket.put_object(Key="a.xml.gz", Body=body)
    (deposit,) = desk.visit(wire(desk, endpoint, bucket)).deposits
    assert deposit.path.read_bytes() == body
    assert deposit.path.name.endswith("-a.xml.gz")


def test_an_object_that_is_too_large_is_refused_once(desk: Desk, endpoint: str, bucket) -> None:  # type: ignore[no-untyped-def]
    bucket.put_object(Key="a.xml", Body=b"x" * 11)
    source = wire(desk, endpoint, bucket, "max_bytes = 10")
    assert desk.visit(source).refused == (("a.xml", "larger than max_bytes = 10"),)
    assert desk.visit_when_due(source).refused == ()


def test_a_bucket_that_is_not_there_and_a_store_that_is_not(desk: Desk, endpoint: str, bucket) -> None:  # type: ignore[no-untyped-def]
    bucket.delete()
    assert f"bucket {bucket.name} cannot be listed" in (desk.visit(wire(desk, endpoint, bucket)).problem or "")
    nowhere = wire(desk, "http://127.0.0.1:1", bucket, 'timeout = "1s"')
    assert desk.visit(nowhere, force=True).outcome == "failed"


def test_a_variable_that_is_not_set_is_named(desk: Desk, endpoint: str, bucket) -> None:  # type: ignore[no-untyped-def]
    desk.environ = {}
    assert desk.visit(wire(desk, endpoint, bucket)).problem == "environment variable KEY is not set"
