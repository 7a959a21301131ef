"""Imports flow one way, and the library does not know its orchestrator."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ETL = ROOT / "src" / "etl"

# What each part may import of etl, besides itself and the leaves that everything may use.
LEAVES = {"records", "ids", "schema", "gazetteer", "settings", "chains"}
ALLOWED = {
    "readers": set(),
    "desk": set(),
    "language": set(),
    "resolve": {"language"},  # what the parts of a person's name are
    "lake": {"resolve"},
    "config": set(),
    "collect": {"config", "lake"},
    "rows": set(),
    "pipeline": {"readers", "desk", "language", "rows"},
}


def _imports(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import hides what is imported"
            names.add(node.module or "")
            names |= {f"{node.module}.{a.name}" for a in node.names}
    return names


MODULES = sorted(ETL.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ETL)))
def test_library_does_not_import_prefect(module: Path) -> None:
    assert not {n for n in _imports(module) if n.split(".")[0] in {"prefect", "flows", "benchmarks", "training"}}


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ETL)))
def test_imports_flow_one_way(module: Path) -> None:
    part = module.relative_to(ETL).parts[0].removesuffix(".py")
    if part not in ALLOWED:
        return
    used = {n.split(".")[1] for n in _imports(module) if n.startswith("etl.")}
    assert used <= ALLOWED[part] | LEAVES | {part, "__version__"}, f"{part} must not know of {used}"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ETL)))
def test_stages_do_not_touch_the_clock_or_the_environment(module: Path) -> None:
    part = module.relative_to(ETL).parts[0].removesuffix(".py")
    if part in {"cli", "ingest", "lake"}:  # the edges
        return
    source = module.read_text(encoding="utf-8")
    for call in ("datetime.now(", "time.time(", "os.environ", "os.getenv(", "date.today("):
        assert call not in source, f"{module} calls {call}"


def test_no_module_is_called_utils() -> None:
    assert not [m for m in MODULES if m.stem in {"utils", "util", "helpers", "misc", "common"}]
