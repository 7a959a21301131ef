"""What is installed is what the locks say: pinned, hashed, from a registry, under licences that the project can carry.

Known weaknesses need an advisory service, see SECURITY.md; this is what can be held without a network.
"""

import re
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "bootstrap.lock")

REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z0-9_, -]+\])?==([^\s;]+)(?: ; [^@]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

# Words of licence expressions, classifiers and free text; whatever holds another word has to be looked at.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache Software License", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSD License", "CC0-1.0",
    "CNRI-Python", "ISC", "ISC License (ISCL)", "MIT", "MIT-0", "MIT License", "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Python Software Foundation License", "Zlib",
}  # fmt: skip

# Looked at: none is imported by the library itself unless its extra is asked for, none is shipped with it.
LOOKED_AT = {
    "asyncssh": "EPL-2.0 or GPL-2.0: a server for tests only",
    "paramiko": "LGPL-2.1: the extra sftp, used as it is",
    "text-unidecode": "Artistic License or GPL: taken under the first, comes with prefect (python-slugify)",
}

PARTS = re.compile(r" AND | OR |; |[()]")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(text: str) -> dict[str, list[str]]:
    """Requirement lines of a lock and the lines below each, comments left out."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip().startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            found[list(found)[-1]].append(line)
        else:
            found[line] = []
    return found


def faults(text: str) -> list[str]:
    """Lines of a lock that are not a pinned name with SHA-256 hashes."""
    wrong = [line for line in entries(text) if not REQUIREMENT.match(line)]
    for line, hashes in entries(text).items():
        if not hashes or not all(HASH.match(h) for h in hashes):
            wrong.append(f"{line} has no hash, or something else than hashes")
    return wrong


def locked() -> dict[str, str]:
    found = {}
    for lock in LOCKS:
        for line in entries((ROOT / lock).read_text()):
            if match := REQUIREMENT.match(line):
                found[canonical(match[1])] = match[2]
    return found


def licence_words(distribution: Distribution) -> set[str]:
    metadata = distribution.metadata
    classifiers = [c.rpartition("::")[2].strip() for c in metadata.get_all("Classifier") or [] if "License ::" in c]
    text = (
        metadata.get("License-Expression") or "; ".join(classifiers) or (metadata.get("License") or "").split("\n")[0]
    )
    whole = text.strip()
    if whole in ALLOWED:
        return set()
    return {part.strip() for part in PARTS.split(whole) if part.strip()} - ALLOWED or ({"none"} if not whole else set())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_hashed_and_from_a_registry(lock: str) -> None:
    assert faults((ROOT / lock).read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "lxml==6.1.3",
        "lxml>=6 \\\n    --hash=sha256:" + "0" * 64,
        "lxml @ file:///srv/lxml.whl \\\n    --hash=sha256:" + "0" * 64,
        "--find-links wheels",
        "lxml==6.1.3 \\\n    --hash=md5:" + "0" * 32,
    ],
)
def test_a_requirement_that_is_not_is_found(line: str) -> None:
    assert faults(line)


def test_what_is_built_with_is_locked_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for requirement in project["build-system"]["requires"]:
        name, _, version = requirement.partition("==")
        assert locked().get(canonical(name)) == version, f"{requirement} is not what the lock holds"


def test_nothing_is_installed_that_the_locks_do_not_hold() -> None:
    own = {"copydesk", "pip", "setuptools", "wheel"}
    stray = {d.name: d.version for d in distributions() if canonical(d.name) not in own}
    assert {n: v for n, v in stray.items() if locked().get(canonical(n)) != v} == {}


def test_licences_are_known() -> None:
    unknown = {
        d.name: words for d in distributions() if (words := licence_words(d)) and canonical(d.name) not in LOOKED_AT
    }
    assert unknown == {}
