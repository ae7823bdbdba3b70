"""The helpdesk's world at an instant: its feeds, each built when it is first asked for."""

from datetime import UTC, date, datetime
from functools import cached_property

from demo import people, zendesk_events
from demo.accounts import Account
from demo.feeds import Feed
from demo.people import Json
from demo.streams import DAY, iso
from demo.tickets import Tickets
from demo.working_hours import CLOSES, OPENS, SCHEDULE_ID, ZONE_NAME, WorkingHours, holidays_of
from demo.zendesk_tickets import Standing, legacy_switch, standing, ticket_records


class Desk:
    """Everything the helpdesk knows at `now`."""

    def __init__(  # noqa: PLR0913 - a world has as many parts as it has
        self, seed: int, accounts: list[Account], starts: list[int], now: int, *, tickets: Tickets, hours: WorkingHours
    ) -> None:
        self.seed, self.accounts, self.starts, self.now = seed, accounts, starts, now
        self.hours = hours
        self.tickets_now: Standing = standing(tickets, accounts, starts, now)
        self.switch_at = legacy_switch(starts)

    @cached_property
    def tickets(self) -> Feed:
        """Tickets by the instant of their last change."""
        return Feed(ticket_records(self.tickets_now, self.switch_at, self.hours))

    @cached_property
    def ticket_events(self) -> Feed:
        """Audits by the instant."""
        return Feed(zendesk_events.ticket_events(self.tickets_now))

    @cached_property
    def metric_events(self) -> Feed:
        """SLA events by the instant."""
        return Feed(zendesk_events.metric_events(self.tickets_now, self.hours))

    @cached_property
    def ratings(self) -> Feed:
        """Old satisfaction ratings by the offer."""
        return Feed(zendesk_events.satisfaction_ratings(self.tickets_now, self.switch_at))

    @cached_property
    def survey_responses(self) -> Feed:
        """New satisfaction surveys by the sending."""
        return Feed(zendesk_events.survey_responses(self.tickets_now, self.switch_at))

    @cached_property
    def users(self) -> Feed:
        """Users by the last change."""
        return Feed(people.users(self.accounts, self.starts, self.now, self.seed))

    @cached_property
    def organizations(self) -> Feed:
        """Organizations by the last change."""
        return Feed(people.organizations(self.accounts, self.starts, self.now))

    @cached_property
    def groups(self) -> list[Json]:
        """The groups of agents."""
        return people.groups(self.starts[0])

    @cached_property
    def schedules(self) -> list[Json]:
        """The schedule with its opening hours, in minutes since Sunday midnight."""
        opened = [
            {"start_time": day * 1_440 + OPENS.hour * 60, "end_time": day * 1_440 + CLOSES.hour * 60}
            for day in range(1, 6)
        ]
        created = iso(self.starts[0] - 40 * DAY)
        return [
            {
                "id": SCHEDULE_ID, "name": "Service Desk", "time_zone": ZONE_NAME, "intervals": opened,
                "created_at": created, "updated_at": created,
            }
        ]  # fmt: skip

    @cached_property
    def holidays(self) -> list[Json]:
        """The holidays from the first to the current year."""
        first, last = (datetime.fromtimestamp(at, tz=UTC).year for at in (self.starts[0], self.now))
        named: list[tuple[str, date]] = [pair for year in range(first, last + 1) for pair in holidays_of(year)]
        return [
            {
                "id": 70_000 + place,
                "name": f"{name} {day.year}",
                "start_date": day.isoformat(),
                "end_date": day.isoformat(),
            }
            for place, (name, day) in enumerate(named)
        ]
