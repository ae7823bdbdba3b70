"""What lands from Stripe, by table. Both shapes of an invoice (before and after 2025-03-31) fill the same columns."""

from __future__ import annotations

from ingestion.columns import column as col
from ingestion.columns import inherited
from ingestion.contract import Table

CUSTOMERS = Table(
    "customers",
    "snapshot",
    ("customer_id",),
    "One row per customer per day; absence from a newer day is a deletion.",
    (
        col("id", "customer_id", "Customer", "id", required=True),
        col("text", "name", "Name", pii="contact"),
        col("text", "email", "Billing address; its domain resolves the account", pii="contact"),
        col("text", "currency", "Currency of the customer, lower case"),
        col("json", "metadata", "JSON object of the account's own keys"),
        col("epoch", "created_at", "Created", "created"),
        col("boolean", "is_deleted", "Said to be deleted", "deleted"),
    ),
    deleted=("is_deleted", True),
    redact=("address", "phone", "shipping", "description", "invoice_settings", "business_name", "individual_name"),
)

PRODUCTS = Table(
    "products",
    "snapshot",
    ("product_id",),
    "One row per product per day.",
    (
        col("id", "product_id", "Product", "id", required=True),
        col("text", "name", "Name"),
        col("boolean", "is_active", "Can be sold", "active"),
        col("json", "metadata", "JSON object of the account's own keys"),
        col("epoch", "created_at", "Created", "created"),
    ),
)

PRICES = Table(
    "prices",
    "snapshot",
    ("price_id",),
    "One row per price per day, tiers included.",
    (
        col("id", "price_id", "Price", "id", required=True),
        col("id", "product_id", "Product", "product"),
        col("text", "currency", "Currency, lower case"),
        col(
            "integer",
            "unit_amount_minor",
            "Amount per unit in minor units; NULL when it is fractional or tiered",
            "unit_amount",
        ),
        col("text", "unit_amount_decimal", "Amount per unit in minor units, up to 12 decimals, as text"),
        col("text", "billing_scheme", "per_unit or tiered"),
        col("text", "tiers_mode", "graduated or volume"),
        col("json", "tiers", "JSON list of tiers"),
        col("text", "interval", "day, week, month or year", "recurring.interval"),
        col("integer", "interval_count", "Intervals per period", "recurring.interval_count"),
        col("text", "usage_type", "licensed or metered", "recurring.usage_type"),
        col("text", "type", "one_time or recurring"),
        col("boolean", "is_active", "Can be sold", "active"),
        col("json", "metadata", "JSON object of the account's own keys"),
        col("epoch", "created_at", "Created", "created"),
    ),
)

COUPONS = Table(
    "coupons",
    "snapshot",
    ("coupon_id",),
    "One row per coupon per day.",
    (
        col("id", "coupon_id", "Coupon", "id", required=True),
        col("text", "name", "Name"),
        col("decimal", "percent_off", "Percent off, 0 to 100"),
        col("integer", "amount_off_minor", "Amount off in minor units", "amount_off"),
        col("text", "currency", "Currency of the amount, lower case"),
        col("text", "duration", "once, repeating or forever"),
        col("integer", "duration_in_months", "Months of a repeating coupon"),
        col("json", "metadata", "JSON object of the account's own keys"),
        col("epoch", "created_at", "Created", "created"),
    ),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    "snapshot",
    ("subscription_id",),
    "One row per subscription in any status per day, cancelled ones included.",
    (
        col("id", "subscription_id", "Subscription", "id", required=True),
        col("id", "customer_id", "Customer", "customer"),
        col("text", "status", "incomplete, trialing, active, past_due, canceled, unpaid, paused, ..."),
        col("text", "currency", "Currency, lower case"),
        col("epoch", "created_at", "Created", "created"),
        col("epoch", "started_at", "Start", "start_date"),
        col("epoch", "trial_start_at", "Trial from", "trial_start"),
        col("epoch", "trial_end_at", "Trial until", "trial_end"),
        col("epoch", "canceled_at", "Cancellation was asked for"),
        col("epoch", "cancel_at", "Scheduled end", "cancel_at"),
        col("boolean", "cancel_at_period_end", "Ends with the paid period"),
        col("epoch", "ended_at", "Ended"),
        col("text", "pause_behavior", "keep_as_draft, mark_uncollectible or void", "pause_collection.behavior"),
        col("epoch", "pause_resumes_at", "Pause ends", "pause_collection.resumes_at"),
        col(
            "text", "cancellation_reason", "cancellation_requested, payment_failed, ...", "cancellation_details.reason"
        ),
        col("text", "cancellation_feedback", "Chosen feedback", "cancellation_details.feedback"),
        col("text", "collection_method", "charge_automatically or send_invoice"),
        col("json", "discounts", "JSON list of discounts, expanded"),
        col("id", "latest_invoice_id", "Latest invoice", "latest_invoice"),
        col("json", "metadata", "JSON object of the account's own keys"),
    ),
    redact=("cancellation_details.comment", "description", "items", "default_payment_method"),
)

