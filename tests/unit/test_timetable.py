"""Cron and time zones."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.timetable import check_schedule, explain, next_fires

UTC = timezone.utc
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def fires(cron: str, zone: str, after: datetime, count: int = 3) -> list[str]:
    return [due.isoformat(timespec="minutes") for due in next_fires(cron, zone, after, count)]


def refusal(cron: str, zone: str = "UTC") -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        check_schedule(cron, zone, NOW)
    return caught.value


def test_times_are_in_the_schedules_own_zone() -> None:
    assert fires("0 6 * * mon-fri", "Europe/Berlin", datetime(2026, 1, 2, 12, tzinfo=UTC), 2) == [
        "2026-01-05T06:00+01:00",
        "2026-01-06T06:00+01:00",
    ]


def test_a_due_time_itself_is_not_later_than_itself() -> None:
    assert fires("0 6 * * *", "UTC", datetime(2026, 1, 2, 6, tzinfo=UTC), 1) == [
        "2026-01-03T06:00+00:00"
    ]


def test_until_ends_the_list_and_belongs_to_it() -> None:
    end = NOW + timedelta(hours=3)
    assert len(next_fires("0 * * * *", "UTC", NOW, 100, until=end)) == 3


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        # 02:30 does not exist: once, at the first instant after the gap
        (
            "30 2 * * *",
            "Europe/Berlin",
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"],
        ),
        # two times in the gap, and one behind it: still once
        (
            "0,30 2,3 * * *",
            "Europe/Berlin",
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00", "2026-03-30T02:00+02:00"],
        ),
        # 02:30 comes twice: once, in the first pass
        (
            "30 2 * * *",
            "Europe/Berlin",
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"],
        ),
        # wildcard hours follow elapsed time
        (
            "30 * * * *",
            "Europe/Berlin",
            datetime(2026, 10, 25, 0, tzinfo=UTC),
            ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"],
        ),
        (
            "*/30 * * * *",
            "Europe/Berlin",
            datetime(2026, 3, 29, 0, 15, tzinfo=UTC),
            ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"],
        ),
        # the gap of Sao Paulo was midnight itself
        (
            "0 0 * * *",
            "America/Sao_Paulo",
            datetime(2018, 11, 3, 12, tzinfo=UTC),
            ["2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00"],
        ),
        (
            "30 23 * * *",
            "America/Sao_Paulo",
            datetime(2018, 2, 17, 12, tzinfo=UTC),
            ["2018-02-17T23:30-02:00", "2018-02-18T23:30-03:00"],
        ),
        # Lord Howe changes by half an hour
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            datetime(2026, 10, 3, 12, tzinfo=UTC),
            ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"],
        ),
        (
            "45 1 * * *",
            "Australia/Lord_Howe",
            datetime(2026, 4, 4, 12, tzinfo=UTC),
            ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
        ),
        # and so an hourly time has to be looked for after it, whatever the hour before showed
        (
            "30 * * * *",
            "Australia/Lord_Howe",
            datetime(2026, 10, 3, 14, 45, tzinfo=UTC),
            ["2026-10-04T01:30+10:30", "2026-10-04T02:30+11:00", "2026-10-04T03:30+11:00"],
        ),
        (
            "0 */2 * * *",
            "Australia/Lord_Howe",
            datetime(2026, 4, 4, 12, tzinfo=UTC),
            ["2026-04-05T00:00+11:00", "2026-04-05T02:00+10:30", "2026-04-05T04:00+10:30"],
        ),
        # Samoa had no 30 December 2011
        (
            "0 9 30 12 *",
            "Pacific/Apia",
            datetime(2011, 12, 1, tzinfo=UTC),
            ["2011-12-31T00:00+14:00"],
        ),
    ],
)
def test_clock_changes(cron: str, zone: str, after: datetime, expected: list[str]) -> None:
    assert fires(cron, zone, after, len(expected)) == expected


def test_a_start_in_the_second_pass_does_not_go_back_to_the_first() -> None:
    second = datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=BERLIN)
    assert fires("45 2 * * *", "Europe/Berlin", second, 1) == ["2026-10-26T02:45+01:00"]


FIELDS = st.tuples(
    st.sampled_from(["0", "30", "*/15", "*", "5,50"]),
    st.sampled_from(["0", "1", "2", "3", "*", "*/2", "1-3"]),
    st.sampled_from(["*", "29", "1-7"]),
    st.sampled_from(["*", "3,4,10,11"]),
    st.sampled_from(["*", "sun", "mon-fri"]),
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@settings(max_examples=200, deadline=None)
@given(FIELDS, ZONES, MOMENTS)
def test_fires_are_later_and_strictly_in_order(
    fields: tuple[str, ...], zone: str, after: datetime
) -> None:
    found = [due.astimezone(UTC) for due in next_fires(" ".join(fields), zone, after, 20)]
    assert all(a < b for a, b in zip([after, *found], found, strict=False))


@settings(max_examples=100, deadline=None)
@given(FIELDS, ZONES, MOMENTS)
def test_going_on_from_a_fire_gives_the_same_list(
    fields: tuple[str, ...], zone: str, after: datetime
) -> None:
    """The scheduler goes on from its cursor, the preview looks at once: the same times."""
    at_once = next_fires(" ".join(fields), zone, after, 6)
    one_by_one, cursor = [], after
    for _ in at_once:
        cursor = next_fires(" ".join(fields), zone, cursor, 1)[0]
        one_by_one.append(cursor)
    assert [due.isoformat() for due in one_by_one] == [due.isoformat() for due in at_once]


@pytest.mark.parametrize(
    "cron",
    [
        "0 6 * * *",
        "  */5  *\t* * * ",
        "0 0 29 2 *",
        "@daily",
        "@HOURLY",
        "0 0 L * *",
        "0 9 * * 1#1",
    ],
)
def test_good_lines_pass(cron: str) -> None:
    check_schedule(cron, "Europe/Berlin", NOW)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "daily",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "*/0 * * * *",
        "*/60 * * * *",
        "0 */24 * * *",
        "0 0 * */13 *",
        "0 0 30 2 *",
        "0 0 31 4,6 *",
        "5-1 * * * *",
        "@reboot",
        "0 0 * * \uff11",
        "0\u00a00 * * *",
        "0 0 * * *\0",
        "0," * 60 + "0 0 * * *",
    ],
)
def test_bad_lines_are_refused(cron: str) -> None:
    error = refusal(cron)
    assert error.field == "schedule.cron"
    assert error.hint


@given(st.text(st.characters(codec="ascii"), max_size=110))
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        check_schedule(text, "UTC", NOW)
    except InvalidInput as error:
        assert error.field == "schedule.cron"
    else:
        assert next_fires(text, "UTC", NOW, 1)
        assert explain(text)


@pytest.mark.parametrize(
    ("zone", "hint"),
    [("Europe/Berln", "'Europe/Berlin'"), ("europe/berlin", "'Europe/Berlin'"), ("", "a name")],
)
def test_an_unknown_time_zone_says_which_was_meant(zone: str, hint: str) -> None:
    error = refusal("0 0 * * *", zone)
    assert error.field == "schedule.timezone"
    assert hint in (error.hint or "")


@pytest.mark.parametrize("zone", ["localtime", "Factory", "../../etc/passwd", "\0", "x" * 100_000])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    assert refusal("0 0 * * *", zone).field == "schedule.timezone"


def test_explained_in_words() -> None:
    assert explain("0 6 * * mon-fri") == "At 06:00 on Monday through Friday"
    assert explain("@daily") == explain("0 0 * * *")
    with pytest.raises(InvalidInput):
        explain("whenever")


def test_a_schedule_survives_its_document() -> None:
    schedule = Schedule("0 6 * * *", "Europe/Berlin", overlap="allow")
    assert Schedule.from_json(schedule.to_json()) == schedule
    assert Schedule.from_json({"cron": "@daily", "timezone": "UTC"}).catch_up == "latest"
    with pytest.raises(TypeError):
        Schedule.from_json({"cron": "@daily"})
