#!/usr/bin/env bash
# Chromium for the browser tests, from the system's packages.
set -euo pipefail

[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "set-up: the browser tests need /usr/bin/chromium; on Debian: sudo apt-get install chromium fonts-dejavu-core" >&2
  exit 1
fi
echo "set-up: installing chromium"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >.make/chromium.log 2>&1 || {
  tail -n 20 .make/chromium.log >&2
  exit 1
}