SUBSCRIPTION_ITEMS = Table(
    "subscription_items",
    "snapshot",
    ("item_id",),
    "One row per item of a subscription per day: today's price and quantity.",
    (
        col("id", "item_id", "Item", "id", required=True),
        inherited("id", "subscription_id", "Subscription"),
        col("id", "price_id", "Price", "price", "plan"),
        col("id", "product_id", "Product", "price.product", "plan.product"),
        col("integer", "quantity", "Units; NULL for metered prices"),
        col(
            "text",
            "unit_amount_decimal",
            "Amount per unit in minor units, as text",
            "price.unit_amount_decimal",
            "plan.amount_decimal",
        ),
        col("text", "currency", "Currency, lower case", "price.currency", "plan.currency"),
        col("text", "interval", "day, week, month or year", "price.recurring.interval", "plan.interval"),
        col(
            "integer", "interval_count", "Intervals per period", "price.recurring.interval_count", "plan.interval_count"
        ),
        col("text", "usage_type", "licensed or metered", "price.recurring.usage_type", "plan.usage_type"),
        inherited("epoch", "current_period_start_at", "Paid from; of the item, in the old shape of the subscription"),
        inherited("epoch", "current_period_end_at", "Paid until"),
        col("json", "discounts", "JSON list of the item's discounts"),
        col("epoch", "created_at", "Created", "created"),
    ),
    stream="subscriptions",
)

INVOICES = Table(
    "invoices",
    "ledger",
    ("invoice_id",),
    "One row per invoice, last seen wins; a deleted draft is a tombstone.",
    (
        col("id", "invoice_id", "Invoice", "id", required=True),
        col("id", "customer_id", "Customer", "customer"),
        col("id", "subscription_id", "Subscription", "parent.subscription_details.subscription", "subscription"),
        col("text", "status", "draft, open, paid, uncollectible or void"),
        col("text", "billing_reason", "subscription_create, subscription_cycle, subscription_update, manual, ..."),
        col("text", "currency", "Currency, lower case"),
        col("integer", "total_minor", "Total with tax, minor units", "total"),
        col("integer", "subtotal_minor", "Total before discounts and tax, minor units", "subtotal"),
        col("integer", "amount_paid_minor", "Paid, minor units", "amount_paid"),
        col("integer", "amount_due_minor", "Due, minor units", "amount_due"),
        col("epoch", "created_at", "Created", "created", required=True),
        col("epoch", "effective_at", "Date on the invoice"),
        col("epoch", "finalized_at", "Finalized", "status_transitions.finalized_at"),
        col("epoch", "paid_at", "Paid", "status_transitions.paid_at"),
        col("epoch", "voided_at", "Voided", "status_transitions.voided_at"),
        col("epoch", "uncollectible_at", "Written off", "status_transitions.marked_uncollectible_at"),
        col("epoch", "due_at", "Due", "due_date"),
        col("boolean", "is_deleted", "A draft that was deleted", "deleted"),
        inherited("epoch", "updated_at", "Latest of creation and status changes"),
    ),
    version="updated_at",
    window="created_at",
    deleted=("is_deleted", True),
    redact=(
        "lines", "customer_address", "customer_email", "customer_name", "customer_phone", "customer_shipping",
        "customer_tax_ids", "description", "footer", "hosted_invoice_url", "invoice_pdf", "statement_descriptor",
        "custom_fields", "shipping_details",
    ),
)  # fmt: skip

