"""The engine as a service of the user: systemd on Linux, launchd on macOS.

It starts with the machine (or the log-in), stays although nothing is active, and
comes back when it was killed.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.config import Settings
from jupyter_deploy.durable import write_whole
from jupyter_deploy.errors import InvalidInput, Unavailable

#: What says where Jupyter keeps things has to be the same for the service.
_VARIABLES = ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "PATH")
#: Seconds that a service manager may take to answer.
PATIENCE = 60


@dataclass(frozen=True)
class UserService:
    """A service definition, where it belongs, and the commands that switch it."""

    path: Path
    content: bytes
    enable: tuple[tuple[str, ...], ...]
    disable: tuple[tuple[str, ...], ...]

    def install(self) -> None:
        """Write the definition and switch it on. Raises Unavailable."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, self.content)
        for command in self.enable:
            _carry_out(command, f"The service is written to {self.path}, but not switched on")

    def remove(self) -> bool:
        """Switch it off and remove it; False when there is none. Raises Unavailable."""
        if not self.path.exists():
            return False
        for command in self.disable:
            _carry_out(command, "The service could not be switched off")
        self.path.unlink()
        return True


def user_service(settings: Settings, platform: str = sys.platform) -> UserService:
    """The service for this data directory. Raises InvalidInput where none is known."""
    key = settings.runtime_file.stem  # jupyter-deploy-… of the data directory
    if platform == "darwin":
        return _launchd(f"org.{key.replace('-', '.')}", settings)
    if platform.startswith("linux"):
        return _systemd(key, settings)
    raise InvalidInput(
        f"Services are not known for {platform}.",
        hint="Let your system start `jupyter deploy engine run --stay`.",
    )


def command() -> list[str]:
    return [sys.executable, "-m", "jupyter_deploy", "engine", "run", "--stay"]


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _VARIABLES if name in os.environ}


def _systemd(name: str, settings: Settings) -> UserService:
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    lines = [
        "[Unit]",
        f"Description=Notebooks in production ({settings.data_dir})",
        "",
        "[Service]",
        f"ExecStart={' '.join(_quoted(word) for word in command())}",
        *(f"Environment={_quoted(f'{key}={value}')}" for key, value in _environment().items()),
        "Restart=on-failure",
        "RestartSec=5",
        # Running notebooks outlive the engine and are taken over by the next one.
        "KillMode=process",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    control = ("systemctl", "--user")
    unit = f"{name}.service"
    return UserService(
        path=config / "systemd" / "user" / unit,
        content="\n".join(lines).encode(),
        enable=((*control, "daemon-reload"), (*control, "enable", "--now", unit)),
        disable=((*control, "disable", "--now", unit),),
    )


def _quoted(word: str) -> str:
    """As systemd reads words: quotes, backslashes and % are its own."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _launchd(label: str, settings: Settings) -> UserService:
    path = Path.home() / "Library" / "LaunchAgents" / f"{label}.plist"
    document = {
        "Label": label,
        "ProgramArguments": command(),
        "EnvironmentVariables": _environment(),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "AbandonProcessGroup": True,
        "StandardErrorPath": str(settings.log_file),
    }
    domain = f"gui/{os.getuid()}"
    return UserService(
        path=path,
        content=plistlib.dumps(document),
        enable=(("launchctl", "bootstrap", domain, str(path)),),
        disable=(("launchctl", "bootout", f"{domain}/{label}"),),
    )


def _carry_out(command: Sequence[str], failure: str) -> None:
    if shutil.which(command[0]) is None:
        raise Unavailable(
            f"{failure}: {command[0]} is not there.",
            hint="Let your system start `jupyter deploy engine run --stay`.",
        )
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, env=os.environ
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split()).rstrip(".")
        raise Unavailable(f"{failure}: {said}.", hint=f"Try it by hand: {' '.join(command)}")
