"""Settings: read from Jupyter's configuration files, frozen once read."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_core.paths import (
    jupyter_config_path,
    jupyter_data_dir,
    jupyter_runtime_dir,
)
from traitlets import Enum, Integer, List, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from jupyter_deploy.domain.caps import KB, Caps, Watermarks
from jupyter_deploy.domain.preflight import FULL, IMPORTS, NONE
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.vault.vault import CHOICES


class Deploy(Configurable):
    """Traits of `c.Deploy`, shared by extension, engine and CLI."""

    database_url = Unicode(
        "",
        help="SQLAlchemy address of the database; default SQLite in the data directory",
    ).tag(config=True)
    max_running = Integer(
        0,
        min=0,
        help="How many runs may run at once; 0 stands for one per processor, at least 2",
    ).tag(config=True)
    quiet_seconds = Integer(
        600, min=1, help="Seconds without anything active after which the engine leaves"
    ).tag(config=True)
    output_cap_cell = Integer(
        Caps.cell, min=KB, help="Bytes of output that one cell may leave; the rest is cut off"
    ).tag(config=True)
    output_cap_run = Integer(
        Caps.run, min=KB, help="Bytes of output that all cells of a run may leave together"
    ).tag(config=True)
    min_free_disk = Integer(
        Watermarks.disk, min=0, help="Bytes of free disk below which no run is started"
    ).tag(config=True)
    min_free_memory = Integer(
        Watermarks.memory, min=0, help="Bytes of available memory below which no run is started"
    ).tag(config=True)

    preflight = Enum(
        [FULL, IMPORTS, NONE],
        FULL,
        help="How a version is tried before it goes live, where its deployment does not say",
    ).tag(config=True)
    environment = Enum(
        ["locked", "live"],
        "locked",
        help="What runs have for packages, where their deployment does not say: always those "
        "of when it was deployed, if they can be locked, or what the kernel has at that time",
    ).tag(config=True)
    retention_days = Integer(
        0,
        min=0,
        help="Days after which outputs and ledgers of runs are deleted; 0 keeps them for ever",
    ).tag(config=True)
    lease_seconds = Integer(
        30,
        min=3,
        help="Seconds without a word from an engine after which others on the same PostgreSQL "
        "database take over what it ran",
    ).tag(config=True)
    secret_store = Enum(
        CHOICES,
        "auto",
        help="Where secrets are kept: in the system's keyring, in a file that nobody else can "
        "read, or in the keyring where there is one",
    ).tag(config=True)
    kernel_environment = List(
        Unicode(),
        help="Variables of the engine's environment that kernels get beside the usual ones, "
        "names or patterns like MY_*",
    ).tag(config=True)


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    runtime_dir: Path
    database_url: str
    max_running: int
    quiet_seconds: float
    lease_seconds: float = 30.0
    retention_days: int = 0
    preflight: str = FULL
    #: `live`; None locks what can be locked.
    environment: str | None = None
    caps: Caps = field(default_factory=Caps)
    watermarks: Watermarks = field(default_factory=Watermarks)
    secret_store: str = "auto"  # noqa: S105, a word
    kernel_environment: tuple[str, ...] = ()

    @property
    def runtime_file(self) -> Path:
        """Where the engine of this data directory says how to reach it."""
        key = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        return self.runtime_dir / f"jupyter-deploy-{key}.json"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, None for a database server or one in memory."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path) if path not in (self.database_url, ":memory:", "") else None

    @property
    def places(self) -> tuple[Path, ...]:
        """Folders in which the engine relies on locks."""
        file = self.database_file
        return (self.data_dir, file.absolute().parent) if file else (self.data_dir,)

    @property
    def copies_dir(self) -> Path:
        return self.data_dir / "copies"

    @property
    def has_database(self) -> bool:
        """Whether anything may have been deployed; a server's database is not looked at."""
        return self.database_file is None or self.database_file.exists()

    @property
    def lock_file(self) -> Path:
        return self.data_dir / "engine.lock"

    @property
    def shared_database(self) -> bool:
        """Whether other engines may use the same database."""
        return not self.database_url.startswith("sqlite")

    @property
    def identity_file(self) -> Path:
        return self.data_dir / "engine.id"

    @property
    def deadline_file(self) -> Path:
        return self.data_dir / "lease.json"

    @property
    def log_file(self) -> Path:
        return self.data_dir / "engine.log"

    @property
    def blobs_dir(self) -> Path:
        return self.data_dir / "blobs"

    @property
    def publishing_dir(self) -> Path:
        """Where outputs are made, until they are stored."""
        return self.data_dir / "publishing"

    @property
    def readers_dir(self) -> Path:
        """Headers with tokens of this machine's own, for curl."""
        return self.data_dir / "readers"

    @property
    def reserve_file(self) -> Path:
        return self.data_dir / "reserve"

    @property
    def environments_dir(self) -> Path:
        return self.data_dir / "environments"

    @property
    def wheels_dir(self) -> Path:
        """Built where notebooks are captured."""
        return self.data_dir / "wheels"

    @property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"

    @property
    def shown_database(self) -> str:
        """The address without its password."""
        return re.sub(r"(//[^:/@]*):[^@/]*@", r"\1:***@", self.database_url)

    def idle_status(self) -> dict[str, Any]:
        """The engine's status document when no engine runs."""
        unknown = (
            "pid",
            "url",
            "since",
            "queued",
            "running_runs",
            "rss",
            "cpu",
            "version",
            "holding",
        )
        return {
            **dict.fromkeys(unknown),
            "running": False,
            "data_dir": str(self.data_dir),
            "database": self.shown_database,
            "keeps_alive": [],
            "slots": self.max_running,
            "engines": [],
        }


