"""The drop folder of the demo company: one CSV per contract, written to the same bytes for the same company."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from demo import success, surveys
from demo.accounts import Account
from demo.company import Company
from demo.decisions import decision_rows
from demo.drop_accounts import account_rows, agreement_rows, identity_rows, reference
from demo.questionnaires import FORMS
from demo.rates import daily_rates
from demo.streams import DAY, NEVER, as_day, iso, month_offset

Row = dict[str, str]
HORIZON = 60 * DAY  # plans show this far ahead
SEMICOLON = {"projects.csv"}  # exported by a spreadsheet of another country, with a byte order mark


def day(second: int) -> str:
    """The UTC day of an instant; empty where it never comes."""
    return "" if second >= NEVER else as_day(second).isoformat()


def known_day(second: int, now: int) -> str:
    """The UTC day of an instant that has come; else empty."""
    return day(second) if second < now else ""


def file_rows(company: Company) -> dict[str, list[Row]]:
    """Every file of the folder with its rows; the keys of a row are its columns."""
    files = {
        "accounts.csv": list(account_rows(company)),
        "account_identities.csv": list(identity_rows(company)),
        "agreements.csv": list(agreement_rows(company)),
        "projects.csv": list(_projects(company)),
        "qbrs.csv": list(_reviews(company)),
        "interviews.csv": list(_interviews(company)),
        "interventions.csv": list(decision_rows(company)),
        "success_ratings.csv": list(_ratings(company)),
        "survey_responses.csv": list(_old_answers(company)),
        "survey_questions.csv": _mapped_questions(),
        "fx_rates.csv": daily_rates(company.seed, company.epoch, company.as_of),
    }
    files |= _by_year("milestones", _milestones(company), "due_on")
    files |= _by_year("survey_invitations", _invitations(company), "sent_at")
    return {name: rows for name, rows in files.items() if rows}


def file_bytes(name: str, rows: list[Row]) -> bytes:
    """One file as it lies in the folder."""
    text = io.StringIO()
    odd = name in SEMICOLON
    writer = csv.writer(text, delimiter=";" if odd else ",", lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return (b"\xef\xbb\xbf" if odd else b"") + text.getvalue().encode()


def write(company: Company, folder: Path) -> list[Path]:
    """Write every file of the folder, each put in place at once; a file that already holds these bytes is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, rows in file_rows(company).items():
        path, content = folder / name, file_bytes(name, rows)
        if not path.exists() or path.read_bytes() != content:
            passing = folder / f".{name}.tmp"
            passing.write_bytes(content)
            passing.replace(path)
        paths.append(path)
    return paths


def _by_year(contract: str, rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """One file per year, so that an old year's file stays as it is."""
    files: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row[column], next(iter(row.values())))):
        files.setdefault(f"{contract}_{row[column][:4]}.csv", []).append(row)
    return files


def _projects(company: Company) -> Iterator[Row]:
    for account in company.won:
        for project in company.projects[account.account_id]:
            if project.started < company.now:
                is_closed = project.closed < company.now
                yield {
                    "project_id": project.project_id, "account_ref": reference(account), "name": project.name,
                    "kind": project.kind, "status": "closed" if is_closed else "open", "started_on": day(project.started),
                    "closed_on": known_day(project.closed, company.now),
                }  # fmt: skip


def _reviews(company: Company) -> Iterator[Row]:
    for account in company.won:
        for review in success.reviews(*company.planned(account)):
            if review.planned >= company.now + HORIZON:
                continue
            is_held = review.held < company.now
            planned = day(review.planned)
            if _is_misdated(company, account, review):
                planned = f"07/08/{planned[:4]}"  # which of the two is the month? nobody can tell
            yield {
                "qbr_id": review.qbr_id, "account_ref": account.account_id, "planned_on": planned,
                "held_on": known_day(review.held, company.now), "attendees": str(2 + review.raised) if is_held else "",
                "issues_raised": str(review.raised) if is_held else "", "issues_open": str(review.open) if is_held else "",
                "opportunities": str(review.opportunities) if is_held else "",
                "service_rating": str(review.rating) if is_held else "",
                "notes": "Reviewed with the customer, see minutes" if is_held else "",
            }  # fmt: skip


