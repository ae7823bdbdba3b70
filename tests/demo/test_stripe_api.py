import pytest

V1 = "/stripe/v1"


def listed(get, path):
    records, after = [], None
    join = "&" if "?" in path else "?"
    while True:
        page = get(f"{V1}/{path}{join}limit=100" + (f"&starting_after={after}" if after else ""))
        records.extend(page["data"])
        if not page["has_more"]:
            return records
        after = page["data"][-1]["id"]


@pytest.fixture(scope="module")
def invoices(get):
    return listed(get, "invoices")


@pytest.fixture(scope="module")
def subscriptions(get):
    return listed(get, "subscriptions?status=all&expand[]=data.discounts")


def all_lines(get, invoice):
    if not invoice["lines"]["has_more"]:
        return invoice["lines"]["data"]
    return listed(get, f"invoices/{invoice['id']}/lines")


def test_lists_are_newest_first_and_complete(invoices, company):
    created = [invoice["created"] for invoice in invoices]
    assert created == sorted(created, reverse=True)
    assert (
        len({invoice["id"] for invoice in invoices}) == len(invoices) == len(company.ledger.shelves["invoices"].newest)
    )


def test_created_bounds_are_half_open_where_asked(get, invoices):
    at = invoices[500]["created"]
    older = listed(get, f"invoices?created[lt]={at}")
    newer = listed(get, f"invoices?created[gte]={at}")
    assert len(older) + len(newer) == len(invoices)
    assert not {one["id"] for one in older} & {one["id"] for one in newer}


def test_every_invoice_adds_up(get, invoices):
    many = 0
    for invoice in invoices:
        lines = all_lines(get, invoice)
        many += len(lines) > 10
        discounts = sum(part["amount"] for line in lines for part in line["discount_amounts"])
        assert invoice["subtotal"] == sum(line["amount"] for line in lines)
        assert invoice["total"] == invoice["subtotal"] - discounts
        assert discounts == sum(part["amount"] for part in invoice["total_discount_amounts"])
        assert invoice["amount_due"] == max(invoice["total"], 0) == invoice["amount_paid"] + invoice["amount_remaining"]
        assert all(line["currency"] == invoice["currency"] for line in lines)
        assert len({line["id"] for line in lines}) == len(lines)
    assert many > 20


def test_the_eleventh_line_is_only_behind_its_own_url(get, invoices):
    long = next(invoice for invoice in invoices if invoice["lines"]["has_more"])
    assert len(long["lines"]["data"]) == 10
    assert long["lines"]["url"] == f"/v1/invoices/{long['id']}/lines"
    rest = get(f"{V1}/invoices/{long['id']}/lines?limit=100&starting_after={long['lines']['data'][-1]['id']}")
    assert [line["id"] for line in rest["data"]] == [line["id"] for line in all_lines(get, long)][10:]
    assert not rest["has_more"]


def test_lines_have_the_shape_of_2026(invoices):
    lines = [line for invoice in invoices for line in invoice["lines"]["data"]]
    for line in lines:
        kind = line["parent"]["type"]
        details = line["parent"][kind]
        assert isinstance(details["proration"], bool)
        assert line["pricing"]["price_details"]["price"].startswith("price_")
        assert not {"price", "proration", "subscription"} & set(line)
    prorations = [line for line in lines if line["parent"][line["parent"]["type"]]["proration"]]
    assert any(line["amount"] < 0 for line in prorations)
    assert any(line["amount"] > 0 for line in prorations)
    with_subscription = [invoice for invoice in invoices if invoice["parent"]]
    assert all(
        invoice["parent"]["subscription_details"]["subscription"].startswith("sub_") for invoice in with_subscription
    )
    assert "subscription" not in invoices[0]


