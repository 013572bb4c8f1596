"""Secrets reach the kernel's environment and nothing that a runner writes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Attempt, code

from jupyter_deploy.vault.vault import Vault

VALUE = "kJ8sd7-hunter2/QWE_8123+hjkasd"
GIVE = {"API_TOKEN": VALUE}
Make = Callable[..., Attempt]

READ = "import os\nvalue = os.environ['API_TOKEN']"


def written(attempt: Attempt) -> str:
    """Everything in the attempt's folder as text."""
    files = [path for path in attempt.folder.rglob("*") if path.is_file() and path.name != "blob"]
    return "\n".join(path.read_text(errors="replace") for path in files)


def test_the_kernel_gets_it_as_a_variable(attempt: Make) -> None:
    done = attempt(READ, f"assert value == {VALUE[::-1]!r}[::-1]\nprint(len(value))", secrets=GIVE)
    assert done.run().verdict().verdict == "succeeded"
    assert VALUE not in written(done)


def test_only_the_kernel_has_it_in_its_environment(attempt: Make) -> None:
    done = attempt(
        READ,
        "import psutil\n"
        "above = psutil.Process().parents()[:2]\n"
        "print([value in str(p.environ().values()) + ' '.join(p.cmdline()) for p in above])",
        secrets=GIVE,
    ).run()
    assert done.stream(1) == "[False, False]\n"


def test_one_that_is_not_set_ends_the_run_before_its_kernel(attempt: Make) -> None:
    done = attempt("1", secrets={"API_TOKEN": VALUE, "GONE": None}).run()
    verdict = done.verdict()
    assert (verdict.fault, verdict.outcome) == ("infrastructure", "secret missing")
    assert verdict.reason is not None and "The secret GONE is not set" in verdict.reason
    assert done.of_kind("kernel_started") == []
    assert done.finished["reason"] == verdict.reason


def test_one_that_cannot_be_read_says_why(attempt: Make) -> None:
    made = attempt("1", secrets=GIVE)
    (made.folder.parent / "secrets.json").chmod(0o644)
    reason = made.run().verdict().reason or ""
    assert "API_TOKEN cannot be read" in reason and "Other people" in reason


PRINTED = {
    "plain": "value",
    "between": "f'token={value}&x=1'",
    "base64": "base64.b64encode(value.encode()).decode()",
    "base64 after one": "base64.b64encode(b'x' + value.encode() + b'tail').decode()",
    "base64 after two": "base64.urlsafe_b64encode(b'xy' + value.encode() + b'z').decode()",
    "basic": "base64.b64encode(f'user:{value}'.encode()).decode()",
    "url": "urllib.parse.quote(value, safe='')",
    "query": "re.sub('%..', lambda code: code[0].lower(), urllib.parse.quote_plus(value))",
    "json": "json.dumps({'a': [value]})",
    "codes": "''.join(f'\\\\u{ord(c):04x}' for c in value)",
    "repr": "repr(value.encode())",
    "hex": "value.encode().hex()",
    "colours": "value[:9] + '\\x1b[31m' + value[9:] + '\\x1b[0m'",
}


def test_what_is_printed_has_its_name_in_its_place(attempt: Make) -> None:
    imports = "import base64, json, re, urllib.parse"
    cells = [f"print('before', {how}, 'after')" for how in PRINTED.values()]
    done = attempt(READ, imports, *cells, secrets=GIVE).run()
    for place, how in enumerate(PRINTED, start=2):
        said = done.stream(place)
        assert said.startswith("before ") and said.endswith(" after\n"), how
        assert "[API_TOKEN]" in said, how
    assert "hunter2" not in written(done)


SPLIT = {
    "two prints": "print(value[:10], end='')\nprint(value[10:])",
    "letters": "for letter in value:\n    print(letter, end='', flush=True)\nprint()",
    "flushed": "print(value[:5], end='', flush=True)\ntime.sleep(0.4)\nprint(value[5:])",
    "slow": "print(value[:5], end='', flush=True)\ntime.sleep(2.5)\nprint(value[5:])",
    "slow long": "print(value[:25], end='', flush=True)\ntime.sleep(2.5)\nprint(value[25:])",
    "both": "print(value[:10], end='')\nprint('err', file=sys.stderr)\nprint(value[10:])",
    "end": "print(value[:25], end='')",
}


def test_pieces_of_it_do_not_add_up(attempt: Make) -> None:
    done = attempt(READ, "import sys, time", *SPLIT.values(), secrets=GIVE).run()
    texts = [entry.data["output"].get("text", "") for entry in done.of_kind("output")]
    assert VALUE not in "".join(texts) and VALUE not in written(done)
    said = {how: done.stream(place) for place, how in enumerate(SPLIT, start=2)}
    assert said["slow"] == f"{VALUE[:5]}[API_TOKEN]\n"
    for how in ("two prints", "letters", "flushed", "slow long", "end"):
        assert said[how].strip() == "[API_TOKEN]", how


