"""The traps of the billing vendor's lists, each with small pages."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from ingestion.contract import AnswerBroken, RowsBroken, SnapshotShrunk
from ingestion.sources.stripe import API_VERSION

AT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def listing(data, more=False):
    return {"object": "list", "data": data, "has_more": more}


class Vendor:
    """Lists by path, newest first; `starting_after`, `created` and `status` are kept."""

    def __init__(self, size=100, **lists):
        self.size = size
        self.lists = {f"/v1/{name}": items for name, items in lists.items()}
        self.calls = []

    def __call__(self, request):
        path, params = request.url.path, request.url.params
        self.calls.append((path, dict(params)))
        if path not in self.lists:
            parent, _, name = path.rpartition("/")
            found = [item for item in self.lists.get(parent, []) if item["id"] == name]
            return httpx2.Response(200, json=found[0]) if found else httpx2.Response(404)
        items = self.lists[path]
        if "created[gte]" in params:
            items = [item for item in items if item["created"] >= int(params["created[gte]"])]
        if params.get("status") not in (None, "all"):
            items = [item for item in items if item["status"] == params["status"]]
        if params.get("type"):
            items = [item for item in items if item["type"].startswith(params["type"].rstrip("*"))]
        if params.get("starting_after"):
            names = [item["id"] for item in items]
            items = items[names.index(params["starting_after"]) + 1 :]
        return httpx2.Response(200, json=listing(items[: self.size], len(items) > self.size))


def invoice(name, created=AT, lines=(), more=False, **fields):
    return {"id": name, "created": created, "status": "paid", "lines": listing(list(lines), more), **fields}


def line(name, **fields):
    return {"id": name, "amount": 100, "currency": "eur", "description": "SECRET", **fields}


def event(name, kind, target, created):
    return {"id": name, "type": kind, "created": created, "data": {"object": target}}


def test_lists_are_walked_to_their_end_with_the_version_pinned(bench):
    vendor = Vendor(2, customers=[{"id": f"cus_{n}", "created": AT} for n in range(5)])
    bench.run("stripe", vendor, ["customers"])
    assert [params.get("starting_after") for _, params in vendor.calls] == [None, "cus_1", "cus_3"]
    assert {request.headers["stripe-version"] for request in bench.requests} == {API_VERSION}
    assert {request.headers["authorization"] for request in bench.requests} == {"Bearer s3cret"}
    assert len(bench.rows("stripe", "customers")) == 5


def test_a_list_that_says_more_and_gives_nothing_is_an_error(bench):
    with pytest.raises(AnswerBroken, match="does not advance"):
        bench.run("stripe", lambda _request: httpx2.Response(200, json=listing([], True)), ["customers"])


def test_cancelled_subscriptions_and_all_items_are_read(bench):
    items = [{"id": f"si_{n}", "quantity": n, "price": {"id": f"p_{n}", "product": "prod"}} for n in range(25)]
    subscription = {"id": "sub_1", "status": "canceled", "created": AT, "items": listing(items[:10], True)}
    vendor = Vendor(subscriptions=[subscription], subscription_items=items)
    report = bench.run("stripe", vendor, ["subscriptions"])
    assert vendor.calls[0][1]["status"] == "all"
    path, params = vendor.calls[1]
    assert (path, params["subscription"], params["starting_after"]) == ("/v1/subscription_items", "sub_1", "si_9")
    rows = bench.rows("stripe", "subscription_items")
    assert sorted(row["quantity"] for row in rows) == list(range(25))
    assert {row["subscription_id"] for row in rows} == {"sub_1"}
    assert report["subscription_items"].received == 25
    assert bench.rows("stripe", "subscriptions")[0]["status"] == "canceled"


@pytest.mark.parametrize("side", ["item", "subscription"])
def test_the_paid_period_is_read_from_the_item_or_from_the_old_place(bench, side):
    period = {"current_period_start": AT, "current_period_end": AT + 86_400}
    item = {"id": "si_1", "price": {"id": "p"}, **(period if side == "item" else {})}
    subscription = {"id": "sub_1", "items": listing([item]), **(period if side == "subscription" else {})}
    bench.run("stripe", Vendor(subscriptions=[subscription]), ["subscriptions"])
    (row,) = bench.rows("stripe", "subscription_items")
    assert row["current_period_end_at"] - row["current_period_start_at"] == timedelta(days=1)


NEW = {
    "pricing": {"price_details": {"price": "price_1", "product": "prod_1"}, "unit_amount_decimal": "0.000012345678"},
    "parent": {
        "type": "subscription_item_details",
        "subscription_item_details": {"subscription": "sub_1", "subscription_item": "si_1", "proration": True},
    },
}
OLD = {
    "price": {
        "id": "price_1",
        "product": "prod_1",
        "unit_amount_decimal": "0.000012345678",
        "recurring": {"interval": "month"},
    },
    "subscription": "sub_1",
    "subscription_item": "si_1",
    "proration": True,
    "type": "subscription",
}
BY_HAND = {
    "parent": {"type": "invoice_item_details", "invoice_item_details": {"subscription": "sub_1", "proration": True}}
}


@pytest.mark.parametrize("shape", [NEW, OLD], ids=["after Basil", "before Basil"])
def test_both_shapes_of_an_invoice_fill_the_same_columns(bench, shape):
    new = {"parent": {"subscription_details": {"subscription": "sub_1"}}}
    head = new if shape is NEW else {"subscription": "sub_1"}
    discounts = [{"amount": 7, "discount": "di_1"}, {"amount": 5, "discount": "di_2"}]
    given = invoice("in_1", lines=[line("il_1", discount_amounts=discounts, **shape)], **head)
    bench.run("stripe", Vendor(invoices=[given], events=[]), ["invoices"])
    (row,) = bench.rows("stripe", "invoice_lines")
    told = ("subscription_id", "subscription_item_id", "price_id", "product_id", "is_proration", "unit_amount_decimal")
    assert [row[name] for name in told] == ["sub_1", "si_1", "price_1", "prod_1", True, "0.000012345678"]
    assert (row["invoice_id"], row["discount_amounts_minor"], row["interval"]) == (
        "in_1",
        12,
        "month" if shape is OLD else None,
    )
    assert bench.rows("stripe", "invoices")[0]["subscription_id"] == "sub_1"
    assert "SECRET" not in row["_raw"]


INCLUSIVE = {
    "after Basil": {"taxes": [
        {"amount": 1900, "tax_behavior": "inclusive", "taxable_amount": 10000}, {"amount": 50, "tax_behavior": "exclusive", "taxable_amount": 10000},
    ]},
    "before Basil": {"tax_amounts": [{"amount": 1900, "inclusive": True, "tax_rate": "txr_1"}, {"amount": 50, "inclusive": False, "tax_rate": "txr_2"}]},
}  # fmt: skip


@pytest.mark.parametrize("shape", INCLUSIVE)
def test_tax_inside_an_amount_is_read_in_both_shapes_and_tax_on_top_is_not(bench, shape):
    told = [line("il_1", **INCLUSIVE[shape])]
    note = {"id": "cn_1", "created": AT, "status": "issued", "lines": listing(told)}
    bench.run(
        "stripe",
        Vendor(invoices=[invoice("in_1", lines=told)], credit_notes=[note], events=[]),
        ["invoices", "credit_notes"],
    )
    assert [row["inclusive_tax_minor"] for row in bench.rows("stripe", "invoice_lines")] == [1900]
    assert [row["inclusive_tax_minor"] for row in bench.rows("stripe", "credit_note_lines")] == [1900]


def test_packages_of_a_price_and_pauses_that_events_tell_are_read(bench):
    price = {"id": "price_1", "transform_quantity": {"divide_by": 10, "round": "up"}, "tax_behavior": "inclusive"}
    paused = {
        "id": "sub_1",
        "object": "subscription",
        "status": "active",
        "pause_collection": {"behavior": "void", "resumes_at": AT},
    }
    told = event("evt_1", "customer.subscription.updated", paused, AT)
    bench.run("stripe", Vendor(prices=[price], events=[told]), ["prices", "events"])
    (row,) = bench.rows("stripe", "prices")
    assert (row["transform_divide_by"], row["transform_round"], row["tax_behavior"]) == (10, "up", "inclusive")
    (row,) = bench.rows("stripe", "events")
    assert (row["object_id"], row["object_status"], row["pause_behavior"]) == ("sub_1", "active", "void")
    assert row["pause_resumes_at"] is not None


def test_an_invoice_item_says_its_subscription_too(bench):
    bench.run("stripe", Vendor(invoices=[invoice("in_1", lines=[line("il_1", **BY_HAND)])], events=[]), ["invoices"])
    (row,) = bench.rows("stripe", "invoice_lines")
    assert (row["subscription_id"], row["is_proration"], row["line_type"]) == ("sub_1", True, "invoice_item_details")


def test_every_line_of_a_long_invoice_lands(bench):
    lines = [line(f"il_{n}") for n in range(235)]
    vendor = Vendor(invoices=[invoice("in_1", lines=lines[:10], more=True)], events=[])
    vendor.lists["/v1/invoices/in_1/lines"] = lines
    report = bench.run("stripe", vendor, ["invoices"])
    assert report["invoice_lines"].kept == 235
    assert vendor.calls[1][1]["starting_after"] == "il_9"


def test_a_lines_list_that_is_cut_by_an_error_is_not_landed_half(bench):
    vendor = Vendor(invoices=[invoice("in_1", lines=[line("il_1")], more=True)], events=[])
    with pytest.raises(Exception, match="404"):
        bench.run("stripe", vendor, ["invoices"])
    assert bench.rows("stripe", "invoices") == bench.rows("stripe", "invoice_lines") == []


def test_an_amount_of_another_type_stops_the_table_before_it_lands(bench):
    vendor = Vendor(invoices=[invoice("in_1", lines=[line("il_1"), line("il_2") | {"amount": "100"}])], events=[])
    with pytest.raises(RowsBroken, match="an amount in `amount`"):
        bench.run("stripe", vendor, ["invoices"])
    assert bench.rows("stripe", "invoice_lines") == []


def night(bench, days=1):
    bench.clock.moment += timedelta(days=days)


def test_the_next_night_reads_new_open_and_changed_invoices_alone(bench):
    old = [invoice(f"in_{n}", created=AT, lines=[line(f"il_{n}")]) for n in range(3)]
    draft = invoice("in_open", created=AT, status="open")
    bench.run("stripe", Vendor(invoices=[draft, *old], events=[]), ["invoices"])
    night(bench, 10)
    paid = {"status": "paid", "status_transitions": {"paid_at": AT + 5 * 86_400}}
    voided = invoice(
        "in_1", created=AT, status="void", status_transitions={"voided_at": AT + 12 * 86_400}, lines=[line("il_1")]
    )
    fresh = invoice("in_new", created=AT + 25 * 86_400)
    vendor = Vendor(
        invoices=[fresh, {**draft, **paid}, old[0], voided, old[2]],
        events=[event("evt_1", "invoice.voided", {"id": "in_1"}, int(bench.clock.now().timestamp()) - 3600)],
    )
    report = bench.run("stripe", vendor, ["invoices"])["invoices"]
    assert [params.get("status") for path, params in vendor.calls if path == "/v1/invoices"] == [None, "draft", "open"]
    assert ("/v1/invoices/in_1", {}) in vendor.calls
    assert report.received == 2
    assert {row["invoice_id"]: row["status"] for row in bench.rows("stripe", "invoices")}["in_1"] == "void"
    assert len(bench.rows("stripe", "invoices")) == 5


def test_events_are_held_back_a_minute_and_overlap_an_hour(bench):
    vendor = Vendor(events=[])
    bench.run("stripe", vendor, ["events"])
    first = int(bench.clock.now().timestamp())
    assert vendor.calls[-1][1]["created[lt]"] == str(first - 60)
    night(bench)
    bench.run("stripe", vendor, ["events"])
    assert vendor.calls[-1][1]["created[gte]"] == str(first - 60 - 3600)


def test_after_a_gap_of_more_than_28_days_everything_is_listed(bench):
    vendor = Vendor(invoices=[invoice("in_1")], events=[])
    bench.run("stripe", vendor, ["invoices"])
    night(bench, 29)
    vendor.calls.clear()
    bench.run("stripe", vendor, ["invoices"])
    start = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
    assert vendor.calls == [("/v1/invoices", {"created[gte]": str(start), "limit": "100"})]


def test_a_deleted_draft_is_a_tombstone(bench):
    bench.run("stripe", Vendor(invoices=[invoice("in_1", status="draft")], events=[]), ["invoices"])
    night(bench)
    at = int(bench.clock.now().timestamp()) - 3600
    vendor = Vendor(invoices=[], events=[event("evt_1", "invoice.deleted", {"id": "in_1", "created": AT}, at)])
    bench.run("stripe", vendor, ["invoices"])
    assert [(row["invoice_id"], row["_deleted"]) for row in bench.rows("stripe", "invoices")] == [("in_1", True)]


def test_the_payload_of_an_event_stays_out(bench):
    given = event("evt_1", "customer.deleted", {"id": "cus_1", "object": "customer", "email": "SECRET"}, AT)
    bench.run("stripe", Vendor(events=[given]), ["events"])
    (row,) = bench.rows("stripe", "events")
    assert (row["object_id"], row["object_type"], row["event_type"]) == ("cus_1", "customer", "customer.deleted")
    assert "SECRET" not in row["_raw"]


def test_credit_notes_with_lines_and_refunds_of_any_status(bench):
    note = {
        "id": "cn_1",
        "created": AT,
        "invoice": "in_1",
        "amount": 5,
        "lines": listing([{"id": "cnli_1", "amount": 5}]),
    }
    refund = {
        "id": "re_1",
        "created": AT,
        "amount": 5,
        "status": "failed",
        "charge": {"id": "ch_1", "object": "charge"},
    }
    bench.run("stripe", Vendor(credit_notes=[note], refunds=[refund], events=[]), ["credit_notes", "refunds"])
    (row,) = bench.rows("stripe", "credit_note_lines")
    assert (row["line_id"], row["credit_note_id"], row["amount_minor"]) == ("cnli_1", "cn_1", 5)
    (row,) = bench.rows("stripe", "refunds")
    assert (row["status"], row["charge_id"]) == ("failed", "ch_1")


def test_tiers_are_asked_for_and_kept(bench):
    tiers = [{"up_to": 10, "unit_amount_decimal": "1.5"}, {"up_to": None, "unit_amount": 1}]
    vendor = Vendor(prices=[{"id": "price_1", "unit_amount": None, "tiers": tiers, "created": AT}])
    bench.run("stripe", vendor, ["prices"])
    assert vendor.calls[0][1]["expand[]"] == "data.tiers"
    (row,) = bench.rows("stripe", "prices")
    assert json.loads(row["tiers"]) == tiers
    assert row["unit_amount_minor"] is None


def customers(count):
    return Vendor(customers=[{"id": f"cus_{n}", "created": AT, "phone": "SECRET"} for n in range(count)])


class TestListing:
    def test_a_short_listing_never_replaces_a_longer_one(self, bench):
        bench.run("stripe", customers(20), ["customers"])
        before = bench.files()
        night(bench)
        with pytest.raises(SnapshotShrunk, match="17 rows, the last one had 20"):
            bench.run("stripe", customers(17), ["customers"])
        assert bench.files() == before
        assert bench.run("stripe", customers(18), ["customers"])["customers"].rows == 18

    def test_unless_it_is_forced(self, bench):
        bench.run("stripe", customers(20), ["customers"])
        night(bench)
        assert bench.run("stripe", customers(3), ["customers"], force=True)["customers"].rows == 3

    def test_an_empty_listing_is_refused_too(self, bench):
        bench.run("stripe", customers(1), ["customers"])
        night(bench)
        with pytest.raises(SnapshotShrunk):
            bench.run("stripe", customers(0), ["customers"])

    def test_the_same_listing_on_the_same_day_leaves_the_file_alone(self, bench):
        bench.run("stripe", customers(5), ["customers"])
        before = bench.files()
        bench.clock.moment += timedelta(hours=1)
        bench.run("stripe", customers(5), ["customers"])
        assert bench.files() == before

    def test_three_days_and_the_first_and_last_of_each_month_are_kept(self, bench):
        bench.clock.moment = datetime(2026, 10, 28, tzinfo=UTC)
        for _ in range(8):
            bench.run("stripe", customers(5), ["customers"])
            night(bench)
        parts = sorted(path.name for path in (bench.root / "stripe/customers/v1").iterdir())
        assert parts == [
            "schema=empty", "snapshot=2026-10-28", "snapshot=2026-10-31", "snapshot=2026-11-01",
            "snapshot=2026-11-02", "snapshot=2026-11-03", "snapshot=2026-11-04",
        ]  # fmt: skip

    def test_contact_data_beyond_name_and_mail_stays_out(self, bench):
        bench.run("stripe", customers(1), ["customers"])
        assert "SECRET" not in bench.rows("stripe", "customers")[0]["_raw"]
