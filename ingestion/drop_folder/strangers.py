"""Files of the drop folder that nobody reads: each is named, and the ones that all but have a contract say which."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from ingestion.drop_folder.mappings import FILE
from ingestion.drop_folder.readers import SUFFIXES
from ingestion.landing.ignored_files import IgnoredFile, IgnoredFiles

# What operating systems and office programs leave in every folder.
FURNITURE = frozenset({"thumbs.db", "desktop.ini"})
# How tables are kept in forms that are not read.
TABULAR = frozenset({".xls", ".xlsb", ".xlsm", ".ods", ".numbers", ".tsv", ".tab", ".txt", ".json", ".zip", ".gz"})
SAVE_AS = "save it as .csv or .xlsx"


def ignored(folder: Path, contracts: Sequence[str]) -> IgnoredFiles:
    """What of a folder is not read, by name, and how many files there are."""
    found, listed = [], 0
    for path in sorted(folder.iterdir()):
        is_furniture = path.name.startswith((".", "~")) or path.name.lower() in FURNITURE
        if is_furniture or path.name == FILE:
            continue
        listed += 1
        if file := _ignored(path, contracts):
            found.append(file)
    return IgnoredFiles(files=tuple(found), listed=listed)


def meant_for(contract: str, unread: IgnoredFiles, contracts: Sequence[str]) -> list[IgnoredFile]:
    """The files that were not read and all but have the name of this contract."""
    return [
        file
        for file in unread.files
        if file.is_meant and _contract(Path(file.name).stem.lower(), contracts) == contract
    ]


def _ignored(path: Path, contracts: Sequence[str]) -> IgnoredFile | None:
    suffix, stem = path.suffix.lower(), path.stem.lower()
    name = _contract(stem, contracts)
    if path.is_file() and suffix in SUFFIXES and name and (stem == name or stem.startswith(f"{name}_")):
        return None
    is_meant = False
    if not path.is_file():
        reason = "is a folder; files are read at the top alone"
    elif stem.replace("-", "_").startswith("drop_folder") and suffix in {".yaml", ".yml"}:
        reason, is_meant = f"is read under the name {FILE} alone", True
    elif suffix in SUFFIXES and name:
        reason = (
            f"has no contract of that name; if it is `{name}`, rename it {name}{suffix} or {name}_<anything>{suffix}"
        )
        is_meant = True
    elif suffix in SUFFIXES:
        reason = "has no contract of that name"
    elif name and suffix in TABULAR:
        reason, is_meant = f"{suffix} is not read; {SAVE_AS}", True
    else:
        reason = "is no .csv, .xlsx or .parquet file"
    return IgnoredFile(name=path.name, reason=reason, is_meant=is_meant)


def _contract(stem: str, contracts: Sequence[str]) -> str | None:
    """The contract that a name has or all but has: `agreement`, `Agreements 2026`, `agreements-final`, `csat agreements`."""
    words = "".join(letter if letter.isalpha() else " " for letter in stem).split()
    plain = "_".join(words)
    whole = [name for name in contracts if plain == name or stem.startswith(f"{name}_")]
    held = [name for name in contracts if f"_{name}_" in f"_{plain}_"]
    close = get_close_matches(plain, contracts, n=1, cutoff=0.8)
    first = get_close_matches(words[0], contracts, n=1, cutoff=0.85) if words else []
    return next(
        iter([*sorted(whole, key=len, reverse=True), *sorted(held, key=len, reverse=True), *close, *first]), None
    )
