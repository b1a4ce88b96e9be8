#!/bin/sh
# Runs what was put together, the way people will.
set -eu
printf '\033[1;34m==> app.pyz runs\033[0m\n'
python3 app.pyz about
for part in net ui; do
  if [ ! -d "upstream/$part" ]; then
    printf '  \033[33m! without %s the app can only tell about itself\033[0m\n' "$part"
    exit 0
  fi
done
python3 app.pyz card "${DOMINO_PROJECT:-World}"
python3 app.pyz card --style double 'The row falls'
python3 app.pyz send Ada Grace Edsger
