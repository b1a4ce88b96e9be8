#!/bin/sh
# Makes the secrets of docker-compose.yml under deploy/secrets/, each once: what is there already stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

random() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; }

[ -s database_password ] || random 40 >database_password
[ -s database_url ] ||
    printf 'mysql+pymysql://dominoci:%s@db:3306/dominoci?charset=utf8mb4' "$(cat database_password)" >database_url
[ -s secret_key ] || random 64 >secret_key

# compose mounts the files as they are, and inside the containers another user reads them; the folder keeps others out
chmod 644 database_password database_url secret_key
