"""Each class as its definition says, one ingredient at a time: what makes it, and what it becomes without."""

import pytest

from tests.dbt_project.conftest import Build
from tests.dbt_project.test_patterns_classes import Evidence, decide

KEPT: Evidence = {
    "adherence_90d": (0.8, 10),
    "sla_met_rate_90d": (0.9, 10),
    "relationship_detractors": (0, 10),
    "relationship_nps": (0, 10),
}
WANTS: Evidence = {"propensity_to_continue": (7, 10)}
CONTENT: Evidence = {"propensity_to_continue": (6, 10)}
LACKS: Evidence = {"propensity_to_continue": (5, 10)}
POOR: Evidence = {"peak_end_score": (0.4, 10)}
LEAVES: Evidence = {"scheduled_exit_rate": (0.1, 0)}

# what is known, how many patterns speak, the class
TABLE: dict[str, tuple[Evidence, int, str]] = {
    "growth: consistent and wants more": (KEPT | WANTS, 3, "Growth"),
    "growth: two patterns are enough": (KEPT | WANTS, 2, "Growth"),
    "growth: named future work is desire, too": (KEPT | CONTENT | {"future_work_named": (1, 10)}, 3, "Growth"),
    "growth with one pattern is unknown": (KEPT | WANTS, 1, "Unknown"),
    "growth by an interview on its last valid day": (KEPT | {"propensity_to_continue": (7, 180)}, 3, "Growth"),
    "desire that is stale makes it happy": (KEPT | {"propensity_to_continue": (7, 181)}, 3, "Happy"),
    "desire that is unknown makes it happy": (KEPT, 3, "Happy"),
    "happy: consistent, good relationship, no desire": (KEPT | CONTENT, 3, "Happy"),
    "happy by the review, where the survey is split": (
        KEPT | CONTENT | {"relationship_nps": (-1, 10), "qbr_service_rating": (4, 10)},
        3,
        "Happy",
    ),
    "consistent, relationship neither good nor lacking": (
        KEPT | CONTENT | {"relationship_nps": (-1, 10)},
        3,
        "Unknown",
    ),
    "consistency unknown, nothing lacking": (WANTS, 2, "Unknown"),
    "at-risk: consistent, desire lacking": (KEPT | LACKS, 3, "At-Risk"),
    "at-risk: one promise of consistency is some": ({"adherence_90d": (0.8, 10)} | LACKS, 2, "At-Risk"),
    "at-risk: sentiment alone lacks desire": (KEPT | WANTS | {"sentiment": (-1, 10)}, 3, "At-Risk"),
    "at-risk: desire is there, promises are missed": (KEPT | WANTS | {"adherence_90d": (0.79, 10)}, 3, "At-Risk"),
    "at-risk: desire is there, targets are missed": (KEPT | WANTS | {"sla_met_rate_90d": (0.89, 10)}, 3, "At-Risk"),
    "at-risk: desire is there, somebody detracts": (KEPT | WANTS | {"relationship_detractors": (1, 10)}, 3, "At-Risk"),
    "a detractor of the quarter before last is stale": (
        {"adherence_90d": (0.8, 10), "relationship_detractors": (1, 121)} | WANTS,
        2,
        "Unknown",
    ),
    "desire lacking and nothing else known": (LACKS, 2, "Unknown"),
    "dangling: poor and leaving": (KEPT | WANTS | POOR | LEAVES, 3, "Dangling"),
    "dangling: poor and reducing scope": (KEPT | WANTS | POOR | {"mrr_change_90d": (-0.1, 0)}, 3, "Dangling"),
    "dangling by a detractor": (WANTS | LEAVES | {"relationship_detractors": (1, 10)}, 2, "Dangling"),
    "dangling by a review": (KEPT | LEAVES | {"qbr_service_rating": (2, 10)}, 3, "Dangling"),
    "dangling by an interview": (KEPT | LEAVES | {"sentiment": (-1, 10)}, 3, "Dangling"),
    "leaving content is not dangling": (KEPT | WANTS | LEAVES, 3, "Growth"),
    "poor and staying is not dangling": (KEPT | WANTS | POOR, 3, "Growth"),
    "poor and a little less scope is not dangling": (
        KEPT | LACKS | POOR | {"mrr_change_90d": (-0.09, 0)},
        3,
        "At-Risk",
    ),
    "poor and leaving with one pattern is unknown": (POOR | LEAVES, 1, "Unknown"),
    "nothing known": ({}, 0, "Unknown"),
}


def test_the_truth_table_of_the_classes(build: Build) -> None:
    found = decide(build, {name: (patterns, known) for name, (known, patterns, _) in TABLE.items()})
    assert {name: customer_class for name, (customer_class, _) in found.items()} == {
        name: expected for name, (_, _, expected) in TABLE.items()
    }


@pytest.mark.parametrize("missing", sorted(KEPT.keys() - {"relationship_nps"}))
def test_growth_needs_every_part_of_consistency_to_be_known(build: Build, missing: str) -> None:
    known = {signal: value for signal, value in (KEPT | WANTS).items() if signal != missing}
    assert decide(build, {"acme": (3, known)})["acme"][0] == "Unknown"
