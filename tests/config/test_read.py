from datetime import timedelta
from pathlib import Path

import pytest

from etl.config import Config, ConfigError, Feed, Http, Rss, parse_config, read_config
from etl.config.read import FILE_NAME
from etl.config.sections import SOURCE_KINDS
from etl.settings import Settings

SOURCE = '[[source]]\nname = "wire"\nkind = "rss"\nurl = "https://wire.example/feed.xml"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        parse_config(text)
    return str(raised.value).splitlines()


def test_an_empty_file_is_all_defaults() -> None:
    assert parse_config("") == Config()
    assert parse_config("").settings() == Settings(Path("warehouse"))


def test_values_become_what_they_mean() -> None:
    config = parse_config(
        'warehouse = "lake"\n[run]\nbatch_bytes = "2MiB"\n[schedules]\ncollect = "1m"\ndaily = "0 2 * * mon-fri"\n'
        f'{SOURCE}every = "2h"\nheaders_env = {{ Authorization = "TOKEN" }}\n'
        '[[feed]]\nname = "wire"\nmax_silence = "1d"\nfilled = { byline = 0.25 }\n'
    )
    assert config.warehouse == Path("lake")
    assert config.run.batch_bytes == 2 * 1024 * 1024
    assert config.schedules.collect is not None
    assert config.schedules.collect.every == timedelta(minutes=1)
    assert config.schedules.daily is not None
    assert config.schedules.daily.cron == "0 2 * * mon-fri"
    (source,) = config.sources
    assert (source.name, source.kind, source.common.every) == ("wire", "rss", timedelta(hours=2))
    assert source.fetch == Rss(url="https://wire.example/feed.xml", headers_env=(("Authorization", "TOKEN"),))
    assert config.feeds == (Feed(name="wire", max_silence=timedelta(days=1), filled=(("byline", 0.25),)),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("warehous = 'w'", "unknown key 'warehous'; did you mean warehouse? known keys: warehouse, raw, run, "),
        ("[run]\nprocess = 1", "[run]: unknown key 'process'; did you mean processes? known keys: processes, "),
        ("[run]\nprocesses = true", "[run]: processes must be a whole number, 0 or more, got True"),
        ("[run]\nprocesses = -1", "[run]: processes must be a whole number, 0 or more, got -1"),
        ("[run]\nbatch_bytes = '2 MB'", "[run]: batch_bytes must be a number of bytes, or one with its unit"),
        ("run = 3", "[run]: must be a section with keys, got 3"),
        ("[source]\nname = 'a'", "source: write [[source]], with two brackets, before each"),
        ("[[source]]\nname = 'a'\nkind = 'ftp'", "[[source]] 'a': kind must be one of rss, http, folder, s3,"),
        ("[[source]]\nname = 'a'\nkind = 'rss'", "[[source]] 'a': url is missing: Address of the feed."),
        (SOURCE + "every = '5 minutes'", "[[source]] 'wire': every must be a number and s, m, h or d: "),
        (SOURCE + "every = '0s'", "[[source]] 'wire': every must be a number and s, m, h or d: "),
        (SOURCE + "bucket = 'b'", "[[source]] 'wire': unknown key 'bucket'"),
        (SOURCE + SOURCE, "[[source]] 'wire': there are 2 of that name"),
        (SOURCE + "username = 'desk'", "[[source]] 'wire': username and password_env belong together"),
        (SOURCE.replace('"wire"', "'../up'"), "[[source]] '../up': name must be small letters, digits, - and _"),
        ("[[feed]]\nname = 'a'\nfilled = { bylin = 0.1 }", "[[feed]] 1: filled must be a table of columns of `"),
        ("[[feed]]\nname = 'a'\nmax_reject_rate = 5", "[[feed]] 1: max_reject_rate must be a number from 0 to 1, "),
        ("[schedules]\ntimezone = 'Middle/Earth'", "[schedules]: timezone must be the name of a time zone"),
        ("warehouse = ", "not TOML: "),
    ],
    ids=lambda value: value.splitlines()[-1][:40] if "\n" in value else None,
)  # fmt: skip
def test_what_is_not_valid_is_told_with_what_would_be(text: str, problem: str) -> None:
    assert any(line.startswith(problem) for line in problems(text)), problems(text)


