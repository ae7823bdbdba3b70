"""Business hours as helpdesks document them, run through the models; each example names its source.

What a source states as a due time is stated here as what it implies: from creation to that time the clock runs for the target.
"""

from datetime import datetime, timedelta

import pytest

from tests.dbt_project.test_support_business_minutes import measure

MONDAY = datetime(2026, 11, 9)  # noqa: DTZ001 - naive UTC


def weekdays(begins, ends):
    """Intervals Monday to Friday, in minutes since Sunday 0:00."""
    return [(day * 1440 + begins * 60, day * 1440 + ends * 60) for day in range(1, 6)]


def at(day, hour, minute=0):
    """Day 0 is Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


ALWAYS = [(0, 10080)]
EXAMPLES = {
    # Keeping Help, "Calculating First Response Time": arrives at 6 pm, work begins at 7 am, replied to at 8 am: 1 hour
    "keeping_first_response_in_working_hours": (weekdays(7, 18), at(0, 18), at(1, 8), 60),
    # the same page: without a schedule the same ticket has a first response time of 14 hours
    "keeping_first_response_around_the_clock": (ALWAYS, at(0, 18), at(1, 8), 14 * 60),
    # the same page: arrived and answered while nobody works: 0 hours and 0 minutes
    "keeping_first_response_off_hours": (weekdays(7, 18), at(0, 19), at(0, 23), 0),
    # Eccentex Docs, "Business Hours Setup": Monday to Friday 9 to 17; 8 hours from Tuesday 11:00 are Wednesday 11:00
    "eccentex_eight_working_hours": (weekdays(9, 17), at(1, 11), at(2, 11), 8 * 60),
    # Switch Labs CRM Guide, "Business Hours": 9 AM to 5 PM; Thursday 3 PM plus 4 hours is Friday 11 AM
    "switchlabs_four_hours_overnight": (weekdays(9, 17), at(3, 15), at(4, 11), 4 * 60),
    # the same page: created Wednesday 6 PM, the timer does not start until Thursday 9 AM
    "switchlabs_overnight_ticket": (weekdays(9, 17), at(2, 18), at(3, 9), 0),
    # Airclou Docs, "Business Hours": created Friday 16:00, a 4-hour target is not due until Monday 12:00
    "airclou_over_the_weekend": (weekdays(9, 17), at(4, 16), at(7, 12), 4 * 60),
    # Nine Minds Docs, 11.3: Friday 4:00 PM, Mon-Fri 8 to 5, 4 hours are "1 hour Friday + 3 hours Monday". The page names
    # Tuesday as the day they are over; by its own addition it is Monday 11:00
    "nineminds_over_the_weekend": (weekdays(8, 17), at(4, 16), at(7, 11), 4 * 60),
    # Zoho Desk Help, "Response and Resolution Times - Glossary": submitted Monday 10:00, answered 11:30: 1 hour 30 minutes
    "zoho_first_response": (ALWAYS, at(0, 10), at(0, 11, 30), 90),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_business_minutes_as_documented(build, name):
    intervals, created_at, replied_at, minutes = EXAMPLES[name]
    assert measure(build, "UTC", intervals, set(), [(created_at, replied_at)]) == {0: minutes}
