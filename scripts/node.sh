#!/usr/bin/env bash
# node.sh build  installs what building the lab extension needs
# node.sh test   the same and the tools of the tests
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

version=$(node --version 2>/dev/null || echo v0)
major=${version#v}
if [ "${major%%.*}" -lt 20 ]; then
  echo "set-up: Node.js 20 or newer builds the lab extension; found: ${version/v0/none}." >&2
  exit 1
fi

case "$1" in
  build) command=(jlpm workspaces focus jupyterlab-deploy) ;;
  test) command=(jlpm install --immutable) ;;
esac
echo "set-up: installing node packages (${command[*]})"
log=.make/node.log
# yarn says thousands of lines that matter only when it fails; a second try helps against a lost connection.
"${command[@]}" >"$log" 2>&1 || "${command[@]}" >"$log" 2>&1 || {
  tail -n 40 "$log" >&2
  exit 1
}
