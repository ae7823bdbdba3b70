"""Settings: defaults, one `.env`, errors that name the variable, secrets that never show."""

from datetime import UTC, date, datetime

import pytest

from ingestion.registry import source, sources
from orchestration.settings import PROJECT, SettingsError, load


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    names = {name for one in sources() for alternative in one.credentials for name in alternative}
    names |= {one.base_url_setting for one in sources()}
    for name in (
        *names,
        "CX_MODE",
        "CX_HOME",
        "CX_AS_OF",
        "CX_DROP_DIR",
        "CX_REPORTING_TIMEZONE",
        "CX_REPORTING_CURRENCY",
    ):
        monkeypatch.delenv(name, raising=False)


def written(tmp_path, text):
    path = tmp_path / ".env"
    path.write_text(text)
    return path


def test_without_anything_set_the_demo_company_runs_under_data(tmp_path):
    settings = load(tmp_path / "absent")
    assert settings.is_demo
    assert settings.home == PROJECT / "data"
    assert settings.as_of is None


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_REPORTING_CURRENCY", "EUR")
    settings = load(written(tmp_path, "CX_REPORTING_CURRENCY=GBP\nCX_AS_OF=2026-06-30\n"))
    assert settings.reporting_currency == "EUR"
    assert settings.as_of == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("CX_MODE=prod", "CX_MODE"),
        ("CX_KEEP_VERSIONS=1", "CX_KEEP_VERSIONS"),
        ("CX_SCHEDULE_HOUR=24", "CX_SCHEDULE_HOUR"),
        ("CX_MEMORY_LIMIT=lots", "CX_MEMORY_LIMIT"),
        ("CX_AS_OF=07/08/2026", "CX_AS_OF"),
        ("CX_REPORTING_TIMEZONE=Mars/Olympus", "CX_REPORTING_TIMEZONE"),
        ("CX_REPORTING_CURRENCY=dollar", "CX_REPORTING_CURRENCY"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(tmp_path, line, name):
    with pytest.raises(SettingsError, match=name) as error:
        load(written(tmp_path, line))
    assert line.split("=")[1] not in str(error.value)


def test_half_a_credential_is_an_error_that_names_the_other_half(tmp_path):
    with pytest.raises(SettingsError, match="ZENDESK_API_TOKEN"):
        load(written(tmp_path, "CX_MODE=live\nZENDESK_BASE_URL=https://x.example\nZENDESK_EMAIL=a@b.example\n"))


def test_a_source_without_credentials_is_off_in_live_mode(tmp_path):
    settings = load(written(tmp_path, "CX_MODE=live\nSTRIPE_API_KEY=sk_test_canary\n"))
    on = {one.name for one in sources() if one.is_on(settings.connection(one))}
    assert on == {"stripe"}


def test_the_drop_folder_alone_is_a_live_run(tmp_path):
    (tmp_path / "drop").mkdir()
    settings = load(written(tmp_path, f"CX_MODE=live\nCX_DROP_DIR={tmp_path / 'drop'}\n"))
    assert {one.name for one in sources() if one.is_on(settings.connection(one))} == {"drop_folder"}


def test_a_drop_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match="CX_DROP_DIR"):
        load(written(tmp_path, f"CX_MODE=live\nCX_DROP_DIR={tmp_path / 'absent'}\n"))


def test_secrets_never_show(tmp_path):
    settings = load(written(tmp_path, "CX_MODE=live\nSTRIPE_API_KEY=sk_test_canary\nCX_ALERT_URLS=json://canary\n"))
    assert "canary" not in repr(settings)
    assert "canary" not in repr(settings.connection(source("stripe")))


def test_the_date_of_a_run_is_the_local_day(tmp_path):
    settings = load(written(tmp_path, "CX_REPORTING_TIMEZONE=Pacific/Auckland\n"))
    assert settings.date_of(datetime(2026, 11, 22, 12, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_example_names_every_variable_there_is():
    example = (PROJECT / ".env.example").read_text()
    names = {name for one in sources() for alternative in one.credentials for name in alternative}
    names |= {one.base_url_setting for one in sources() if one.domain != "drop"}
    for name in names:
        assert f"{name}=" in example


def test_a_stream_whose_loss_is_accepted_is_named_whole_and_reaches_the_connection(tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    told = f"CX_MODE=live\nCX_DROP_DIR={drop}\nCX_ACCEPT_SHORTER="
    connection = load(written(tmp_path, f"{told}drop_folder.agreements")).connection(source("drop_folder"))
    assert connection.accepts_shorter("drop_folder.agreements")
    assert not connection.accepts_shorter("drop_folder.accounts")
    with pytest.raises(SettingsError, match=r"CX_ACCEPT_SHORTER.*did you mean drop_folder\.agreements"):
        load(written(tmp_path, f"{told}drop_folder.agreement"))