def test_what_only_begins_like_it_is_shown_soon(attempt: Make) -> None:
    source = "import time\nprint('got', value[:2], end='', flush=True)\ntime.sleep(30)"
    running = attempt(READ, source, secrets=GIVE).start()
    running.until_output(f"{VALUE[:2]}")
    running.stop()
    running.wait()
    assert running.stream(1) == f"got {VALUE[:2]}"


def test_a_text_without_it_comes_out_as_it_was(attempt: Make) -> None:
    source = "for n in range(3000):\n    print(n, 'kJ8sd', end=' kJ')"
    plain, redacted = attempt(source).run(), attempt(source, secrets=GIVE).run()
    assert redacted.stream(0) == plain.stream(0)


SHOWN = {
    "html": "display(HTML(f'<b title={value!r}>{value}</b>'))",
    "json": "display(JSON({'deep': [{value: value}]}))",
    "result": "{'token': value}",
    "mime": "display({f'x/{value}': 'v', 'text/plain': value}, raw=True)",
    "metadata": "display('x', metadata={'m': value})",
    "update": "h = display('x', display_id=True)\nh.update(value)",
    "log": "import logging\nlogging.error('token %s', value)",
    "shell": "!echo $API_TOKEN",
    "bytes": "import os, sys\nos.write(1, value.encode())\nos.write(2, value.encode())",
    "metric": "display({'application/vnd.jupyter-deploy.metric.v1+json':"
    " {'name': value, 'value': 1}}, raw=True)",
}


def test_what_is_shown_has_its_name_in_its_place(attempt: Make) -> None:
    imports = "from IPython.display import display, HTML, JSON"
    done = attempt(READ, imports, *SHOWN.values(), secrets=GIVE).run()
    assert done.verdict().state == "succeeded", done.log
    for place, how in enumerate(SHOWN, start=2):
        assert "[API_TOKEN]" in json.dumps(done.notebook.cells[place].outputs), how
    assert VALUE not in written(done)
    assert "[API_TOKEN]" in done.log


FAILS = {
    "raise": "raise ValueError(f'cannot log in with {value}')",
    "long": "raise ValueError('x' * 480 + value)",
    "exit": "import sys\nsys.exit(value)",
    "chained": "try:\n    {}[value]\nexcept KeyError as e:\n    raise RuntimeError(value) from e",
    "dead": "import os, sys\nprint(value, file=sys.__stderr__, flush=True)\nos.abort()",
    "fault": "import faulthandler, os\nos.write(2, value.encode())\nfaulthandler._sigsegv()",
    "thread": "import threading\nt = threading.Thread(target=int, args=(value,))\n"
    "t.start()\nt.join()",
    "type": "raise type('E' + value, (Exception,), {})(value)",
}


@pytest.mark.parametrize("how", FAILS)
def test_no_failure_tells_it(attempt: Make, how: str) -> None:
    done = attempt(READ, FAILS[how], secrets=GIVE).run()
    assert VALUE not in written(done)
    assert VALUE[:12] not in written(done)
    assert VALUE not in str(done.verdict())


def test_an_allowed_failure_warns_without_it(attempt: Make) -> None:
    metadata = {"execution": {"allow_errors": True}}
    done = attempt(READ, "raise ValueError(value)", secrets=GIVE, metadata=metadata).run()
    assert done.verdict().reason is not None and "[API_TOKEN]" in (done.verdict().reason or "")
    assert VALUE not in written(done)


def test_a_cut_output_ends_in_no_part_of_it(attempt: Make) -> None:
    source = "print('x' * 990 + value)"
    done = attempt(READ, source, secrets=GIVE, caps={"cell": 1000, "run": 2000}).run()
    assert "output cut here" in done.stream(1, "stderr")
    assert VALUE[:4] not in written(done)


FILES = {
    "text": "open('out.txt', 'w').write('a' * 2_000_000 + value)",
    "across": "open('out.bin', 'wb').write(bytes(1024 * 1024 - 9) + value.encode())",
    "encoded": "open('out.json', 'w').write(base64.b64encode(b'x' + value.encode()).decode())",
    "hidden": "os.makedirs('.hidden')\nopen('.hidden/out', 'w').write(value)",
    "name": "open('out-' + urllib.parse.quote(value, safe='') + '.txt', 'w').write('x')",
}


