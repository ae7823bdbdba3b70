"""The last build of a home: which file it is, and under which vars it was made, so that one model of it can be tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "last"
BUILD = "build.duckdb"
VARIABLES = "dbt_vars.json"


@dataclass(frozen=True)
class LastBuild:
    """A closed build file, the dbt vars it was made under, and the folder of the publication that was its history."""

    path: Path
    variables: Mapping[str, Any]
    previous: str


def keep_variables(folder: Path, variables: Mapping[str, Any], previous: Path | None) -> None:
    """Note the vars of a build in its folder."""
    text = json.dumps({"variables": variables, "previous": str(previous or "")}, sort_keys=True)
    (folder / VARIABLES).write_text(text, encoding="utf-8")


def name_last_build(root: Path, build: Path) -> None:
    """Let the folder `root/last` lead to the one of `build`, at one instant."""
    passing = root / f"{NAME}.tmp"
    passing.unlink(missing_ok=True)
    passing.symlink_to(build.parent.relative_to(root))
    passing.replace(root / NAME)


def last_build(root: Path) -> LastBuild | None:
    """The last build below `root`; None where nothing was built yet, or it was removed since."""
    path = root / NAME / BUILD
    if not path.exists():
        return None
    found = path.resolve()
    told = json.loads((found.parent / VARIABLES).read_text(encoding="utf-8"))
    return LastBuild(found, told["variables"], told["previous"])
