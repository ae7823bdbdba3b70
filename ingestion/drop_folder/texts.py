"""Texts that look the same are the same: one Unicode form, one kind of space, nothing that cannot be seen.

macros/engine.sql has the same rule for the ids that vendors hold (`same_text`); a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, zero-width spaces and joiners, marks of direction, variation selectors, byte order mark.
UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
SPACES = re.compile(r"\s+")
# What spreadsheets write where a formula failed, in the languages that translate it, or where a column is too narrow.
ERROR = re.compile(
    r"#[¡¿]?[\w/]{1,20}[!?]|#(N/A( N/A)?|NV|N/D|N/B|N/V|I/T|\u041d/\u0414|GETTING_DATA)|#{3,}|Err:\d{3}", re.IGNORECASE
)
PLAIN = re.compile(r"[!-~]+( [!-~]+)*")


def seen(text: str) -> str:
    """The text as it is seen; empty where nothing is."""
    if PLAIN.fullmatch(text):
        return text
    return SPACES.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def is_error(text: str) -> bool:
    """Whether a spreadsheet wrote an error where a value should stand."""
    return text[:1] in {"#", "E", "e"} and ERROR.fullmatch(text) is not None
