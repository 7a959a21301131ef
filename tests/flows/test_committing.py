"""A commit takes its turn, and happens whatever becomes of the Prefect server."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

import flows  # sets what Prefect reads at its import
from flows import committing

assert flows.QUIET


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "some-id")


@pytest.mark.parametrize("away", ["before", "after", "never"])
def test_a_commit_happens_whether_the_server_is_there_or_not(monkeypatch: pytest.MonkeyPatch, away: str) -> None:
    done: list[str] = []

    @contextmanager
    def concurrency(name: str, **_: object) -> Iterator[None]:
        if away == "before":
            raise committing.ConcurrencySlotAcquisitionError(f"Unable to acquire concurrency slots on ['{name}']")
        done.append("taken")
        yield
        if away == "after":
            raise httpx.ConnectError("All connection attempts failed")
        done.append("given back")

    monkeypatch.setattr(committing, "concurrency", concurrency)
    with committing.one_committer():
        done.append("committed")
    assert (
        done
        == {
            "before": ["committed"],
            "after": ["taken", "committed"],
            "never": ["taken", "committed", "given back"],
        }[away]
    )


def test_a_commit_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[bool] = []

    @contextmanager
    def concurrency(name: str, **_: object) -> Iterator[None]:
        try:
            yield
        finally:
            given_back.append(True)

    monkeypatch.setattr(committing, "concurrency", concurrency)
    with pytest.raises(OSError, match="disk full"), committing.one_committer():
        raise OSError("disk full")
    assert given_back == [True]


def test_a_run_by_hand_asks_for_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT__RUNTIME__DEPLOYMENT__ID")
    monkeypatch.setattr(committing, "concurrency", None)
    with committing.one_committer():
        pass
