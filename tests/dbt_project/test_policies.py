"""Numbers made under other policies carry another policy_version: a rule's threshold is a policy as a var is."""

import json
import re
import shutil

import pytest
import yaml
from dbt.cli.main import dbtRunner

from tests.dbt_project.conftest import AS_OF, PROJECT

# the run itself: its date and name, whom it names, and what the last publication left
OF_THE_RUN = {"as_of", "run_id", "person_salt_file", "previous_tables", "previous_models"}
OF_REVENUE = {
    "mrr_snapshot": "first_instant", "week_factor": 52.18, "discount_policy": "none", "usage_policy": "include",
    "concurrent_policy": "latest", "past_due_grace_days": 31, "pause_policy": "keep", "churn_recognition": "cancel_request",
    "fx_rate_basis": "month_average", "quarantined_mrr_share": 0.1,
}  # fmt: skip


@pytest.fixture(scope="module")
def version_of(tmp_path_factory):
    """What the project calls its policies, after an edit of one of its seeds or under other vars; a copy without its models."""
    folder = tmp_path_factory.mktemp("policies")
    copy = shutil.copytree(
        PROJECT, folder / "project", ignore=shutil.ignore_patterns("target", "logs", "models", "tests")
    )
    (copy / "models").mkdir()
    (copy / "models" / "version.sql").write_text("select '{{ policy_version() }}' as policy_version")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CX_HOME", str(folder))
        environment.setenv("CX_BUILD_PATH", str(folder / "build.duckdb"))
        environment.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")

        def compiled(seed="", edit=("", ""), **more):
            for path in (PROJECT / "seeds").glob("*.csv"):
                text = path.read_text()
                assert path.stem != seed or edit[0] in text
                (copy / "seeds" / path.name).write_text(text.replace(*edit, 1) if path.stem == seed else text)
            result = dbtRunner().invoke([
                "compile", "--quiet", "--no-introspect", "--no-populate-cache", "--select", "version",
                "--vars", json.dumps({"as_of": AS_OF, "run_id": "test", **more}), "--project-dir", str(copy), "--profiles-dir", str(copy),
                "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level-file", "none",
            ])  # fmt: skip
            assert result.success, result.exception
            [path] = (folder / "target" / "compiled").rglob("version.sql")
            [version] = set(re.findall(r"'([0-9a-f]{12})'", path.read_text()))
            return version

        yield compiled


def test_an_edited_threshold_or_var_is_another_policy_and_the_same_one_is_not(version_of):
    own = version_of()
    lenient = version_of("class_rules", ("propensity_to_continue,<=,5,", "propensity_to_continue,<=,3,"))
    hasty = version_of("intervention_rules", (",7,7,occasion,", ",5,7,occasion,"))
    assert len({own, lenient, hasty}) == 3
    assert version_of() == own
    assert version_of(nrr_target=1.1) not in {own, lenient, hasty}


def test_every_policy_of_revenue_is_another_version_and_the_run_is_none(version_of):
    own = version_of()
    assert version_of(run_id="another", previous_models="other", previous_tables=["account_months"]) == own
    others = {version_of(**{name: value}) for name, value in OF_REVENUE.items()}
    assert len(others | {own}) == len(OF_REVENUE) + 1


def test_every_var_that_a_model_reads_is_of_the_run_or_a_policy():
    defaults = set(yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"])
    macro = (PROJECT / "macros/policies.sql").read_text().split("policy_seeds")[0]
    policies = re.findall(r"^ +'(\w+)',$", macro, flags=re.MULTILINE)
    texts = [path.read_text() for folder in ("models", "macros") for path in (PROJECT / folder).rglob("*.sql")]
    read = {name for text in texts for name in re.findall(r"var\(['\"](\w+)['\"]\)", text)}
    through_a_name = {name for name in defaults if name.endswith("_sources")}  # union_of_vendors(sources_var, ...)
    assert read | through_a_name == defaults == set(policies) | OF_THE_RUN
    assert len(policies) == len(set(policies))
