"""Errors that are known: how to recognise each, what it means and what to do.

One row a kind, first match first. A row is matched against `Name: value` of the
error, or against `[outcome] reason` of a run whose fault is not the notebook's.
Groups of its pattern fill its texts; `{said}` is the error in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jupyter_deploy.results.why import lookups
from jupyter_deploy.results.why.failure import Failure
from jupyter_deploy.results.why.lookups import Finding


@dataclass(frozen=True)
class Known:
    """`kind` is that of the cause which the error itself names, None when it names none.

    Causes of the kinds in `near` are likelier with it; `look` may find more than the
    error says.
    """

    key: str
    pattern: str
    what: str
    do: str
    kind: str | None = None
    near: tuple[str, ...] = ()
    look: Callable[[Failure, re.Match[str]], Finding | None] | None = None


_HTTP = (
    r"(?i)(?:HTTP\w*Error: |HTTP Error |Client error '|Server error '|ClientResponseError: "
    r"|status(?: code)?[ :=]+)"
)
_DATA = ("inputs", "parameters")
TABLE = (
    Known("module", r"^(?:ModuleNotFoundError|ImportError): No module named '(?P<module>[\w.]+)'",
          "the module `{module}` is not installed in the kernel's environment",
          "install it there and deploy again", "packages", look=lookups.module),
    Known("import", r"^ImportError: cannot import name '(?P<member>\w+)' from "
          r"(?:partially initialized module )?'(?P<module>[\w.]+)'",
          "`{module}` has no `{member}`", "install the version that the notebook was written for, "
          "or change the import", "packages", look=lookups.member),
    Known("library", r"^(?:ImportError|OSError): (?P<library>\S+\.so[\w.]*): cannot open",
          "the system's library {library} is missing on the machine",
          "install it there with the system's packages", "machine"),
    Known("folder", r"^OSError: Cannot save file into a non-existent directory: '(?P<path>[^']+)'",
          "the folder {path} does not exist where the notebook runs",
          "let the notebook make it before it writes there", "code"),
    Known("file", r"^FileNotFoundError: .*?'(?P<path>[^']+)'",
          "the file {path} is not there", "add it to the deployment's files", "inputs",
          look=lookups.file),
    Known("permission", r"^PermissionError: .*?'(?P<path>[^']+)'",
          "{path} may not be opened by the user that runs the engine",
          "write below the notebook's own folder, or change who may open it", "machine"),
    Known("no_permission", r"^PermissionError: ", "it is not permitted: {said}",
          "look who may do this on the machine", "machine"),
    Known("memory", r"^(?:\w*MemoryError|.*Unable to allocate|.*OutOfMemoryError)",
          "memory ran out", "take less data at once, or give the machine more memory", "machine",
          near=_DATA),
    Known("killed", r"^\[kernel died\].*SIGKILL",
          "the kernel was killed from outside, most often because memory ran out",
          "take less data at once, or give the machine more memory", "machine", near=_DATA),
    Known("crashed", r"^\[kernel died\].*native code crashed \((?P<signal>\w+)\)",
          "native code of a package crashed the kernel ({signal})",
          "install the versions of the last good run, or run it again", "packages",
          near=("packages", "inputs")),
    Known("ended", r"^\[kernel died\]", "the kernel's process ended",
          "look for what ends the process in the cell", "code"),
    Known("no_kernel", r"^\[kernel not found\] Kernel not found: (?P<kernel>'[^']*')",
          "the kernel {kernel} is not installed here any more",
          "install it, or deploy again with another one", "machine"),
    Known("kernel_start", r"^\[kernel did not start\] The kernel did not start: (?P<why>.*?)\.?$",
          "the kernel did not start: {why}", "start this kernel by hand to see what is missing",
          "machine", near=("packages",)),
    Known("kernel_slow",
          r"^\[timed out\] The kernel was not ready within its limit of (?P<limit>[^;]+)",
          "the kernel was not ready within {limit}; the machine may be overloaded",
          "run it again when less runs beside it", "machine"),
    Known("cell_timeout", r"^\[timed out\] The cell took longer than its limit of (?P<limit>[^;]+)",
          "the cell took longer than its limit of {limit}",
          "raise the limit of a cell or make it faster", near=_DATA, look=lookups.usual),
    Known("run_timeout", r"^\[timed out\] The run took longer than its limit of (?P<limit>[^;]+)",
          "the run took longer than its limit of {limit}",
          "raise the limit of the run or make it faster", near=_DATA, look=lookups.usual),
    Known("disk", r"^\[disk full\]|^OSError: \[Errno 28\]", "the disk is full",
          "free some space and run it again", "machine"),
    Known("infrastructure", r"^\[[^\]]+\] (?P<first>\w)(?P<rest>.*?)[:;] (?P<next>[^:;]+?)\.?$",
          "{first}{rest}", "{next}", "machine"),
    Known("unauthorized", _HTTP + r"(?P<status>401)\b",
          "a service asked for a login and did not accept this one (HTTP 401)",
          "renew the key or password that the notebook uses", "machine"),
    Known("forbidden", _HTTP + r"(?P<status>403)\b", "a service refused the access (HTTP 403)",
          "ask its owner for the right, or look whether the key has it", "machine"),
    Known("gone", _HTTP + r"(?P<status>404|410)\b",
          "an address that the notebook asks for is not there (HTTP {status})",
          "look whether it has moved", "machine", near=("parameters", "code")),
    Known("too_many", _HTTP + r"(?P<status>429)\b",
          "a service was asked too often (HTTP 429)",
          "run it again later, or ask less often", "machine"),
    Known("service", _HTTP + r"(?P<status>5\d\d)\b",
          "a service that the notebook asks has failed (HTTP {status})",
          "run it again when the service is well; retries of the deployment would do so",
          "machine"),
    Known("tls", r"CERTIFICATE_VERIFY_FAILED|^SSL\w*Error: |SSL: ",
          "a server's certificate could not be verified",
          "look whether it has expired or the machine lacks its authority", "machine"),
    Known("dns", r"^gaierror|Name or service not known|name resolution|NameResolutionError"
          r"|nodename nor servname", "a server's name could not be resolved",
          "look for a typing error in the name, and whether the machine has a network", "machine"),
    Known("refused", r"Connection refused|^ConnectionRefusedError",
          "a server refused the connection: nothing listens at the address",
          "look whether the server runs and the address is right", "machine",
          near=("parameters",), look=lookups.address),
    Known("no_answer", r"^(?:\w*Timeout\w*: |timeout: )|timed out",
          "a server did not answer in time", "run it again; look whether the server is well",
          "machine", near=("parameters",)),
    Known("broken", r"^(?:Connection(?:Reset|Aborted)?Error|BrokenPipeError|RemoteDisconnected)",
          "a connection broke off", "run it again; retries of the deployment would do so",
          "machine"),
    Known("key", r"^KeyError: (?P<key>.+)", "there is no key {key}",
          "look what the data holds now", near=("inputs", "code"), look=lookups.key),
    Known("columns", r"^ValueError: Usecols do not match columns.*: (?P<key>\[.+\])",
          "the columns {key} are not in the file", "look what the data holds now", "inputs",
          near=("inputs",), look=lookups.key),
    Known("name", r"^(?:NameError|UnboundLocalError): .*?name '(?P<name>\w+)' is not defined",
          "`{name}` is not defined", "define it above", "code", look=lookups.name),
    Known("none", r"'NoneType' object",
          "something is missing (None) where a value was expected: {said}",
          "look which step above gave nothing", near=("inputs", "parameters", "packages")),
    Known("version", r"^AttributeError: (?:partially initialized )?module "
          r"'(?P<module>[\w.]+)' has no attribute '(?P<member>\w+)'",
          "`{module}` has no `{member}`",
          "install the version that the notebook was written for, or change the code",
          "packages", near=("packages",), look=lookups.member),
    Known("attribute", r"^AttributeError: '(?P<type>\w+)' object has no attribute '(?P<key>\w+)'",
          "{type} has no attribute `{key}`",
          "look whether a package has renamed it, or the data lacks this column",
          near=("packages", "inputs"), look=lookups.attribute),
    Known("argument", r"^TypeError: (?P<function>\S+?)\(?\)? got an unexpected keyword argument "
          r"'(?P<argument>\w+)'", "{function}() has no argument `{argument}`",
          "install the version that the notebook was written for, or change the call",
          near=("packages", "code")),
    Known("type", r"^TypeError: ", "values do not fit together: {said}",
          "look which types the values have", near=("packages", "parameters")),
    Known("convert", r"^ValueError: (?:could not convert string to \w+|invalid literal for int\(\) "
          r"with base \d+|Unable to parse string)[: ]+['\"](?P<value>[^'\"]*)['\"]",
          "the text '{value}' is not a number",
          "mend the data, or let the notebook skip such values",
          near=_DATA, look=lookups.text_value),
    Known("zero", r"^ZeroDivisionError", "a number was divided by zero",
          "look whether the data is empty or a count is 0", near=_DATA, look=lookups.empty),
    Known("empty", r"No columns to parse|empty sequence|iterable argument is empty"
          r"|0 sample|No objects to concatenate|zero-size array", "there is no data: {said}",
          "look whether the input is empty, or a filter removes everything", near=_DATA,
          look=lookups.empty),
    Known("index", r"^IndexError: ", "there are fewer entries than the code expects: {said}",
          "look whether the input is empty, or a filter removes too much", near=_DATA,
          look=lookups.empty),
    Known("parser",
          r"^(?:ParserError|JSONDecodeError|UnicodeDecodeError|BadGzipFile|ArrowInvalid): ",
          "a file or answer has another form than expected: {said}",
          "look whether it is whole and in the format that it should have", near=("inputs",)),
    Known("assertion", r"^AssertionError: (?P<message>.+)",
          "a check of the notebook failed: {message}",
          "look at the values that it checks", near=_DATA),
    Known("bare_assertion", r"^AssertionError", "a check of the notebook failed: {line}",
          "look at the values that it checks", near=_DATA),
    Known("exit", r"^SystemExit: ?(?P<code>.*)", "the notebook ended itself with exit code {code}",
          "look what made it do so; code 0 would be a success", near=_DATA),
    Known("input", r"^StdinNotImplementedError",
          "the cell asks for input, and nobody can answer it",
          "make it a parameter", "code"),
    Known("syntax", r"^(?:SyntaxError|IndentationError|TabError): (?P<why>[^(]+)",
          "the code cannot be read: {why}", "mend the cell and deploy again", "code",
          near=("code",)),
    Known("recursion", r"^RecursionError", "a function calls itself without an end",
          "look for the case that ends it", "code", near=("code",)),
    Known("table", r"OperationalError.*?no such table: (?P<table>\S+)"
          r"|relation \"(?P<relation>[^\"]+)\" does not exist",
          "the database has no table {table}{relation}", "look whether it is the right database",
          "inputs"),
)  # fmt: skip
