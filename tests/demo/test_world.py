from datetime import date

import pytest

from demo.world import FILE, World, WorldBroken, pin, pinned


def test_the_first_run_pins_thirty_six_months_before_its_month(tmp_path):
    assert pin(tmp_path / "raw", date(2026, 11, 21), 40, 5) == World(date(2023, 11, 1), 5, 40)


def test_a_later_night_goes_on_with_the_same_world(tmp_path):
    first = pin(tmp_path, date(2026, 11, 21))
    assert pin(tmp_path, date(2027, 2, 3), accounts=7, seed=9) == first == pinned(tmp_path)
    assert first.company(date(2027, 2, 3)).epoch == first.epoch
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_nothing_is_pinned_before_the_first_run(tmp_path):
    assert pinned(tmp_path) is None


def test_a_night_before_the_world_is_refused(tmp_path):
    with pytest.raises(WorldBroken, match="another home"):
        pin(tmp_path, date(2026, 11, 21)).company(date(2023, 10, 31))


def test_a_broken_file_is_refused(tmp_path):
    (tmp_path / FILE).write_text('{"epoch": "soon"}')
    with pytest.raises(WorldBroken, match="does not describe"):
        pin(tmp_path, date(2026, 11, 21))
