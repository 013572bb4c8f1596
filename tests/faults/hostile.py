"""Notebooks that want to survive, to harm their keepers, or to drown them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: Seconds that a cell of these notebooks may take.
LIMIT, LONG = 2, 60
#: How a run was stopped by something that was not asked to.
OUTSIDE = ("failed", "lost", "runner died", "Something outside told the runner to stop in cell 2")
DIED = ("failed", "lost", "runner died", "was ended in cell 2 and left no result")
LATE = ("failed", "timeout", "timed out", f"longer than its limit of {LIMIT} s")
WELL = ("succeeded", None, "succeeded", None)

#: Whoever notes its number has to be dead when the run has ended.
BEGIN = """\
import ctypes, os, signal, subprocess, sys, time
folder = os.environ['JUPYTER_DEPLOY_ATTEMPT']
runner = os.getppid()
guard = int(open(folder + '/pid').read())
def note(pid=None):
    with open({witness!r}, 'a') as file:
        file.write(f'{{pid or os.getpid()}}\\n')
def stay():
    note()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(100)
    os._exit(0)
def daemon():  # of which neither session, parent nor environment tells whose it is
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            say = f"open({witness!r}, 'a').write(str(os.getpid()) + chr(10))"
            code = f'import os, time; {{say}}; time.sleep(100)'
            os.execve(sys.executable, [sys.executable, '-c', code], {{}})
        os._exit(0)
    os.wait()
def until_noted(count):
    while len(open({witness!r}).readlines()) < count:
        time.sleep(0.01)
note()
print('so far', flush=True)"""


@dataclass(frozen=True)
class Case:
    """What the second cell does, and the run's verdict, fault, outcome and words.

    `noted`: processes that have to be dead. `cancel`: only that ends it, once it has said
    that the harm is done. `keeps`: its outputs so far are kept.
    """

    cell: str
    ends: tuple[str | None, str | None, str, str | None]
    noted: int = 1
    cancel: bool = False
    keeps: bool = True
    limit: int = LIMIT

    def cells(self, witness: Path) -> list[str]:
        return [BEGIN.format(witness=str(witness)), self.cell, "print('the end')"]


DAEMON = "daemon()\nuntil_noted(2)\n"
HANG = "time.sleep(600)"
KILL = "os.kill({}, signal.SIGKILL)\n"

#: Not before the runner has written down what the test waits for.
STOP = (
    "print('harm is done', flush=True)\n"
    "while 'harm is done' not in open(folder + '/ledger.jsonl').read(): time.sleep(0.01)\n"
    "os.kill({}, signal.SIGSTOP)\n"
)

SURVIVORS = {
    "a loop": Case("while True: pass", LATE),
    "native code that hears no signal": Case("sum(iter(int, 1))", LATE),
    "a child that goes on": Case("os.fork() or stay()\nuntil_noted(2)", WELL, 2),
    "a child that goes on at the limit": Case(
        f"os.fork() or stay()\nuntil_noted(2)\n{HANG}", LATE, 2
    ),
    "a session of its own": Case("os.fork() or (os.setsid(), stay())\nuntil_noted(2)", WELL, 2),
    "a daemon": Case(DAEMON, WELL, 2),
    "a daemon of a notebook that is late": Case(DAEMON + HANG, LATE, 2),
    "a daemon of a kernel that dies": Case(
        DAEMON + KILL.format("os.getpid()"),
        ("failed", "infrastructure", "kernel died", "killed from outside (SIGKILL)"), 2,
    ),
    "a program without environment": Case(
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'],"
        " env={}, start_new_session=True)\n"
        "note(child.pid)", WELL, 2,
    ),
    "fifty children": Case(
        "for _ in range(50): os.fork() or (os.setsid(), stay())\nuntil_noted(51)", WELL, 51
    ),
    "a child that forks all the time": Case(
        "def hop():\n"
        "    os.setsid()\n"
        "    note()\n"
        "    for _ in range(10_000):\n"
        "        time.sleep(0.002)\n"
        "        if os.fork(): os._exit(0)\n"
        "        note()\n"
        "    os._exit(0)\n"
        "os.fork() or hop()\nuntil_noted(20)", WELL, 20,
    ),
}  # fmt: skip

MURDERERS = {
    "kills its runner": Case(DAEMON + KILL.format("runner") + HANG, DIED, 2),
    "kills its guard": Case(DAEMON + KILL.format("guard") + HANG, OUTSIDE, 2),
    "kills guard and runner": Case(
        KILL.format("guard") + KILL.format("runner") + HANG, DIED
    ),
    "stops its guard": Case(
        DAEMON + STOP.format("guard"), WELL, 2, True
    ),
    "stops its runner": Case(
        DAEMON + STOP.format("runner") + HANG,
        ("cancelled", "cancelled", "cancelled", "Cancelled in cell 2"), 2, True,
    ),
    "deletes its folder": Case(
        "import shutil\nshutil.rmtree(folder)",
        ("failed", "lost", "record lost", "perhaps by the notebook itself"), keeps=False,
    ),
    "truncates its ledger": Case(
        "os.truncate(folder + '/ledger.jsonl', 0)",
        ("succeeded_with_warnings", None, "succeeded", "Outputs may be missing"), keeps=False,
    ),
    "closes all files": Case(
        "os.closerange(3, 4096)\n" + HANG,
        ("failed", "infrastructure", "kernel died", "native code crashed (SIGABRT)"), limit=LONG,
    ),
}  # fmt: skip

DROWNERS = {
    "takes eight gigabytes": Case(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "bytearray(8 << 30)",
        ("failed", "notebook", "failed", "MemoryError"),
    ),
    "updates a display": Case(
        "handle = display(0, display_id=True)\nfor n in range(3000): handle.update(n)",
        WELL,
        limit=LONG,
    ),
    "floods its widgets": Case(
        "from comm import create_comm\n"
        "widget = create_comm(target_name='jupyter.widget', data={'state': {}})\n"
        "for n in range(5000): widget.send({'method': 'update', 'state': {'value': n}})",
        WELL,
        limit=LONG,
    ),
    "NaN": Case("display({'application/json': {'x': float('nan')}}, raw=True)", WELL),
    "JSON of great depth": Case(
        "x = 1\nfor _ in range(100_000): x = [x]\ndisplay({'application/json': x}, raw=True)",
        ("failed", "notebook", "failed", "RecursionError"),
        limit=LONG,
    ),
}

CASES = {**SURVIVORS, **MURDERERS, **DROWNERS}
