"""Who the helpdesk knows: organizations, the people of the customers, strangers, agents, groups; with what happened to them."""

from collections.abc import Iterator
from typing import Any

import msgspec

from demo.accounts import PERSON_NAMES, Account
from demo.billing import chance
from demo.streams import DAY, NEVER, iso
from demo.tickets import AGENTS

Json = dict[str, Any]
encode = msgspec.json.Encoder().encode
GROUPS = ("Service Desk", "Field Engineering", "Cloud Operations")
STRANGERS = 12
STRANGER_ID = 40_000_000
AGENT_ID = 30_000_000
PUBLIC_DOMAINS = ("gmail.com", "outlook.com", "yahoo.com")


def agent_id(agent: int) -> int:
    """The helpdesk's user of an agent."""
    return AGENT_ID + agent


def group_id(agent: int) -> int:
    """The group in which an agent works."""
    return 50_000 + agent % len(GROUPS)


def role_start(account: Account, starts: list[int], kind: str, day: int) -> int:
    """The instant at which the account's story of this kind happens; NEVER where it plays another one or lies ahead."""
    role = account.role
    if role is None or role.kind != kind or role.from_month >= len(starts):
        return NEVER
    return starts[role.from_month] + day * DAY + 36_000


def merged_at(account: Account, starts: list[int]) -> int:
    """When the account, and with it its organization, was merged into another one."""
    return role_start(account, starts, "merged_away", 4)


def champion_left_at(account: Account, starts: list[int]) -> int:
    """When the account's champion left."""
    return role_start(account, starts, "champion_left", 0)


def organization_deleted_at(account: Account, starts: list[int]) -> int:
    """When the helpdesk deleted the organization, by merge or by hand."""
    return min(merged_at(account, starts), role_start(account, starts, "organization_deleted", 11))


def organizations(accounts: list[Account], starts: list[int], now: int) -> Iterator[tuple[int, int, bytes]]:
    """(changed at, id, record) of every organization."""
    for account in accounts:
        created = account.start_at - DAY
        if created >= now:
            continue
        deleted = organization_deleted_at(account, starts)
        changed = deleted if deleted < now else created
        body: Json = {
            "url": f"https://northstar.zendesk.com/api/v2/organizations/{account.organization_id}.json",
            "id": account.organization_id, "name": account.name, "shared_tickets": False, "shared_comments": False,
            "external_id": account.account_id if account.helpdesk_link == "external_id" else None,
            "created_at": iso(created), "updated_at": iso(changed),
            "domain_names": [account.domain] if account.helpdesk_link != "manual" else [], "details": None, "notes": None,
            "group_id": None, "tags": [account.segment],
            "organization_fields": {"region": account.region, "service_level": account.coverage},
            "deleted_at": iso(deleted) if deleted < now else None,
        }  # fmt: skip
        yield changed, account.organization_id, encode(body)


def users(accounts: list[Account], starts: list[int], now: int, seed: int) -> Iterator[tuple[int, int, bytes]]:
    """(changed at, id, record) of every user: end users, strangers, agents."""
    for agent in range(AGENTS):
        created = starts[0] - 20 * DAY + agent
        name = PERSON_NAMES[agent]
        yield _user(agent_id(agent), f"{name} Desk", f"{name.lower()}@northstar-msp.example", created, role="agent")
    for place in range(STRANGERS):
        created = starts[0] + place * 60
        email = f"{PERSON_NAMES[place].lower()}{place}@{PUBLIC_DOMAINS[place % 3]}"
        yield _user(STRANGER_ID + place, PERSON_NAMES[place], email, created)
    for account in accounts:
        if account.start_at >= now:
            continue
        for place in range(account.people):
            yield _customer_user(account, place, starts, now, seed)


def _customer_user(account: Account, place: int, starts: list[int], now: int, seed: int) -> tuple[int, int, bytes]:
    created = account.start_at + place * 600
    changed, active, suspended = created, True, False
    left = champion_left_at(account, starts) if place == 0 else NEVER
    if place == account.people - 1 and account.people > 2 and chance(seed, "leaves", account.number) < 0.06:
        left = created + int((200 + chance(seed, "when", account.number) * 600) * DAY)
    if left < now:
        changed, active, suspended = left, False, True
    organization = account.organization_id
    merged = merged_at(account, starts)
    if merged < now:
        changed, organization = max(changed, merged), organization + 1
    return _user(
        account.user_id(place), account.person(place), account.email(place), created,
        changed=changed, organization=organization, active=active, suspended=suspended,
    )  # fmt: skip


def _user(  # noqa: PLR0913 - a record has as many fields as it has
    user_id: int, name: str, email: str, created: int, *, role: str = "end-user", changed: int | None = None,
    organization: int | None = None, active: bool = True, suspended: bool = False,
) -> tuple[int, int, bytes]:  # fmt: skip
    at = created if changed is None else changed
    body: Json = {
        "id": user_id, "url": f"https://northstar.zendesk.com/api/v2/users/{user_id}.json", "name": name, "email": email,
        "created_at": iso(created), "updated_at": iso(at), "time_zone": "Eastern Time (US & Canada)", "locale": "en-US",
        "phone": None, "photo": None, "role": role, "verified": True, "external_id": None, "tags": [], "alias": None,
        "active": active, "suspended": suspended, "shared": False, "shared_agent": False, "last_login_at": None,
        "organization_id": organization, "default_group_id": group_id(user_id - AGENT_ID) if role == "agent" else None,
        "notes": None, "details": None, "user_fields": {},
    }  # fmt: skip
    return at, user_id, encode(body)


def groups(epoch: int) -> list[Json]:
    """The groups of the desk, one of them deleted."""
    named = [(50_000 + place, name, False) for place, name in enumerate(GROUPS)] + [(50_009, "Night Desk", True)]
    return [
        {
            "id": number, "url": f"https://northstar.zendesk.com/api/v2/groups/{number}.json", "name": name,
            "description": "", "default": place == 0, "deleted": gone, "is_public": True,
            "created_at": iso(epoch - 40 * DAY), "updated_at": iso(epoch - 40 * DAY),
        }
        for place, (number, name, gone) in enumerate(named)
    ]  # fmt: skip