def _is_misdated(company: Company, account: Account, review: success.Review) -> bool:
    """Whether this is the planted review whose date cannot be read."""
    role = account.role
    if role is None or role.kind != "quarantined_row":
        return False
    return month_offset(company.epoch, as_day(review.planned)) == role.from_month


def _interviews(company: Company) -> Iterator[Row]:
    for account in company.won:
        for one in success.interviews(*company.lived(account)):
            if one.held < company.now:
                yield {
                    "interview_id": one.interview_id, "account_ref": reference(account), "held_on": day(one.held),
                    "interviewer": account.owner, "situation": "growing" if one.sentiment > 0 else "steady",
                    "sentiment": str(one.sentiment), "propensity_to_continue": str(one.propensity), "themes": one.theme,
                    "future_work": one.future_work, "confidence": f"{one.confidence:.2f}",
                    "next_action": "Prepare a proposal" if one.future_work else "Keep in touch",
                }  # fmt: skip


def _milestones(company: Company) -> Iterator[Row]:
    for account in company.won:
        for one in success.milestones(*company.planned(account)):
            if one.due < company.now + HORIZON:
                yield {
                    "milestone_id": one.milestone_id, "account_ref": account.account_id, "name": one.name,
                    "owner_party": one.owner, "due_on": day(one.due), "plan_day": str(one.plan_day or ""),
                    "completed_on": known_day(one.completed, company.now),
                    # now and then nobody writes down what came of it
                    "evidence": "Signed off" if one.completed < company.now and one.completed // DAY % 5 else "",
                    "asks_for": one.asks_for,
                }  # fmt: skip


def _ratings(company: Company) -> Iterator[Row]:
    for account in company.won:
        for one in success.ratings(*company.lived(account)):
            if one.rated < company.now:
                yield {
                    "account_ref": account.account_id, "rated_on": day(one.rated), "rater": account.owner,
                    "tools": f"{one.tools:.3f}", "investment": f"{one.investment:.3f}", "desire": f"{one.desire:.3f}",
                    "rationale": "Rated in the monthly account review",
                }  # fmt: skip


def _old_answers(company: Company) -> Iterator[Row]:
    """The export of the relationship tool that is gone, and the public reviews."""
    base = {
        "response_id": "", "metric": "nps", "score": "", "responded_at": "", "account_ref": "", "respondent_email": "",
        "survey_id": "old-nps", "survey_kind": "relationship", "scale_min": "0", "scale_max": "10",
        "scale_direction": "higher_is_better", "trigger_kind": "periodic", "trigger_id": "", "sent_at": "", "site": "",
    }  # fmt: skip
    for one in company.asked:
        if one.is_old_tool and one.answered < company.now and one.account is not None:
            yield base | {
                "response_id": f"old_{one.invitation_id}", "score": str(one.score), "responded_at": iso(one.answered),
                "account_ref": one.account.account_id, "respondent_email": one.email, "trigger_id": one.trigger_id,
                "sent_at": iso(one.sent),
            }  # fmt: skip
    for account in company.won:
        for at, stars in surveys.reviews(*company.lived(account)):
            if at < company.now:
                yield base | {
                    "response_id": f"rev_{account.number:04d}_{at}", "metric": "review", "score": str(stars),
                    "responded_at": iso(at), "account_ref": account.account_id, "survey_id": "public-reviews",
                    "scale_min": "1", "scale_max": "5", "site": "reviews.example",
                }  # fmt: skip


def _mapped_questions() -> list[Row]:
    """What one question of the survey tool measures, as people say it; its ref says the same."""
    form_id, _, kind, metric, question = FORMS["ces"]
    return [{
        "survey_id": form_id, "question": question["id"], "metric": metric, "survey_kind": kind,
        "scale_direction": "higher_is_better",
    }]  # fmt: skip


def _invitations(company: Company) -> Iterator[Row]:
    for one in company.asked:
        if one.account is not None:
            yield {
                "invitation_id": one.invitation_id, "survey_id": "old-nps" if one.is_old_tool else FORMS[one.form][0],
                "sent_at": iso(one.sent), "account_ref": one.account.account_id, "respondent_email": one.email,
                "trigger_kind": one.trigger_kind, "trigger_id": one.trigger_id,
            }  # fmt: skip
