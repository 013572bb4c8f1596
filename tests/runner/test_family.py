"""Who is ended with an attempt, and who is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from jupyter_deploy.family import Group, below

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """The leader of a group."""
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        yield process
        process.kill()


def test_a_group_is_ended_with_its_leader(stranger: subprocess.Popen[bytes]) -> None:
    assert Group.of(stranger.pid).kill()
    assert stranger.wait() == -9


def test_a_number_that_is_anothers_by_now_is_left_alone(
    stranger: subprocess.Popen[bytes],
) -> None:
    """What a group's number may be a moment after its last process."""
    with subprocess.Popen(SLEEP) as process:
        ended = psutil.Process(process.pid)
        process.kill()
    assert not Group(stranger.pid, ended).kill()
    assert not Group(stranger.pid, None).kill()
    assert stranger.poll() is None


def test_a_group_whose_leader_is_gone_is_ended() -> None:
    program = "import os, sys, time; os.fork() and os._exit(0); print('on'); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-uc", program], start_new_session=True, stdout=subprocess.PIPE
    ) as leader:
        assert leader.stdout
        assert leader.stdout.readline() == b"on\n"
        leader.wait()
        assert Group(leader.pid, None).kill()
        assert leader.stdout.read() == b""  # whoever held it is dead


def test_those_below_have_groups_of_their_own_only() -> None:
    with (
        subprocess.Popen(SLEEP) as beside,
        subprocess.Popen(SLEEP, start_new_session=True) as apart,
    ):
        groups = {item.process.pid: item.group for item in below(os.getpid())}
        assert groups[beside.pid] is None
        assert groups[apart.pid] == Group(apart.pid, psutil.Process(apart.pid))
        beside.kill()
        apart.kill()
