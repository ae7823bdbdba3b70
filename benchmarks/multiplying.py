"""A landed demo company many times over, by SQL on its Parquet parts: the same companies again under other ids.

Copy 0 is the company itself. What belongs to one company gets the copy's number behind its ids; what companies share (groups,
schedules, products, prices, rates, forms) stays once.
"""

import hashlib
import json
import shutil
from pathlib import Path

import duckdb

SHARED = {
    "zendesk": {"groups", "schedules", "schedule_holidays"},
    "stripe": {"products", "prices", "coupons"},
    "typeform": {"forms"},
    "drop_folder": {"fx_rates"},
}
SHARED_IDS = {
    "group_id", "brand_id", "schedule_id", "sla_policy_id", "instance_id", "price_id", "product_id", "coupon_id", "form_id",
    "survey_id", "_run_id",
}  # fmt: skip
OTHER_IDS = {"account_ref", "merged_into"}
ADDRESSES = {"email", "respondent_email", "domain_names", "rater", "interviewer", "csm_owner"}
JSON_IDS = '"(account_id|account_ref|respondent_id|trigger_id|invitation_id)":"([^"]+)"'
# Changes of these fields tell ids of people and organizations.
ID_FIELDS = ("assignee_id", "requester_id", "organization_id", "submitter_id")


def multiply(raw: Path, into: Path, times: int) -> None:
    """Write every part of `raw` under `into` with `times` copies of each company, manifests and states beside them."""
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    for part in sorted(raw.glob("*/*/v1/*/data.parquet")):
        source, table = part.relative_to(raw).parts[:2]
        target = into / part.relative_to(raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = part.with_name("data.manifest.json")
        if table in SHARED[source] or part.parent.name == "schema=empty":
            shutil.copy(part, target)
            shutil.copy(beside, target.parent)
            continue
        rows = f"read_parquet('{part}', hive_partitioning = false)"
        columns = [row[0] for row in connection.execute(f"describe from {rows}").fetchall()]
        selected = ", ".join(f'{_expression(source, name)} as "{name}"' for name in columns)
        connection.execute(
            f"copy (select {selected} from {rows} cross join range({times}) as copies (copy)) "
            f"to '{target}' (format parquet, compression zstd)"
        )
        _write_manifest(beside, target, times)
    for state in raw.glob("*/*/state.json"):
        shutil.copy(state, into / state.relative_to(raw))


def _expression(source: str, name: str) -> str:
    """The column in copy `copy`."""
    mark = "case when copy > 0 then 'r' || copy else '' end"
    if name in ADDRESSES or (name == "source_id" and source == "drop_folder"):
        marked = f"replace({name}, '.example', {mark} || '.example')"
        # A list without a domain of the demo company's stays as it is; anybody else gets the number behind the name.
        other = name if name == "domain_names" else f"{name} || {mark}"
        return f"case when {name} like '%.example%' then {marked} else {other} end"
    if name in {"metadata", "hidden"}:
        return f"regexp_replace({name}, '{JSON_IDS}', '\"\\1\":\"\\2' || {mark} || '\"', 'g')"
    if name in {"field_value", "previous_value"}:
        return f"case when field_name in {ID_FIELDS} then {name} || {mark} else {name} end"
    if name in OTHER_IDS or (name.endswith("_id") and name not in SHARED_IDS):
        return f"{name} || {mark}"
    return f'"{name}"'


def _write_manifest(beside: Path, target: Path, times: int) -> None:
    manifest = json.loads(beside.read_bytes())
    with target.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    counts = {name: manifest[name] * times for name in ("rows", "received", "kept")}
    manifest |= {**counts, "content": f"{manifest['content']}x{times}", "sha256": digest}
    target.with_name(beside.name).write_text(json.dumps(manifest))
