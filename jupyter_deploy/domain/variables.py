"""Which variables of the environment a kernel gets, and how its secrets may be called.

A kernel gets what programs need to run: where things are, the language, proxies and
numbers of threads. Everything else that the engine was started with stays with the
engine, unless `c.Deploy.kernel_environment` names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from jupyter_deploy.errors import InvalidInput

#: Names and patterns; docs/secrets.md says what each group is for.
ALLOWED = (
    # who and where
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TEMP", "TMP", "TERM"),
    *("LANG", "LANGUAGE", "LC_*", "TZ", "TZDIR", "XDG_*"),
    # the network
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    # processors
    *("OMP_*", "MKL_*", "OPENBLAS_*", "BLIS_*", "VECLIB_*", "NUMEXPR_*", "NUMBA_*"),
    *("POLARS_MAX_THREADS", "TOKENIZERS_PARALLELISM", "CUDA_*"),
    *("NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"),
    # libraries, environments and data of packages
    *("LD_LIBRARY_PATH", "DYLD_*", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV"),
    *("GDAL_DATA", "PROJ_DATA", "PROJ_LIB", "NLTK_DATA", "HF_HOME", "FONTCONFIG_*"),
    # languages
    *("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUTF8"),
    *("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
    *("PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONWARNINGS", "PYTHONFAULTHANDLER"),
    *("R_HOME", "R_LIBS", "R_LIBS_*", "R_PROFILE*", "R_ENVIRON*"),
    *("JULIA_DEPOT_PATH", "JULIA_LOAD_PATH", "JULIA_PROJECT", "JULIA_NUM_THREADS"),
    *("JAVA_HOME", "SPARK_HOME", "HADOOP_HOME", "HADOOP_CONF_DIR"),
    # Jupyter: kernels are found by them
    *("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"),
    *("JUPYTER_CONFIG_PATH", "JUPYTER_PLATFORM_DIRS", "IPYTHONDIR", "MPLBACKEND", "MPLCONFIGDIR"),
)
_EXACT = frozenset(name for name in ALLOWED if "*" not in name)
_PATTERNS = tuple(name for name in ALLOWED if "*" in name)

#: Tokens and addresses of Jupyter's servers and ours: no pattern means them.
_KEPT_BACK = ("JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN", "JUPYTER_GATEWAY_", "JUPYTER_DEPLOY_")

#: What a secret may not be called, for programs read it before the notebook does.
_TAKEN = ("LD_*", "DYLD_*", "PYTHON*", "JUPYTER_*", "JPY_*", "BASH_ENV", "ENV", "IFS", "_")
_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
#: Characters of the shortest secret: a shorter text is in every output by chance.
SHORTEST = 4
#: Bytes of the longest.
LONGEST = 64 * 1024


def is_passed(name: str, more: Iterable[str] = ()) -> bool:
    """Whether a kernel gets this variable of the engine; `more` are names and patterns too."""
    patterns = (*_PATTERNS, *more)
    if name in _EXACT or name in patterns:
        return True
    if name.startswith(_KEPT_BACK):
        return False
    return any(fnmatchcase(name, item) for item in patterns)


def is_secret_name(name: str) -> bool:
    """Whether it can be a variable, and none that programs know."""
    return _SECRET_NAME.fullmatch(name) is not None and not _is_taken(name)


def _is_taken(name: str) -> bool:
    return is_passed(name) or any(fnmatchcase(name, item) for item in _TAKEN)


def check_secret_name(name: str) -> str:
    """Return `name`, or raise InvalidInput (field `name`)."""
    if not _SECRET_NAME.fullmatch(name):
        raise InvalidInput(
            f"{name[:130]!r} cannot be the name of a secret.",
            field="name",
            hint="It becomes a variable of the environment: letters, digits and '_', at most "
            "128, not beginning with a digit, for example ORDERS_DB_URL.",
        )
    if _is_taken(name):
        raise InvalidInput(
            f"{name} has a meaning for the kernel itself, so no secret can be called so.",
            field="name",
            hint="Choose a name that no program knows, for example ORDERS_DB_URL.",
        )
    return name


def check_secret_names(given: Sequence[str]) -> tuple[str, ...]:
    """The names without repetitions. Raises InvalidInput (field `secrets`)."""
    try:
        return tuple(dict.fromkeys(check_secret_name(name) for name in given))
    except InvalidInput as error:
        raise InvalidInput(error.message, field="secrets", hint=error.hint) from None


def check_secret_value(value: str) -> str:
    """Return `value`, or raise InvalidInput (field `value`), which never repeats it."""
    if "\0" in value or len(value.encode(errors="replace")) > LONGEST:
        raise InvalidInput(
            f"A secret is text without NUL characters, at most {LONGEST // 1024} KB of it.",
            field="value",
            hint="Keep a large one in a file with mode 0600, and its path here.",
        )
    if len(value) < SHORTEST:
        raise InvalidInput(
            f"A secret has at least {SHORTEST} characters: shorter ones cannot be told from "
            "other text, so they could not be kept out of outputs.",
            field="value",
            hint="Use a longer one.",
        )
    return value
