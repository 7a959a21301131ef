"""What the progress of a run says."""

from rich.progress import ProgressSample, Task, TaskID

from etl.cli.run import RateColumn
from etl.ingest.plan import Batch, RawFile


def batch(files: int, size: int) -> Batch:
    return Batch("bat", tuple(RawFile(f"/{n}", str(n), None, size, 0, str(n)) for n in range(files)))


def test_the_rate_is_of_files_and_bytes_over_the_last_batches() -> None:
    clock = [0.0]
    column = RateColumn([batch(10, 1024 * 1024), batch(30, 1024 * 1024)])
    task = Task(TaskID(0), "reading", 2, 0, _get_time=lambda: clock[0])
    task.start_time = 0.0
    assert column.render(task).plain == "- files/s"
    task._progress.extend([ProgressSample(0.0, 0), ProgressSample(4.0, 1)])
    assert column.render(task).plain == "5.0 files/s, 5.00 MB/s"


def test_a_run_of_nothing_has_no_rate() -> None:
    column = RateColumn([])
    assert column.render(Task(TaskID(0), "reading", 0, 0, _get_time=lambda: 0.0)).plain == "- files/s"
