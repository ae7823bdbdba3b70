"""The line of nights: which publication a night goes on from, and which versions stand beside it.

A night of a newer date than any before it, or of the same date again, goes to the end of the line. One of an older date stands
aside: it is kept and can be made current, and no other night ever goes on from it. So what was said before a date is sealed as
soon as a night of that date or a later one is published, whatever is run, repeated or rolled back afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quality.publication.manifest import Manifest


def is_aside(versions: Sequence[Manifest], as_of: date) -> bool:
    """Whether a night of this date comes after nights of later dates."""
    return any(one.as_of > as_of for one in versions if not one.is_aside)


def before(versions: Sequence[Manifest], as_of: date, live: Manifest | None = None) -> Manifest | None:
    """The publication from before this date that its night goes on from; None: nothing from before it is kept."""
    line = {one.run_id: one for one in sorted(versions, key=_place) if not one.is_aside}
    found = max(line.values(), key=_place, default=None)
    if found is None:
        return None
    if found.as_of < as_of:
        # Of a date that was published twice, what readers see; else the later one.
        is_twin = live is not None and live.run_id in line and live.as_of == found.as_of
        return live if is_twin else found
    while found is not None and found.as_of >= as_of and found.built_on is not None:
        if not found.built_on:
            return None
        found = line.get(found.built_on)
    if found is not None and found.as_of < as_of:
        return found
    # The chain is not noted (an old manifest) or not kept.
    return max((one for one in line.values() if one.as_of < as_of), key=_place, default=None)


def surplus(versions: Sequence[Manifest], keep: int, needed: set[str | None]) -> list[Manifest]:
    """Versions that are kept no longer: beyond `keep` nights and as many that stand aside; never those needed by name, and
    never the end of the line.
    """
    newest_first = sorted(versions, key=lambda one: (one.published_at, one.version), reverse=True)
    nights = [one for one in newest_first if not one.is_aside]
    asides = [one for one in newest_first if one.is_aside]
    end = max(nights, key=_place, default=None)
    return [one for one in [*nights[keep:], *asides[keep:]] if one.version not in needed and one is not end]


def _place(manifest: Manifest) -> tuple[date, object, str]:
    return manifest.as_of, manifest.published_at, manifest.version
