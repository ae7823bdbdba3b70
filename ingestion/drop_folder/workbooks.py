"""Workbooks as rows of text: a cell is read as it is shown, or it is marked with the reason why it cannot be.

Openpyxl says how a cell is shown (percent, date, error), calamine which cells are merged.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

import openpyxl
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA, TYPE_NUMERIC
from python_calamine import CalamineError, CalamineWorkbook

from ingestion.contract import FileRejected
from ingestion.drop_folder.cells import DRESSED, Mark, number_text, text_of
from ingestion.drop_folder.mappings import FILE, FileMapping

LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # of a number format
ZEROS = re.compile("0{2,}")
UNPRINTED = re.compile(r"\[[^\]]*\]|[_*].")
# letters or digits painted on, or marks between the digits: `"AC-"000`, `000-000`
DRESS = re.compile(r'"[^"]*[^\W_][^"]*"|\\[^\W_]|(?<=[0#?])("[-/ .:]+"|\\?[-/:]+)(?=[0#?])|(?<=0)\\? (?=0)')
EARLIEST = datetime(1900, 3, 1)  # noqa: DTZ001 - a cell has no zone; spreadsheets count a 29 February 1900
ERROR = "holds an error of the spreadsheet (#N/A, #REF! and the like)"
UNCALCULATED = "holds a formula whose result is not in the file; open it in the spreadsheet and save it"
MERGED = "is merged with other cells; unmerge them and fill each one"
TOO_EARLY = "is no day that a workbook can hold (a date before March 1900, or an empty cell shown as a date)"

# What openpyxl and the modules below it raise on a file that is broken, each seen on garbled workbooks or read in their code.
BROKEN = (
    CalamineError, zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, TypeError,
    AttributeError, LookupError, ArithmeticError, AssertionError, SyntaxError,
)  # fmt: skip

Cell = tuple[str | None, Mark | None]


def workbook_rows(name: str, content: bytes, mapping: FileMapping) -> Iterator[tuple[int, list[Cell]]]:
    """Line and cells of the sheet's rows.

    Raises:
        FileRejected: no workbook, no such sheet, or a header of merged cells.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # features of a workbook that no value hangs on
            sheet = _sheet(name, _opened(content, is_calculated=True), mapping)
            rows: list[Any] = list(sheet.iter_rows())
            formulas: Any = repeat(())
            if _has_formulas(content):
                other = _opened(content, is_calculated=False)[sheet.title]
                other.reset_dimensions()
                formulas = other.iter_rows()
            cells = [_row(row, written, mapping) for row, written in zip(rows, formulas, strict=False)]
        merged = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet.title).merged_cell_ranges
    except FileRejected:
        raise
    except BROKEN:
        raise FileRejected(f"{name}: cannot be opened as a workbook") from None
    width = max((len(row) for row in cells), default=0)
    cells = [[*row, *[(None, None)] * (width - len(row))] for row in cells]
    for (top, left), (bottom, right) in merged or []:
        if top < mapping.header <= bottom + 1:
            raise FileRejected(f"{name}: the header has merged cells; unmerge them")
        for line in range(max(top, mapping.header), min(bottom + 1, len(cells))):
            if all(cell == (None, None) for cell in cells[line]):
                continue  # a row that holds nothing else
            for place in range(left, min(right + 1, width)):
                cells[line][place] = (cells[line][place][0], Mark("refused", MERGED))
    return enumerate(cells, start=1)


def _opened(content: bytes, *, is_calculated: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=is_calculated, keep_links=False)


def _sheet(name: str, book: Any, mapping: FileMapping) -> Any:
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if mapping.sheet:
        shown = [sheet for sheet in book.worksheets if sheet.title == mapping.sheet]
        if not shown:
            raise FileRejected(f"{name}: has no sheet of the name that {FILE} says")
    sheet = shown[0]
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    return sheet


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return any(
            re.search(rb"<(\w+:)?f[ >/]", parts.read(part))
            for part in parts.namelist()
            if part.startswith("xl/worksheets/")
        )


def _row(row: tuple[Any, ...], written: tuple[Any, ...], mapping: FileMapping) -> list[Cell]:
    cells = [_cell(cell, mapping) for cell in row]
    for place, cell in enumerate(written):
        if cell.data_type == TYPE_FORMULA and (place >= len(cells) or cells[place] == (None, None)):
            cells += [(None, None)] * (place + 1 - len(cells))
            if place >= len(row) or (row[place].value is None and row[place].data_type == TYPE_NUMERIC):
                cells[place] = (None, Mark("refused", UNCALCULATED))  # an empty text is a result
    return cells


def _cell(cell: Any, mapping: FileMapping) -> Cell:  # noqa: PLR0911 - one return a kind of cell
    value = cell.value
    if value is None:
        return None, None
    if cell.data_type == TYPE_ERROR:
        return str(value), Mark("refused", ERROR)
    if isinstance(value, datetime) and value < EARLIEST:
        return value.date().isoformat(), Mark("refused", TOO_EARLY)
    if isinstance(value, int | float) and not isinstance(value, bool):
        section = str(cell.number_format).split(";")[0]
        shown = LITERAL.sub("", section)
        mark = Mark("dressed", DRESSED) if DRESS.search(UNPRINTED.sub("", section)) else None
        if "%" in shown:
            return f"{number_text(float(Decimal(repr(value)) * 100)).replace('.', mapping.decimal)}%", None
        if isinstance(value, int) and ZEROS.fullmatch(shown):
            return str(value).zfill(len(shown)), mark
        text, oddity = text_of(value, mapping.decimal)
        return text, oddity or mark
    return text_of(value, mapping.decimal)
