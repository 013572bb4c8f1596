"""Policies as requests and deployment files give them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain.policies import (
    MAX_BACKOFF,
    MAX_LIMIT,
    RETRIABLE,
    Limits,
    Policies,
    Retry,
    read_policies,
)
from jupyter_deploy.errors import InvalidInput


def test_what_is_not_said_is_as_usual() -> None:
    usual = Policies(
        Retry(attempts=1, backoff=60.0, on=("infrastructure", "lost")),
        Limits(run=None, cell=None, queue=None, kernel_start=60.0),
        max_running=None,
        priority=0,
    )
    nothing = {"retry": None, "timeout": None, "max_running": None, "priority": None}
    empty = {"retry": {}, "timeout": {}}
    unset = {"timeout": {"run": None, "cell": None, "queue": None, "kernel_start": None}}
    for document in ({}, nothing, empty, unset):
        assert read_policies(document) == usual
    assert Policies.from_json(None) == usual


def test_everything_can_be_said() -> None:
    found = read_policies(
        {
            "retry": {"attempts": 3, "backoff": "5m", "on": ["lost", "timeout"]},
            "timeout": {"run": "2h", "cell": 90, "queue": "1d", "kernel_start": "30s"},
            "max_running": 1,
            "priority": -5,
            "secrets": ["DB_URL", "TOKEN", "DB_URL"],
            "name": "what else a deployment has",
        }
    )
    assert found == Policies(
        Retry(3, 300.0, ("lost", "timeout")),
        Limits(7200.0, 90.0, 86400.0, 30.0),
        1,
        -5,
        ("DB_URL", "TOKEN"),
    )


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"secrets": ["not-a-name"]}, "secrets", "cannot be the name"),
    ({"secrets": ["DB_URL", "PATH"]}, "secrets", "has a meaning"),
    ({"retry": {"attempts": 0}}, "retry.attempts", "from 1 to 10"),
    ({"retry": {"attempts": 11}}, "retry.attempts", "from 1 to 10"),
    ({"retry": {"attempts": 10**400}}, "retry.attempts", "from 1 to 10"),
    ({"retry": {"attempts": True}}, "retry.attempts", "whole number"),
    ({"retry": {"attempts": 2.0}}, "retry.attempts", "whole number"),
    ({"retry": {"attempts": "3"}}, "retry.attempts", "whole number"),
    ({"retry": {"backoff": -1}}, "retry.backoff", "between 0 s and 1 d"),
    ({"retry": {"backoff": "2d"}}, "retry.backoff", "between 0 s and 1 d"),
    ({"retry": {"backoff": 10**400}}, "retry.backoff", "between 0 s and 1 d"),
    ({"retry": {"backoff": math.inf}}, "retry.backoff", "between 0 s and 1 d"),
    ({"retry": {"backoff": math.nan}}, "retry.backoff", "between 0 s and 1 d"),
    ({"retry": {"backoff": "soon"}}, "retry.backoff", "'soon' is not a length of time"),
    ({"retry": {"on": ["lost", "cancelled"]}}, "retry.on", "'cancelled' is not a fault"),
    ({"retry": {"on": ["Lost"]}}, "retry.on", "'Lost' is not a fault"),
    ({"timeout": {"run": 0}}, "timeout.run", "between 1 s and 30 d"),
    ({"timeout": {"run": 0.999}}, "timeout.run", "between 1 s and 30 d"),
    ({"timeout": {"run": "31d"}}, "timeout.run", "between 1 s and 30 d"),
    ({"timeout": {"run": True}}, "timeout.run", "not a length of time"),
    ({"timeout": {"cell": "1 week"}}, "timeout.cell", "not a length of time"),
    ({"timeout": {"cell": math.nan}}, "timeout.cell", "between 1 s and 30 d"),
    ({"timeout": {"queue": -5}}, "timeout.queue", "between 1 s and 30 d"),
    ({"timeout": {"kernel_start": 0}}, "timeout.kernel_start", "between 1 s and 30 d"),
    ({"timeout": {"cell": "2h", "run": "1h"}}, "timeout.cell", "2 h, but its whole run only 1 h"),
    ({"max_running": 0}, "max_running", "from 1 to 1000"),
    ({"max_running": 1001}, "max_running", "from 1 to 1000"),
    ({"max_running": False}, "max_running", "whole number"),
    ({"max_running": 1.5}, "max_running", "whole number"),
    ({"priority": 101}, "priority", "from -100 to 100"),
    ({"priority": -101}, "priority", "from -100 to 100"),
    ({"priority": True}, "priority", "whole number"),
    ({"priority": "high"}, "priority", "whole number"),
]


@pytest.mark.parametrize(("document", "field", "words"), WRONG, ids=[str(w)[:60] for w in WRONG])
def test_what_cannot_be_meant_is_refused(document: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_policies(document)
    error = caught.value
    assert error.field == field
    assert words in error.message
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert len(error.message) <= 401


def test_a_cell_may_take_as_long_as_its_run() -> None:
    assert read_policies({"timeout": {"cell": 60, "run": "1m"}}).timeout == Limits(60.0, 60.0)


seconds = st.floats(1, MAX_LIMIT)


@settings(suppress_health_check=[HealthCheck.too_slow])  # beside other tests
@given(
    st.builds(
        Policies,
        st.builds(
            Retry,
            st.integers(1, 10),
            st.floats(0, MAX_BACKOFF),
            st.lists(st.sampled_from(RETRIABLE), unique=True).map(tuple),
        ),
        st.builds(Limits, st.just(None) | st.just(MAX_LIMIT), st.none() | seconds,
                  st.none() | seconds, seconds),
        st.none() | st.integers(1, 1000),
        st.integers(-100, 100),
    )
)  # fmt: skip
def test_what_was_stored_and_shown_is_what_was_read(policies: Policies) -> None:
    document = json.loads(json.dumps(policies.to_json()))
    assert Policies.from_json(document) == policies
    assert read_policies(document) == policies  # what the API shows, it takes
