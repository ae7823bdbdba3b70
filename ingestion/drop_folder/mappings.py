"""How files say what they mean: `drop_folder.yaml` beside them, by contract or by the name of a file.

What is declared is taken at its word, what is not is never guessed. The page about the drop folder explains each key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from ingestion.contract import FileRejected, Table
from ingestion.drop_folder.texts import seen

FILE = "drop_folder.yaml"
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
DATE_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}


class FileMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one file, or all files of a contract, mean.

    columns    header in the file -> column of the contract
    decimal    the mark before the decimals of amounts and numbers
    thousands  the mark between groups of three digits; empty: there is none
    dates      order of the parts of a date, such as DD.MM.YYYY; ISO dates are read beside it
    ends       inclusive: ends_on, valid_to and contract_end are the last day that is covered
    sheet      name of a workbook's sheet; empty: the first one that is not hidden
    header     line of the header
    delimiter  of a CSV; empty: comma or semicolon, as the header shows
    """

    columns: dict[str, str] = {}
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    dates: str = ""
    ends: Literal["exclusive", "inclusive"] = "exclusive"
    sheet: str = ""
    header: int = 1
    delimiter: Literal["", "comma", "semicolon", "tab", "pipe"] = ""

    @property
    def digest(self) -> str:
        """Nothing for a file that declares nothing; else a text that changes with what is declared."""
        return "" if self == FileMapping() else msgspec.json.encode(self, order="sorted").decode()

    def renamed(self, header: list[str]) -> list[str]:
        names = {seen(told).lower(): column for told, column in self.columns.items()}
        return [names.get(name, name) for name in header]

    @property
    def date_pattern(self) -> re.Pattern[str] | None:
        if not self.dates:
            return None
        pattern = re.escape(self.dates)
        for part, digits in DATE_PARTS.items():
            pattern = pattern.replace(part, digits)
        return re.compile(pattern)


class Mappings:
    """The declarations of a folder."""

    def __init__(self, declared: Mapping[str, FileMapping]) -> None:
        self._declared = declared

    def of(self, table: Table, file_name: str) -> FileMapping:
        """What is declared for a file by its name, else for its contract."""
        return self._declared.get(file_name) or self._declared.get(table.name) or FileMapping()


def load(folder: Path, tables: tuple[Table, ...]) -> Mappings:
    """Read `drop_folder.yaml`; a folder without one declares nothing.

    Raises:
        FileRejected: the file cannot be read, or says something that is no declaration.
    """
    path = folder / FILE
    if not path.is_file():
        return Mappings({})
    try:
        declared = msgspec.yaml.decode(path.read_bytes(), type=dict[str, FileMapping] | None) or {}
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise FileRejected(f"{FILE}: {_said(error)}") from None
    names = {table.name: table for table in tables}
    files = {path.name for path in folder.iterdir()}
    for name, mapping in declared.items():
        if name not in names and name not in files:
            raise FileRejected(f"{FILE}: {name} is neither a contract nor a file of the folder")
        table = names.get(name) or _contract(name, tables)
        _check(name, mapping, table)
    return Mappings(declared)


def _said(error: Exception) -> str:
    """The decoder's words without the value they may quote."""
    if isinstance(error, msgspec.ValidationError):
        return re.sub(r"Invalid enum value '.*?'", "a value that is none of those documented", str(error))
    return "cannot be read as YAML"


def _contract(file_name: str, tables: tuple[Table, ...]) -> Table | None:
    stem = Path(file_name).stem.lower()
    found = [table for table in tables if stem == table.name or stem.startswith(f"{table.name}_")]
    return max(found, key=lambda table: len(table.name), default=None)


def _check(name: str, mapping: FileMapping, table: Table | None) -> None:
    known = {column.name for column in table.columns if column.paths} if table else set()
    strangers = sorted(set(mapping.columns.values()) - known)
    if strangers:
        raise FileRejected(f"{FILE}: {name}: columns: the contract has no column {', '.join(strangers)}")
    if len(set(mapping.columns.values())) < len(mapping.columns):
        raise FileRejected(f"{FILE}: {name}: columns: two headers are called the same")
    if mapping.thousands == mapping.decimal:
        raise FileRejected(f"{FILE}: {name}: thousands: is the decimal mark too")
    if mapping.header < 1:
        raise FileRejected(f"{FILE}: {name}: header: is the number of a line, from 1")
    parts = sorted(re.findall(r"[A-Za-z]+", mapping.dates))
    is_iso_like = bool(re.fullmatch(r"YYYY-DD-MM", mapping.dates))
    if mapping.dates and (parts != ["DD", "MM", "YYYY"] or is_iso_like or re.search(r"\d", mapping.dates)):
        raise FileRejected(f"{FILE}: {name}: dates: is made of YYYY, MM and DD, once each, such as DD.MM.YYYY")