def test_every_odd_case_of_billing_is_there(get, invoices, subscriptions):
    assert {"paid", "open", "void", "uncollectible"} >= {one["status"] for one in invoices} >= {"paid", "open", "void"}
    assert {one["billing_reason"] for one in invoices} == {
        "subscription_create", "subscription_cycle", "subscription_update", "manual",
    }  # fmt: skip
    assert {one["currency"] for one in invoices} >= {"usd", "eur"}
    assert {"active", "canceled", "past_due"} <= {one["status"] for one in subscriptions}
    assert any(one["pause_collection"] for one in subscriptions)
    assert any(one["cancel_at_period_end"] for one in subscriptions)
    assert any(one["trial_end"] for one in subscriptions)
    assert any(one["discounts"] and one["discounts"][0]["source"]["coupon"] for one in subscriptions)
    items = [item for one in subscriptions for item in one["items"]["data"]]
    assert {item["price"]["recurring"]["interval"] for item in items} >= {"month", "year"}
    assert any(item["price"]["unit_amount"] is None and item["price"]["billing_scheme"] == "tiered" for item in items)
    assert any("quantity" not in item for item in items)
    assert all(item["current_period_end"] > item["current_period_start"] for item in items)
    notes, refunds = listed(get, "credit_notes"), listed(get, "refunds")
    assert notes
    assert {refund["charge"][3:] for refund in refunds} <= {note["invoice"][3:] for note in notes}
    assert all(note["lines"]["data"] for note in notes)


def test_canceled_subscriptions_show_only_where_asked(get, subscriptions):
    shown = listed(get, "subscriptions")
    assert {one["status"] for one in subscriptions} - {one["status"] for one in shown} == {"canceled"}
    assert {one["status"] for one in listed(get, "subscriptions?status=canceled")} == {"canceled"}


def test_items_beyond_ten_are_listed_by_subscription(get, subscriptions):
    wide = next(one for one in subscriptions if one["items"]["has_more"])
    assert len(wide["items"]["data"]) == 10
    assert len(listed(get, f"subscription_items?subscription={wide['id']}")) == 12
    assert get(f"{V1}/subscription_items", 400)["error"]["param"] == "subscription"


def test_tiers_are_shown_on_request(get):
    plain = {price["id"]: price for price in listed(get, "prices")}
    wide = {price["id"]: price for price in listed(get, "prices?expand[]=data.tiers")}
    tiered = [price for price in wide.values() if price["billing_scheme"] == "tiered"]
    assert [tier["up_to"] for tier in tiered[0]["tiers"]] == [10, None]
    assert "tiers" not in plain[tiered[0]["id"]]
    fractional = plain["price_monitoring_usd_month"]
    assert fractional["unit_amount"] is None
    assert fractional["unit_amount_decimal"] == "812.5"


def test_events_are_a_change_list_of_thirty_days(get, company):
    events = listed(get, "events")
    assert events
    assert min(event["created"] for event in events) >= company.now - 30 * 86_400
    assert {event["type"].split(".")[0] for event in events} >= {"invoice", "customer"}
    paid = listed(get, "events?type=invoice.*")
    assert {event["type"].split(".")[0] for event in paid} == {"invoice"}
    assert len({event["id"] for event in events}) == len(events)
    assert get(f"{V1}/events?expand[]=data.data", 400)["error"]["type"] == "invalid_request_error"


def test_an_object_is_read_by_its_id(get, invoices):
    one = get(f"{V1}/invoices/{invoices[7]['id']}")
    assert one == invoices[7]
    assert get(f"{V1}/invoices/in_none", 404)["error"]["code"] == "resource_missing"


@pytest.mark.parametrize("query", ["limit=101", "limit=x", "created[gte]=now", "created[near]=5", "starting_after=in_none", "expand[]=data.wings"])  # fmt: skip
def test_bad_requests_are_refused_in_the_vendors_shape(get, query):
    assert get(f"{V1}/invoices?{query}", 400)["error"]["type"] == "invalid_request_error"


def test_pages_backwards_end_before_the_cursor(get, invoices):
    page = get(f"{V1}/invoices?limit=3&ending_before={invoices[10]['id']}")
    assert [one["id"] for one in page["data"]] == [one["id"] for one in invoices[7:10]]
    assert page["has_more"]


def test_most_customers_carry_the_account_and_the_others_are_found_otherwise(get, company):
    customers = listed(get, "customers")
    with_metadata = [one for one in customers if one["metadata"].get("account_id")]
    assert len(customers) > len(with_metadata) > len(customers) / 2
    assert {one["metadata"]["account_id"] for one in with_metadata} <= {account.account_id for account in company.won}


def test_an_open_ended_pause_names_no_day_of_return(subscriptions):
    paused = [one["pause_collection"] for one in subscriptions if one["pause_collection"]]
    assert {"behavior": "void", "resumes_at": None} in paused
    assert all(pause["resumes_at"] is None or pause["resumes_at"] < 4_000_000_000 for pause in paused)
