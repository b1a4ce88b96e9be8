#!/bin/sh
# `install.sh run|test`: makes the virtual environment ($VENV, default .venv) and installs the locked Python packages and
# this project, editable. With uv where it can be had (seconds), else with pip (minutes); both check every hash.
set -eu
cd "$(dirname "$0")/.."
kind=$1
VENV=${VENV:-.venv}
bin=$VENV/bin
log=$VENV/install.log

fail() {
    printf 'dominoci: %s\n' "$1" >&2
    exit 1
}

say() { printf '==> %s\n' "$1"; }

# a virtual environment that was moved, or whose Python is gone, does not start
if ! "$bin/python" -c 'import pip' >/dev/null 2>&1; then
    say "Making the virtual environment $VENV"
    "${PYTHON:-python3}" -m venv --clear "$VENV" || fail "$VENV could not be made"
fi

with_pip() { "$bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

have_uv() {
    # uv does not read pip's settings: an index that was set up for pip is handed on
    index=$("$bin/python" -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
    with_pip --require-hashes --requirement deploy/requirements-uv.txt >>"$log" 2>&1
}

with_uv() { "$bin/uv" pip install --quiet --python "$bin/python" "$@"; }

: >"$log"
if have_uv; then tools="with_uv with_pip"; else tools="with_pip"; fi

install() {
    for tool in $tools; do
        if "$tool" "$@" >>"$log" 2>&1; then return 0; fi
    done
    tail -n 20 "$log" >&2
    fail "the Python packages could not be installed; all that was said is in $log"
}

say "Installing the locked Python packages ($kind)"
install --require-hashes --requirement "deploy/requirements-$kind.txt"
install --require-hashes --requirement deploy/requirements-build.txt
install --no-deps --no-build-isolation --editable .

# where PYTHONDONTWRITEBYTECODE is set, every start of every process would compile everything again
"$bin/python" -m compileall -q -j 0 -x demo/repositories "$VENV/lib" backend/dominoci agent/dominoci_agent >>"$log" 2>&1 || true
