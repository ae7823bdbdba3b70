"""Policies from a file of one's own (`CX_POLICIES`), beside the defaults of `dbt_project/dbt_project.yml`.

A policy says what a number means; the hash of all that are in force is the `policy_version` of every published row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DBT_PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
# Policies of few words; another word would quietly mean one of them.
WORDS = {
    "mrr_snapshot": ("last_instant", "first_instant"),
    "discount_policy": ("all", "forever_only", "none"),
    "usage_policy": ("exclude", "include"),
    "concurrent_policy": ("sum", "latest"),
    "pause_policy": ("zero", "keep"),
    "churn_recognition": ("service_end", "cancel_request", "paid_period_end"),
    "fx_rate_basis": ("month_end", "month_average"),
    "agent_created_tickets": ("excluded", "included"),
    "schedule_policy": ("all", "last"),
}
METRICS = ("nps", "csat", "ces", "review", "none")
ELSEWHERE = {
    "reporting_currency": "set CX_REPORTING_CURRENCY",
    "reporting_timezone": "set CX_REPORTING_TIMEZONE",
    "helpdesk_sources": "edit dbt_project.yml, for it says which models there are",
    "billing_sources": "edit dbt_project.yml, for it says which models there are",
    "survey_sources": "edit dbt_project.yml, for it says which models there are",
}


class PolicyError(ValueError):
    """A file of policies that is not understood; the text names the policy."""


def defaults() -> dict[str, Any]:
    """The policies that a file may set, with the values that hold without one."""
    names = re.findall(r"^ +'(\w+)',$", (DBT_PROJECT / "macros" / "policies.sql").read_text(), flags=re.MULTILINE)
    variables = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())["vars"]
    return {name: variables[name] for name in names if name in variables and name not in ELSEWHERE}


def load_policies(path: Path) -> Mapping[str, Any]:
    """What the file sets.

    Raises:
        PolicyError: no such file, no mapping, a name that is no policy, or a value of another kind than the default.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise PolicyError(f"{path.name} cannot be read") from None
    except yaml.YAMLError:
        raise PolicyError(f"{path.name} is not YAML") from None
    if said is not None and not isinstance(said, dict):
        raise PolicyError(f"{path.name} must be lines of the form policy: value")
    known = defaults()
    for name, value in (said or {}).items():
        if name in ELSEWHERE:
            raise PolicyError(f"{path.name}: {name} has its own place: {ELSEWHERE[name]}")
        if name not in known:
            raise PolicyError(f"{path.name}: {name} is not a policy; dbt_project.yml lists them under vars")
        _check(f"{path.name}: {name}", name, value, known[name])
        if name == "question_type_metrics" and not set(value.values()) <= set(METRICS):
            raise PolicyError(f"{path.name}: {name} may name {', '.join(METRICS)} alone")
    return said or {}


def _check(place: str, name: str, value: object, default: object) -> None:
    if name in WORDS:
        if value not in WORDS[name]:
            raise PolicyError(f"{place} must be one of {', '.join(WORDS[name])}")
    elif isinstance(default, int | float):
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise PolicyError(f"{place} must be a number, not negative")
        if isinstance(default, int) and name not in {"week_factor", "day_factor"} and not isinstance(value, int):
            raise PolicyError(f"{place} must be a whole number")
    elif type(value) is not type(default):
        kinds: dict[type, str] = {str: "a text", list: "a list", dict: "lines of the form key: value"}
        raise PolicyError(f"{place} must be {kinds[type(default)]}")
    elif isinstance(value, list) and isinstance(default, list):
        of_numbers = all(isinstance(item, int) for item in default)
        if not value or any(type(item) is not (int if of_numbers else str) for item in value):
            raise PolicyError(f"{place} must be a list of {'whole numbers' if of_numbers else 'texts'}, not empty")
