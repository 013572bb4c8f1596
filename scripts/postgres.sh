#!/usr/bin/env bash
# PostgreSQL for the tests, from the system's packages; they start a server of their own.
set -euo pipefail

command -v initdb >/dev/null && exit 0
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "set-up: the tests need PostgreSQL's initdb and pg_ctl; on Debian: sudo apt-get install postgresql" >&2
  exit 1
fi
echo "set-up: installing postgresql"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install -y --no-install-recommends postgresql; } >.make/postgres.log 2>&1 || {
  tail -n 20 .make/postgres.log >&2
  exit 1
}