def test_a_file_with_it_is_not_kept_and_named(attempt: Make) -> None:
    cells = ["import base64, urllib.parse", *FILES.values(), "open('good.txt', 'w').write('good')"]
    done = attempt(READ, *cells, secrets=GIVE).run()
    assert done.verdict().verdict == "succeeded_with_warnings"
    said = [entry.data["message"] for entry in done.of_kind("warning")]
    assert len(said) == len(FILES)
    assert all("held the secret API_TOKEN" in sentence for sentence in said)
    assert "notebooks/out.txt" in "".join(said)
    names = ["output.ipynb", "notebooks/good.txt"]
    assert [item["name"] for item in done.finished["outputs"]] == names
    assert [path.name for path in (done.folder / "work" / "notebooks").rglob("*")] == [
        ".hidden",
        "good.txt",
    ]


def test_the_parts_of_an_address_and_of_a_key_are_secret_too(attempt: Make) -> None:
    key = {"type": "service", "private_key": "-----BEGIN-----\nMIIEvQIBADANBgkqh\n-----END-----"}
    secrets = {"DB_URL": "postgresql://ada:p%40ss-word@db/orders", "KEY": json.dumps(key)}
    done = attempt(
        "import os, json\n"
        "print('p@ss-word', 'p%40ss-word', 'postgresql://', 'ada')\n"
        "print(json.loads(os.environ['KEY'])['private_key'])",
        secrets=secrets,
    ).run()
    first, *rest = done.stream(0).splitlines()
    assert first == "[DB_URL] [DB_URL] postgresql:// ada"
    assert "MIIEvQIBADANBgkqh" not in "\n".join(rest)


def test_the_longer_of_two_is_named(attempt: Make) -> None:
    secrets = {"SHORT": "hunter2", "LONG": "hunter2-and-more"}
    done = attempt("print('hunter2-and-more hunter2')", secrets=secrets).run()
    assert done.stream(0) == "[LONG] [SHORT]\n"


def test_without_secrets_everything_is_as_it_was(attempt: Make, tmp_path: Path) -> None:
    Vault(tmp_path, "file").set("API_TOKEN", VALUE)
    done = attempt(f"import os\nprint('API_TOKEN' in os.environ, {VALUE!r})").run()
    assert done.stream(0) == f"False {VALUE}\n"


PASSED = {
    "PGPASSWORD": "pg-pass-1",
    "DATABASE_URL": "postgresql://a:b@c/d",
    "MY_REGION": "eu",
    "JUPYTER_TOKEN": "lab-token",
    "JUPYTERHUB_API_TOKEN": "hub-token",
    "AWS_SECRET_ACCESS_KEY": "aws-key",
    "NVIDIA_API_KEY": "nv-key",
    "OMP_NUM_THREADS": "1",
    "LC_NUMERIC": "C",
}


def test_of_the_engines_environment_the_kernel_gets_what_programs_need(attempt: Make) -> None:
    source = "import os\nprint(*sorted(os.environ))"
    names = set(attempt(source).run(**PASSED).stream(0).split())
    assert {"PATH", "HOME", "OMP_NUM_THREADS", "LC_NUMERIC"} <= names
    assert {"JUPYTER_DEPLOY_RUN_ID", "JUPYTER_DEPLOY_NAME"} <= names
    assert not names & {*PASSED} - {"OMP_NUM_THREADS", "LC_NUMERIC"}


@pytest.mark.parametrize("pattern", ["MY_REGION", "MY_*", "*"])
def test_what_the_setting_names_is_passed_too(attempt: Make, pattern: str) -> None:
    source = "import os\nprint(*sorted(os.environ))"
    names = set(attempt(source, passed=[pattern]).run(**PASSED).stream(0).split())
    assert "MY_REGION" in names
    assert not names & {"JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN"}


def test_a_secret_goes_before_a_variable_of_the_engine(attempt: Make) -> None:
    source = "import os\nprint(os.environ['MY_KEY'].startswith('the-'))"
    done = attempt(source, secrets={"MY_KEY": "the-secret"}, passed=["MY_*"])
    assert done.run(MY_KEY="of the engine").stream(0) == "True\n"


def test_an_error_in_a_tagged_cell_is_redacted(attempt: Make) -> None:
    cell = code("raise ValueError(value)", "raises-exception")
    done = attempt(READ, cell, secrets=GIVE).run()
    assert done.verdict().verdict == "succeeded"
    assert VALUE not in written(done)


def test_base64_of_an_image_is_left_alone(attempt: Make) -> None:
    picture = base64.b64encode(bytes(range(256)) * 64).decode()
    source = f"from IPython.display import display\ndisplay({{'image/png': {picture!r}}}, raw=True)"
    done = attempt(source, secrets=GIVE).run()
    assert done.notebook.cells[0].outputs[0].data["image/png"].replace("\n", "") == picture
