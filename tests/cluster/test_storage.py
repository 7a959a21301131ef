"""Settings of an object store and of a cluster: what is refused, what is said, and what is never told."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from etl.cli.failures import told
from etl.ingest import cluster, worker
from etl.ingest.cluster import Cluster, ClusterError, stage_on_worker
from etl.ingest.fingerprint import fingerprint
from etl.ingest.listing import list_files
from etl.ingest.plan import Batch, make_plan
from etl.ingest.run import begin
from etl.ingest.worker import Job
from etl.lake import LakeError, open_lake
from etl.lake.check import SchemaMismatchError
from etl.lake.connect import connect_duckdb
from etl.lake.location import located
from etl.lake.storage import file_system
from etl.records import Limits
from etl.settings import Settings
from tests.cluster.conftest import KEY, SECRET, TOKEN, free_port
from tests.lake import rows
from warehouses import RAW


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("COPYDESK_DATA", "gs://bucket/data", "scheme 'gs'"),
        ("COPYDESK_DATA", "s3://bucket", "s3://bucket/prefix"),
        ("COPYDESK_STAGE", f"s3://{KEY}:{SECRET}@bucket/x", "without keys"),
        ("COPYDESK_STAGE", "{warehouse}/lake/data/stage", "must not lie in one another"),
        ("COPYDESK_DATA", "{warehouse}", "must not lie in one another"),
    ],
)
def test_places_that_cannot_be_used_are_refused(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, value.format(warehouse=tmp_path))
    with pytest.raises(LakeError, match=said) as refused:
        located(tmp_path)
    assert SECRET not in str(refused.value)


def test_missing_keys_and_a_wrong_address_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LakeError, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        file_system("s3://bucket/x")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{KEY}:{SECRET}@store")
    with pytest.raises(LakeError, match="AWS_ENDPOINT_URL must be like") as refused:
        file_system("s3://bucket/x")
    assert SECRET not in str(refused.value)


def test_keys_cannot_be_read_back_from_a_connection_nor_stand_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", KEY), ("SECRET_ACCESS_KEY", SECRET), ("SESSION_TOKEN", TOKEN)):
        monkeypatch.setenv(f"AWS_{name}", value)
    con = connect_duckdb(("httpfs",))
    shown = repr([con.execute(f"FROM {source}").fetchall() for source in ("duckdb_settings()", "duckdb_secrets()")])
    assert SECRET not in shown
    assert TOKEN not in shown
    assert con.execute("SELECT getvariable('SECRET')").fetchall() == [(None,)]
    said = told(OSError(f"<InvalidToken><Token-0>{TOKEN}</Token-0><AWSAccessKeyId>{KEY}</AWSAccessKeyId>"))
    assert TOKEN not in said
    assert KEY not in said
    assert "[AWS_SESSION_TOKEN]" in said


def test_a_lake_in_an_object_store_wants_a_stage_that_workers_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COPYDESK_DATA", "s3://bucket/data")
    with pytest.raises(LakeError, match="set COPYDESK_STAGE to a prefix"):
        begin(list_files([RAW]), Settings(tmp_path, cluster="tcp://x:1"), command="run", now=datetime.now(UTC))


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with pytest.raises(ClusterError, match="start one: dask scheduler"), Cluster(f"tcp://127.0.0.1:{free_port()}", 1):
        pass


@pytest.fixture
def job(tmp_path: Path) -> Job:
    with open_lake(tmp_path / "w") as lake:
        plan = make_plan(list_files([RAW / "herald"]), lake, "x", Settings(tmp_path))
    return Job(plan.batches[0], "run-1", fingerprint(), str(tmp_path / "stage"), rows.NOW, 500, Limits())


def test_a_worker_of_another_version_is_refused(job: Job) -> None:
    with pytest.raises(ClusterError, match=r"a worker runs copydesk .*, this is 9\.9\.9: install one version on all"):
        stage_on_worker(replace(job, fingerprint="9.9.9"))


def test_a_worker_that_does_not_see_the_raw_files_is_told_from_a_file_that_has_gone(job: Job, tmp_path: Path) -> None:
    def moved(place: Path) -> Job:
        (file,) = job.batch.files
        return replace(job, batch=Batch("b", (replace(file, location=str(place / "gone.txt")),)))

    assert stage_on_worker(moved(tmp_path)).changed == (job.batch.files[0].path,)
    with pytest.raises(ClusterError, match="a worker does not see"):
        stage_on_worker(moved(tmp_path / "not-mounted"))


def test_a_null_where_none_may_be_is_refused_by_the_worker_and_leaves_nothing(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = worker.arrow_tables

    def without_text(found: dict[str, list[dict[str, object]]]) -> dict[str, pa.Table]:
        for row in found.get("articles", []):
            row["text"] = None
        return plain(found)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "arrow_tables", without_text)
    with pytest.raises(SchemaMismatchError, match=r"articles\.text is required"):
        stage_on_worker(job)
    assert not [path for path in (tmp_path / "stage").rglob("*") if path.is_file()]


def test_a_job_and_an_error_survive_the_way_to_a_worker_and_hold_no_key(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    sent = pickle.dumps(job)
    assert SECRET.encode() not in sent
    assert pickle.loads(sent) == job
    assert str(pickle.loads(pickle.dumps(ClusterError("said")))) == "said"
