#!/bin/sh
# `make dev`: everything with web reloading on each change of Python code, and Vite in front with hot reload of the page.
# One Ctrl-C, or the end of either, ends both.
set -eu
cd "$(dirname "$0")/.."

GUNICORN_CMD_ARGS="--reload ${GUNICORN_CMD_ARGS:-}" "${VENV:-.venv}/bin/dominoci" up --demo &
arbiter=$!
DOMINOCI_DEV_BACKEND="http://127.0.0.1:${DOMINOCI_PORT:-8080}" node_modules/.bin/vite frontend &
page=$!

end() {
    trap - INT TERM HUP EXIT
    kill "$arbiter" "$page" 2>/dev/null || true
    wait
    exit "${1:-0}"
}
trap 'end 0' INT TERM HUP
trap 'end 1' EXIT

# POSIX sh cannot wait for the first of two, so it looks
while kill -0 "$arbiter" 2>/dev/null && kill -0 "$page" 2>/dev/null; do
    sleep 1
done
end 1
