#!/bin/sh
# Cuts the newest entry out of CHANGES.md: the notes of a release.
set -eu
printf '\033[1;34m==> notes of %s\033[0m\n' "${DOMINO_BRANCH:-this release}"
grep '^- ' CHANGES.md | tail -n 1 >release-notes.txt
cat release-notes.txt