def load_settings() -> Settings:
    """Read `jupyter_deploy_config.py` and the general Jupyter files.

    Raises InvalidInput when a file cannot be read or a value has the wrong type.
    """
    traits = _read_traits()
    data_dir = Path(os.path.realpath(jupyter_data_dir())) / "deploy"
    return Settings(
        data_dir=data_dir,
        runtime_dir=Path(jupyter_runtime_dir()),
        database_url=traits.database_url or f"sqlite:///{data_dir / 'deploy.db'}",
        max_running=traits.max_running or max(2, os.cpu_count() or 1),
        quiet_seconds=traits.quiet_seconds,
        lease_seconds=traits.lease_seconds,
        retention_days=traits.retention_days,
        preflight=traits.preflight,
        environment="live" if traits.environment == "live" else None,
        caps=_caps(traits),
        watermarks=Watermarks(traits.min_free_disk, traits.min_free_memory),
        secret_store=traits.secret_store,
        kernel_environment=tuple(traits.kernel_environment),
    )


def _caps(traits: Deploy) -> Caps:
    """Raises InvalidInput for caps that contradict each other."""
    caps = Caps(traits.output_cap_cell, traits.output_cap_run)
    if caps.cell > caps.run:
        raise InvalidInput(
            f"One cell may leave {caps.cell} bytes of output, but the whole run only {caps.run}.",
            field="output_cap_cell",
            hint="Lower c.Deploy.output_cap_cell or raise c.Deploy.output_cap_run.",
        )
    return caps


def _read_traits() -> Deploy:
    try:
        return Deploy(config=_read_files())
    except Exception as error:  # a configuration file is any Python
        raise InvalidInput(
            f"The configuration cannot be used: {error}",
            hint="Correct the c.Deploy lines in jupyter_deploy_config.py "
            "(`jupyter --paths` lists the folders).",
        ) from error


def _read_files() -> Config:
    config = Config()
    for folder in reversed(jupyter_config_path()):
        for name in ("jupyter_config.py", "jupyter_deploy_config.py"):
            try:
                config.merge(PyFileConfigLoader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
    return config
