"""What the customer success managers wrote back about interventions, as they would into the exported sheet."""

from collections.abc import Iterator
from hashlib import md5
from typing import TYPE_CHECKING

from demo import success
from demo.accounts import Account
from demo.billing import chance
from demo.streams import DAY, NEVER, as_day

if TYPE_CHECKING:
    from demo.company import Company

Row = dict[str, str]
GRACE = 15  # days after its planned day on which a review is called overdue
DECIDED, DISMISSED = 0.6, 0.15
NOTES = ("Called them, new date agreed", "Talked it through in the weekly call", "Named an owner on our side", "")


def intervention_id(rule: str, account: Account, subject: str) -> str:
    """The id under which an intervention is published: it follows from rule, account and occasion, so it is known beforehand."""
    return md5(f"{rule}|{account.account_id}|{subject}".encode(), usedforsecurity=False).hexdigest()


def decision_rows(company: "Company") -> Iterator[Row]:
    """One row per word written back by now; about missed milestones and reviews that did not take place."""
    for account in company.won:
        if account.role is None and _pays_throughout(company, account):
            for key, opened in sorted(_called_for(company, account).items()):
                decided = opened + int(1 + chance(company.seed, "decided on", key) * 12) * DAY
                if decided < company.now and chance(company.seed, "decided", key) < DECIDED:
                    note = NOTES[int(chance(company.seed, "note", key) * len(NOTES))]
                    is_dismissed = chance(company.seed, "dismissed", key) < DISMISSED
                    yield {
                        "intervention_id": key, "status": "dismissed" if is_dismissed else "done", "decision": "",
                        "decided_on": as_day(decided).isoformat(), "note": "Too late to matter" if is_dismissed else note,
                    }  # fmt: skip


def _pays_throughout(company: "Company", account: Account) -> bool:
    """Whether billing shows the account to pay in every month that it is a customer: nobody is called to work on one that does not."""
    if account.billing_link == "manual":  # its billing customer is deleted once it has left
        return False
    held = company.subscriptions[account.account_id]
    return all(one.paused == one.unpaid_since == NEVER and not one.terms.has_trial for one in held)


def _called_for(company: "Company", account: Account) -> dict[str, int]:
    """Intervention -> the instant at which it was opened, for what was missed by now."""
    tenure = company.tenures[account.account_id]
    found: dict[str, int] = {}
    for one in success.milestones(*company.lived(account)):
        opened = one.due + DAY
        if one.completed > one.due and tenure.covers(opened):
            month = as_day(opened).replace(day=1).isoformat()
            key = intervention_id(f"{one.owner}_milestone_missed", account, month)
            found[key] = min(opened, found.get(key, NEVER))
    for review in success.reviews(*company.lived(account)):
        opened = review.planned + GRACE * DAY
        if review.held == NEVER and tenure.covers(opened):
            found[intervention_id("qbr_overdue", account, review.qbr_id)] = opened
    return found