def test_every_problem_is_told_at_once() -> None:
    assert len(problems("[run]\nprocesses = -1\nbatch = 2\n" + SOURCE + "every = 5\n")) == 3


@pytest.mark.parametrize(
    "line",
    [
        'password = "hunter2 hunter2"',
        'password_env = "hunter2 hunter2"',
        'headers = { Authorization = "hunter2 hunter2" }',
        'headers = { X-Api-Key = "hunter2 hunter2" }',
        'headers_env = { Authorization = "hunter2 hunter2" }',
        'url = "https://desk:hunter2@wire.example/"',
        'url = "https://wire.example/?api_key=hunter2"',
        'url = "https://wire.example/?access_token=hunter2"',
    ],
)
def test_a_secret_in_the_file_is_refused_and_stands_in_no_message(line: str) -> None:
    key = line.partition(" ")[0]
    source = "\n".join(kept for kept in SOURCE.splitlines() if not kept.startswith(f"{key} "))
    told = "\n".join(problems(f"{source}\n{line}\n"))
    assert key in told
    assert "_env" in told or "never the secret" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("", "give either password_env or private_key"),
        ('password_env = "P"\nprivate_key = "key"', "give either password_env or private_key"),
        ('password_env = "P"', "give either fingerprint"),
        ('password_env = "P"\nfingerprint = "SHA256:short"', "fingerprint must be like SHA256:"),
        ('password_env = "P"\nknown_hosts = "k"\npassphrase_env = "Q"', "passphrase_env belongs to private_key"),
    ],
)
def test_an_sftp_server_needs_one_way_in_and_one_proof_of_who_it_is(lines: str, problem: str) -> None:
    head = '[[source]]\nname = "s"\nkind = "sftp"\nhost = "h"\nusername = "u"\npath = "/"\n'
    assert any(problem in line for line in problems(head + lines))


def test_mail_without_encryption_only_comes_from_this_machine() -> None:
    head = '[[source]]\nname = "m"\nkind = "imap"\nusername = "u"\npassword_env = "P"\ntls = false\nhost = '
    assert parse_config(head + '"127.0.0.1"').sources
    assert "tls = false is for a server on this machine" in problems(head + '"imap.example"')[0]


def test_folders_begin_at_the_file(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text('raw = "in"\nwarehouse = "/w"\n[[source]]\nname = "f"\nkind = "folder"\npath = "drop"\n')
    config = read_config(path)
    assert (config.raw, config.warehouse) == (tmp_path / "in", Path("/w"))
    assert config.sources[0].fetch == SOURCE_KINDS["folder"](path=tmp_path / "drop")  # type: ignore[call-arg]


def test_problems_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file: .*copydesk init"):
        read_config(tmp_path / FILE_NAME)
    (tmp_path / FILE_NAME).write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / FILE_NAME)
    (tmp_path / FILE_NAME).write_text("a = 1\nb = 2\n")
    with pytest.raises(ConfigError) as raised:
        read_config(tmp_path / FILE_NAME)
    assert [line.partition(": ")[0] for line in str(raised.value).splitlines()] == [str(tmp_path / FILE_NAME)] * 2


def test_an_api_may_have_pages() -> None:
    text = '[[source]]\nname = "a"\nkind = "http"\nurl = "http://127.0.0.1:8000/"\nnext_pointer = '
    fetch = parse_config(text + '"/links/next"').sources[0].fetch
    assert isinstance(fetch, Http)
    assert fetch.next_pointer == "/links/next"
    assert "JSON pointer" in problems(text + '"links.next"')[0]
