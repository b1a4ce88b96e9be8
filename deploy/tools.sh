#!/bin/sh
# `tools.sh NAME…`: is each of these tools here, and new enough? One clear line for the first that is not, and exit 2.
# NAME is python, node, npm or git.
set -eu

fail() {
    printf 'dominoci: %s\n' "$1" >&2
    exit 2
}

check_python() {
    python=${PYTHON:-python3}
    command -v "$python" >/dev/null 2>&1 ||
        fail "$python is not installed: DominoCI needs Python 3.11 or newer (PYTHON=/path/to/python names another one)"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "$python is $("$python" --version 2>&1), too old: DominoCI needs 3.11 or newer (PYTHON=/path/to/python names another one)"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python cannot make virtual environments: install your system's package python3-venv"
}

check_node() {
    command -v node >/dev/null 2>&1 || fail "node is not installed: DominoCI needs Node.js 20 or newer"
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' ||
        fail "node is $(node --version), too old: DominoCI needs Node.js 20 or newer"
}

check_npm() {
    command -v npm >/dev/null 2>&1 || fail "npm is not installed: it comes with Node.js, or as your system's package npm"
}

check_git() {
    command -v git >/dev/null 2>&1 || fail "git is not installed: install your system's package git"
}

for tool in "$@"; do
    case $tool in
    python | node | npm | git) "check_$tool" ;;
    *) fail "tools.sh does not know $tool" ;;
    esac
done
