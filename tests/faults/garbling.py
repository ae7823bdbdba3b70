"""Records and bytes as they come when something upstream is broken, out of good ones."""

import copy
import json

from hypothesis import strategies as st

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20), st.decimals(allow_nan=False).map(str),
    st.datetimes().map(lambda at: at.isoformat() + "Z"),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "null", "NaN", "-0", "1e400", "9" * 40, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00",
         "9999-12-31T23:59:59-12:00", "24:00", "x" * 10_000, "\u202e", 10**18, -(10**18), 2**53 + 1, 1e300, -1e300, 253402300800, -62135596801]
    ),
)  # fmt: skip
JUNK = st.lists(
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just("id"), inner, max_size=3),
        max_leaves=6,
    ),
    min_size=20,
    max_size=40,
)  # fmt: skip


def encoded(value):
    """JSON as a careless vendor writes it: NaN and lone surrogates included."""
    return json.dumps(value).encode()


def garbled(raw, random, junk):
    """One malformed record out of a good one."""
    match random.randrange(10):
        case 0:
            return flipped(raw, random)
        case 1:
            return raw[: random.randrange(len(raw))]
        case 2:
            return encoded(random.choice(junk))
        case 3:
            return raw.replace(b'"', random.choice([b"'", b'"\xff', b'\\"', b"\xe9"]), random.randrange(1, 5))
    record = json.loads(raw)
    for _ in range(random.randrange(1, 4)):
        _spoil(record, random, junk)
    return encoded(record)


def _spoil(record, random, junk):
    place = record
    while True:
        if not place:
            return
        key = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
        if isinstance(place[key], dict | list) and place[key] and random.random() < 0.5:
            place = place[key]
            continue
        if random.random() < 0.2:
            del place[key]
        else:
            place[key] = copy.deepcopy(random.choice(junk))
        return


def flipped(content, random, least=1, most=4):
    """The bytes with some bits turned."""
    found = bytearray(content)
    for _ in range(random.randint(least, most)):
        if found:
            found[random.randrange(len(found))] ^= 1 << random.randrange(8)
    return bytes(found)