INVOICE_LINES = Table(
    "invoice_lines",
    "ledger",
    ("line_id",),
    "One row per line of an invoice: all of them, also beyond the first page. The text of the line stays out.",
    (
        col("id", "line_id", "Line", "id", required=True),
        inherited("id", "invoice_id", "Invoice"),
        col("id", "subscription_id", "Subscription", "parent.subscription_item_details.subscription", "parent.invoice_item_details.subscription", "subscription"),
        col("id", "subscription_item_id", "Item of the subscription", "parent.subscription_item_details.subscription_item", "subscription_item"),
        col("id", "price_id", "Price", "pricing.price_details.price", "price"),
        col("id", "product_id", "Product", "pricing.price_details.product", "price.product"),
        col("text", "line_type", "subscription_item_details or invoice_item_details; before 2025-03-31 subscription or invoiceitem", "parent.type", "type"),
        col("boolean", "is_proration", "Part of a mid-period change", "parent.subscription_item_details.proration", "parent.invoice_item_details.proration", "proration"),
        col("text", "currency", "Currency, lower case"),
        col("integer", "amount_minor", "Amount before discounts, minor units", "amount"),
        col("integer", "quantity", "Units"),
        col("text", "unit_amount_decimal", "Amount per unit in minor units, as text", "pricing.unit_amount_decimal", "price.unit_amount_decimal"),
        inherited("integer", "discount_amounts_minor", "Sum of the line's discounts, minor units"),
        col("json", "discounts", "JSON list of discounts or their ids"),
        col("text", "interval", "day, week, month or year; NULL where only the price says it", "price.recurring.interval"),
        col("integer", "interval_count", "Intervals per period; NULL where only the price says it", "price.recurring.interval_count"),
        col("text", "usage_type", "licensed or metered; NULL where only the price says it", "price.recurring.usage_type"),
        col("epoch", "period_start_at", "Service from", "period.start"),
        col("epoch", "period_end_at", "Service until", "period.end"),
        inherited("epoch", "invoice_created_at", "Creation of the invoice"),
        inherited("epoch", "invoice_updated_at", "Latest change of the invoice"),
    ),
    version="invoice_updated_at",
    window="invoice_created_at",
    redact=("description",),
    stream="invoices",
    parent="invoice_id",
)  # fmt: skip

CREDIT_NOTES = Table(
    "credit_notes",
    "ledger",
    ("credit_note_id",),
    "One row per credit note, last seen wins.",
    (
        col("id", "credit_note_id", "Credit note", "id", required=True),
        col("id", "invoice_id", "Invoice", "invoice"),
        col("id", "customer_id", "Customer", "customer"),
        col("text", "status", "issued or void"),
        col("text", "type", "pre_payment, post_payment or mixed"),
        col("text", "reason", "duplicate, fraudulent, order_change or product_unsatisfactory"),
        col("text", "currency", "Currency, lower case"),
        col("integer", "amount_minor", "Amount with tax, minor units", "amount"),
        col("integer", "subtotal_minor", "Before discounts and tax, minor units", "subtotal"),
        col("integer", "total_minor", "Total, minor units", "total"),
        col("epoch", "created_at", "Created", "created", required=True),
        col("epoch", "effective_at", "Date on the note"),
        col("epoch", "voided_at", "Voided"),
        inherited("epoch", "updated_at", "Latest of creation and voiding"),
    ),
    version="updated_at",
    window="created_at",
    redact=("lines", "memo", "pdf"),
)

CREDIT_NOTE_LINES = Table(
    "credit_note_lines",
    "ledger",
    ("line_id",),
    "One row per line of a credit note: all of them.",
    (
        col("id", "line_id", "Line", "id", required=True),
        inherited("id", "credit_note_id", "Credit note"),
        col("id", "invoice_line_id", "Line that is credited", "invoice_line_item"),
        col("text", "type", "invoice_line_item or custom_line_item"),
        col("integer", "amount_minor", "Amount, minor units", "amount"),
        col("integer", "quantity", "Units"),
        inherited("epoch", "credit_note_created_at", "Creation of the note"),
        inherited("epoch", "credit_note_updated_at", "Latest change of the note"),
    ),
    version="credit_note_updated_at",
    window="credit_note_created_at",
    redact=("description",),
    stream="credit_notes",
    parent="credit_note_id",
)

REFUNDS = Table(
    "refunds",
    "ledger",
    ("refund_id",),
    "One row per refund, last seen wins; money, never recurring revenue.",
    (
        col("id", "refund_id", "Refund", "id", required=True),
        col("id", "charge_id", "Charge", "charge"),
        col("id", "payment_intent_id", "Payment intent", "payment_intent"),
        col("text", "status", "pending, requires_action, succeeded, failed or canceled"),
        col("text", "reason", "duplicate, fraudulent, requested_by_customer, ..."),
        col("text", "currency", "Currency, lower case"),
        col("integer", "amount_minor", "Amount, minor units", "amount"),
        col("json", "metadata", "JSON object of the account's own keys"),
        col("epoch", "created_at", "Created", "created", required=True),
    ),
    version="created_at",
    window="created_at",
    redact=("description", "destination_details", "instructions_email", "receipt_number"),
)

EVENTS = Table(
    "events",
    "feed",
    ("event_id",),
    "One row per event: what changed when. The payload stays out, the object itself is read again.",
    (
        col("id", "event_id", "Event", "id", required=True),
        col("text", "event_type", "Such as customer.deleted or invoice.paid", "type"),
        col("id", "object_id", "Object that changed", "data.object"),
        col("text", "object_type", "Kind of the object", "data.object.object"),
        col("epoch", "created_at", "When", "created", required=True),
    ),
    version="created_at",
    redact=("data", "request"),
)
