#!/bin/sh
# Makes the secrets of compose.yaml that are not there yet, a file for each in ./secrets, readable by the program's user (1000) only:
#   sh deploy/secrets.sh
# Run again it changes nothing. What a .env of earlier versions holds is taken over, and may be taken out of there afterwards. field_key,
# smtp_url and metrics_token stay empty until somebody fills them in; an empty file is as good as none (docs/settings.md).
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
told() { sed -n "s/^$1=//p" .env 2>/dev/null | tail -n 1; }
random() { openssl rand -hex 32; }
kept() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
either() { [ -n "$1" ] && echo "$1" || random; }

for each in secret_key=SURVEY_SECRET_KEY backup_key=SURVEY_BACKUP_KEY postgres_password=POSTGRES_PASSWORD; do
  kept "${each%%=*}" "$(either "$(told "${each#*=}")")"
done
for each in field_key=SURVEY_FIELD_KEY smtp_url=SURVEY_SMTP_URL metrics_token=SURVEY_METRICS_TOKEN; do
  kept "${each%%=*}" "$(told "${each#*=}")"
done
kept owner_database_url "postgresql+psycopg://survey:$(cat secrets/postgres_password)@database/survey"
kept daily_database_url "postgresql+psycopg://daily:$(either "$(told DAILY_PASSWORD)")@database/survey"
kept redis_url "redis://:$(either "$(told REDIS_PASSWORD)")@redis:6379/0"
password=$(sed 's|^redis://:||; s|@.*||' secrets/redis_url)
kept redis_config "requirepass $password"
[ "$(id -u)" != 0 ] || chown -R 1000:1000 secrets
ls -l secrets
