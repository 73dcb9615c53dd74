#!/bin/sh
# Makes the secrets of compose.yaml that are not there yet, a file for each in ./secrets, readable by the program's user (1000) only:
#   sh deploy/secrets.sh
# Run again it changes nothing but what is to be changed: certificates of the last 60 days of their 397 are made anew, the address of
# Redis is one that encrypts, and that of ClamAV in .env its socket. What a .env of earlier versions holds of secrets is taken over, and may
# be taken out of there afterwards. field_key, smtp_url and metrics_token stay empty until somebody fills them in; an empty file is as good
# as none (docs/settings.md).
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
sed -i 's|^redis://\(.*@redis:6379/0\)$|rediss://\1?ssl_ca_certs=/run/secrets/authority|' secrets/redis_url
[ ! -f .env ] || sed -i 's|^SURVEY_CLAMAV=clamav:3310$|SURVEY_CLAMAV=unix:/run/clamav/clamd.sock|' .env
password=$(sed 's|^rediss*://:||; s|@.*||' secrets/redis_url)
kept redis_config "requirepass $password"

# Services know each other by certificates of an authority of this installation. Its key is no service's; each has its own with its
# certificate. All are made anew together, so that the end of one, which /readyz warns of, is the end of all.
day=86400 life=397
curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
export NAMES=
# shellcheck disable=SC2086 # one word for each option
if ! openssl x509 -in secrets/authority -noout -checkend $((day * life)) >/dev/null 2>&1; then
  openssl req -x509 $curve -config authority.cnf -extensions authority -subj "/O=Supervision Survey/CN=$(openssl rand -hex 4)" -days 3652 \
    -keyout secrets/authority_key -out secrets/authority 2>/dev/null
fi
lasts() { openssl verify -CAfile secrets/authority -attime $(($(date +%s) + day * 60)) "secrets/$1_certificate" >/dev/null 2>&1; }
# shellcheck disable=SC2086
if ! { lasts database && lasts redis && lasts web; }; then
  for each in database redis web; do
    NAMES=DNS:$each
    [ $each != web ] || NAMES="$NAMES, DNS:localhost"
    openssl req $curve -config authority.cnf -subj "/CN=$each" -keyout secrets/made.key -out secrets/made.csr 2>/dev/null
    openssl x509 -req -in secrets/made.csr -CA secrets/authority -CAkey secrets/authority_key -set_serial "0x$(openssl rand -hex 16)" \
      -days $life -extfile authority.cnf -extensions server -out secrets/made.pem 2>/dev/null
    cat secrets/made.key secrets/made.pem >"secrets/${each}_certificate"
    rm secrets/made.*
  done
  echo "Certificates were made; start the services anew."
fi
[ "$(id -u)" != 0 ] || chown -R 1000:1000 secrets
ls -l secrets
