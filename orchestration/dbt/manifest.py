"""The parsed dbt project, prepared when it is missing or older than the project's files."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"
TARGET = DBT_PROJECT / "target"
STAMP = "manifest.stamp"
PARSED = "parsed.msgpack"


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest of the project as it is on disk; parses the project at most once per change of its files."""
    stamp = _stamp()
    recorded = TARGET / STAMP
    whole = all((TARGET / name).exists() for name in ("manifest.json", PARSED, STAMP))
    if not whole or recorded.read_text() != stamp:
        _prepare(stamp)
    content: dict[str, Any] = json.loads((TARGET / "manifest.json").read_bytes())
    return content


def parsed() -> Any:
    """The same as dbt's own object, new for each caller: dbt writes into it as it compiles.

    Parsing takes seconds, loading a tenth of that; a night's vars matter when a model is compiled, not when it is parsed.
    """
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - costs seconds
    from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415 - same

    manifest()
    content = (TARGET / PARSED).read_bytes()
    loaded = Manifest.from_msgpack(content, decoder=extended_mashumuro_decoder)
    loaded.build_flat_graph()  # type: ignore[no-untyped-call]
    return loaded


def published_tables() -> dict[str, Mapping[str, Any]]:
    """The marts by name: the allow-list of what may be published, with descriptions and columns."""
    nodes = manifest()["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "marts"]
    return {node["name"]: node for node in sorted(marts, key=lambda node: str(node["name"]))}


def _stamp() -> str:
    """Changes with the name, size and time of any file of the project."""
    digest = hashlib.sha256()
    for folder in ("models", "macros", "seeds", "tests", "."):
        for path in sorted((DBT_PROJECT / folder).glob("*" if folder == "." else "**/*")):
            if path.is_file():
                state = path.stat()
                digest.update(f"{path}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _prepare(stamp: str) -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - costs seconds, needed after a change of the project alone

    TARGET.mkdir(exist_ok=True)
    # Parsed aside and moved in: another process may be reading the manifest.
    aside = Path(tempfile.mkdtemp(prefix="parse-", dir=TARGET))
    try:
        result = dbtRunner().invoke([
            "parse", "--quiet", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
            "--target-path", str(aside), "--log-path", str(aside), "--log-level-file", "none",
        ])  # fmt: skip
        if not result.success:
            raise RuntimeError(f"The dbt project can't be parsed: {result.exception}")
        for name, kept in (("manifest.json", "manifest.json"), ("partial_parse.msgpack", PARSED)):
            (aside / name).replace(TARGET / kept)
        (TARGET / STAMP).write_text(stamp)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
