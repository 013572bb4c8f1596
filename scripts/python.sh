#!/usr/bin/env bash
# python.sh venv            makes .venv with the tools that build this package
# python.sh install EXTRAS  installs this package, editable, with EXTRAS
# pip is used with whatever index it is configured for.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # kernels start faster from compiled files
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { echo "set-up: $*"; }

# The pinned set needs Python 3.11; an older one takes what fits it.
pinned() {
  if .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "-c constraints.txt"
  fi
}

# Every cause of a failing install has been said by pip; warnings about the index's folders have not helped anybody.
pip_install() {
  # shellcheck disable=SC2046
  .venv/bin/python -m pip install --quiet $(pinned) "$@" 2> >(grep -v '^WARNING: Location ' >&2)
}

case "$1" in
  venv)
    python=${PYTHON:-python3}
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      say "Python 3.10 or newer is needed; name one with \`make PYTHON=/path/to/python3 …\`." >&2
      exit 1
    fi
    mkdir -p .make
    # A .venv whose Python is gone (an upgrade, a moved folder) is made anew.
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
      say "making .venv with $("$python" --version)"
      rm -rf .venv
      if ! "$python" -m venv .venv; then
        say "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2
        exit 1
      fi
    fi
    say "installing JupyterLab and the build tools into .venv"
    pip_install hatchling hatch-jupyter-builder 'jupyterlab>=4.6,<5'
    ;;
  install)
    say "installing jupyterlab-deploy[$2] into .venv"
    # pip would follow the link into the checkout when it removes the earlier installation.
    rm -rf .venv/share/jupyter/labextensions/jupyterlab-deploy
    rm -f .make/*-linked
    HATCH_JUPYTER_BUILDER_SKIP_NPM=1 pip_install --no-build-isolation -e ".[$2]"
    ;;
esac
