"""The demo company: a managed-service provider with its customers, the same for the same (seed, epoch, accounts)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from demo import projects as work
from demo import success, surveys
from demo.accounts import Account, account_profiles
from demo.active_periods import Tenure
from demo.billing import Subscription, run
from demo.health import health
from demo.helpdesk_state import Desk
from demo.ledger import Billed, Ledger, project_invoices
from demo.streams import NEVER, epoch_seconds, month_offset, month_starts
from demo.subscription_lifecycles import subscription_terms
from demo.tickets import tickets
from demo.working_hours import WorkingHours

SEED = 20_260
ACCOUNTS = 400
MONTHS = 36
Lived = tuple[int, Account, list[int], Tenure, list[float]]


@dataclass(frozen=True)
class Company:
    """The world at the end of `as_of` (UTC). A later `as_of` tells the same world for longer, and changes nothing before."""

    epoch: date
    as_of: date
    account_count: int
    seed: int

    @cached_property
    def now(self) -> int:
        """The instant of the world: the end of `as_of`."""
        return epoch_seconds(self.as_of + timedelta(days=1))

    @cached_property
    def starts(self) -> list[int]:
        """The starts of the world's months, and the end of the current one."""
        return month_starts(self.epoch, month_offset(self.epoch, self.as_of) + 1)

    @cached_property
    def planned_starts(self) -> list[int]:
        """The same with the months that plans reach ahead."""
        return month_starts(self.epoch, len(self.starts) - 1 + success.AHEAD)

    @cached_property
    def accounts(self) -> list[Account]:
        """Every customer that the world will ever have."""
        return account_profiles(self.seed, self.epoch, self.account_count)

    @cached_property
    def won(self) -> list[Account]:
        """The customers won by now."""
        return [account for account in self.accounts if account.start_at < self.now]

    @cached_property
    def healths(self) -> dict[str, list[float]]:
        """How well each account fares in each month, those included that plans reach ahead."""
        months = len(self.planned_starts) - 1
        return {account.account_id: health(self.seed, account, months) for account in self.accounts}

    @cached_property
    def subscriptions(self) -> dict[str, list[Subscription]]:
        """What each account subscribed to by now, billed; for the accounts of agreements too."""
        billed: dict[str, list[Subscription]] = {}
        for account in self.accounts:
            terms = subscription_terms(self.seed, account, self.starts, self.healths[account.account_id])
            runs = [run(account.number, account.currency, one, self.now, self.seed) for one in terms]
            billed[account.account_id] = [one for one in runs if one is not None]
        return billed

    @cached_property
    def tenures(self) -> dict[str, Tenure]:
        """When each account is a customer."""
        return {
            account_id: Tenure(tuple((held.terms.started_at, held.ended) for held in subscriptions))
            for account_id, subscriptions in self.subscriptions.items()
        }

    def lived(self, account: Account) -> Lived:
        """What the evidence of an account follows from: the seed, the account, the months by now, its tenure and its health."""
        account_id = account.account_id
        return self.seed, account, self.starts, self.tenures[account_id], self.healths[account_id]

    def planned(self, account: Account) -> Lived:
        """The same with the months that plans reach ahead."""
        seed, _, _, tenure, fares = self.lived(account)
        return seed, account, self.planned_starts, tenure, fares

    @cached_property
    def projects(self) -> dict[str, list[work.Project]]:
        """The work with an end, by account."""
        return {
            account.account_id: work.projects(self.seed, account, self.starts, self.tenures[account.account_id])
            for account in self.won
        }

    @cached_property
    def ledger(self) -> Ledger:
        """The billing vendor's world."""
        billed = []
        for account in self.won:
            if account.route == "stripe":
                finished = [(one.closed, one.kind) for one in self.projects[account.account_id] if one.closed < NEVER]
                manual = project_invoices(account, self.seed, finished, self.now)
                billed.append(Billed(account, self.subscriptions[account.account_id], manual))
        return Ledger(self.seed, self.starts[0], self.now, billed)

    @cached_property
    def desk(self) -> Desk:
        """The helpdesk's world."""
        hours = WorkingHours(self.epoch - timedelta(days=10), self.as_of + timedelta(days=200))
        tenures = [self.tenures[account.account_id] for account in self.accounts]
        healths = np.array(list(self.healths.values()))
        columns = tickets(self.seed, self.accounts, self.starts, tenures, hours, healths=healths)
        return Desk(self.seed, self.accounts, self.starts, self.now, tickets=columns, hours=hours)

    @cached_property
    def asked(self) -> list[surveys.Asked]:
        """Every survey sent by now, whether answered or not."""
        found = list(surveys.agent_surveys(self.seed, self.starts))
        for account in self.won:
            done, fares = self.projects[account.account_id], self.healths[account.account_id]
            found.extend(surveys.relationship_surveys(*self.lived(account)))
            found.extend(surveys.transactional_surveys(self.seed, account, done, self.starts, fares))
        return [one for one in found if one.sent < self.now]


def build(epoch: date, as_of: date, accounts: int = ACCOUNTS, seed: int = SEED) -> Company:
    """The company as it stands at the end of `as_of`; `epoch` is the first day of its first month.

    Raises ValueError where `epoch` is no first of a month or lies after `as_of`.
    """
    if epoch.day != 1 or epoch > as_of:
        raise ValueError(f"the demo company starts on the first of a month that is not after {as_of}, got {epoch}")
    return Company(epoch, as_of, accounts, seed)
