#!/usr/bin/env bash
# Proves on a running installation what a client can see of the production checklist, and prints a report:
#
#   TOKEN=<an administrator's> check.sh https://events.example.com
#
# It only reads. It ends with 1 if something failed. Without TOKEN it leaves out what only an administrator can see.
# CURL_OPTIONS are for curl: --cacert, --resolve and the like. Needs curl, and openssl for the certificate.
set -uo pipefail

if [ $# -ne 1 ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
url=${1%/} failed=0 skipped=0
token=${TOKEN:-}
read -r -a options <<<"${CURL_OPTIONS:-}"
# the token reaches curl over its standard input: the list of processes is public
ask() { curl -sS --max-time 10 "${options[@]}" "$@" 2>&1; }
ask_admin() { printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -sS --max-time 10 --config - "${options[@]}" "$@" 2>&1; }

pass() { printf 'ok      %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAILED  %s\n        %s\n' "$1" "$2"; }
skip() { skipped=$((skipped + 1)); printf 'left out %s: %s\n' "$1" "$2"; }
# prove <what> <a command's output> <pattern> <what to do>
prove() {
  if [[ $2 =~ $3 ]]; then pass "$1"; else fail "$1" "$4 (got: $(head -c 200 <<<"$2" | tr -s '\r\n' ' '))"; fi
}
refuse() {
  if [[ $2 =~ $3 ]]; then fail "$1" "$4"; else pass "$1"; fi
}

printf 'FlowFi Events at %s, %s\n\n' "$url" "$(date -u +%FT%TZ)"

# --- the way to it
if [[ $url == https://* ]]; then
  head=$(ask -D - -o /dev/null "$url/")
  prove 'the pages are served over TLS with a certificate that clients believe' "$head" '^HTTP/[0-9.]+ 200' 'see docs/deploy/README.md'
  prove 'answers demand TLS from now on (HSTS)' "${head,,}" 'strict-transport-security:' 'the proxy must send X-Forwarded-Proto: https, and its address be in TRUSTED_PROXIES'
  old=$(ask --tlsv1.0 --tls-max 1.1 -o /dev/null -w '%{http_code}' "$url/")
  refuse 'TLS 1.0 and 1.1 are refused' "$old" '^[2345][0-9][0-9]$' 'allow only TLS 1.2 and newer in the proxy'
  if command -v openssl >/dev/null; then
    host=${url#https://} host=${host%%/*}
    [[ $host == *:* ]] || host=$host:443
    address=$host
    for option in "${options[@]}"; do
      # of --connect-to and --resolve
      [[ $option == "$host":* ]] && address=${option#"$host":}
    done
    [[ $address == *:* ]] || address=$address:${host##*:}
    certificate=$(openssl s_client -connect "$address" -servername "${host%:*}" </dev/null 2>/dev/null | openssl x509 -checkend $((21 * 86400)) 2>&1)
    prove 'the certificate is valid for three weeks more' "$certificate" 'will not expire' 'renew it, and look at why it was not renewed by itself'
  else
    skip 'the certificate is valid for three weeks more' 'openssl is not installed'
  fi
else
  fail 'the pages are served over TLS' 'give the https:// address that clients use; a token must never travel without it'
  head=$(ask -D - -o /dev/null "$url/")
fi
prove 'pages may run only their own scripts' "${head,,}" "content-security-policy:[^$'\n']*default-src 'self'" 'the proxy must not remove Content-Security-Policy'
prove 'browsers guess no types' "${head,,}" 'x-content-type-options: nosniff' 'the proxy must not remove X-Content-Type-Options'

# --- who may
prove 'authentication is on' "$(ask "$url/health")" '"mode" *: *"secured"' 'set JWT_SECRET or JWT_JWKS_URL'
prove 'nobody without a token reads events' "$(ask -o /dev/null -w '%{http_code}' "$url/v1/events?limit=1")" '^401$' 'set JWT_SECRET or JWT_JWKS_URL'
forged=eyJhbGciOiJub25lIn0.eyJzdWIiOiJHQSIsImV4cCI6NDEwMjQ0NDgwMCwic2NvcGUiOiJhZG1pbiJ9.
prove 'an unsigned token is refused' "$(ask -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $forged" "$url/v1/events?limit=1")" '^401$' 'something in front of the server answers for it'
refuse 'pages of other origins read nothing' "$(ask -D - -o /dev/null -H 'Origin: https://elsewhere.invalid' "$url/v1/events?limit=1" | tr '[:upper:]' '[:lower:]')" 'access-control-allow-origin' 'the proxy must not add CORS headers: CORS_ALLOWED_ORIGINS is for that'
refuse 'metrics are not for everybody' "$(ask -o /dev/null -w '%{http_code}' "$url/metrics")" '^200$' 'let the proxy refuse /metrics'
wrong=$(ask "$url/v1/streams/none")
refuse 'errors name no code' "$wrong" 'Exception|at [a-z]+\.[a-z.]+\(' 'something in front of the server, or its container, answers errors with their cause'

# --- it runs
ready=
for _ in 1 2 3 4 5; do
  ready+=$(ask -o /dev/null -w '%{http_code} ' "$url/health/ready")
  sleep 0.2
done
prove 'it is ready' "$ready" '^(200 ){5}$' 'GET /health says what is missing'
then=$(ask -D - -o /dev/null "$url/health/live" | sed -n 's/^[Dd]ate: *\(.*[A-Z]\).*/\1/p' | tail -1)
difference=$(($(date +%s) - $(date -d "${then:-@0}" +%s 2>/dev/null || echo 0)))
prove 'its clock is right (within 2 s of this machine'"'"'s)' "${difference#-}" '^[012]$' 'synchronise both: a clock that is ahead pays out early'

# --- what an administrator sees
if [ -z "$token" ]; then
  skip 'streams, nodes, addresses' 'no TOKEN'
else
  prove 'the token is an administrator'"'"'s' "$(ask_admin -o /dev/null -w '%{http_code}' "$url/v1/admin/connections")" '^200$' 'TOKEN must be of an account in ADMIN_PUBLIC_KEY, or have the scope admin'
  stream=$(ask_admin -N -i --compressed --max-time 6 -H 'X-Forwarded-For: 203.0.113.77' "$url/v1/events/subscribe?all=true&heartbeat=2")
  prove 'an event stream arrives while it is open' "$stream" '"type":"connected"' 'the proxy must not buffer text/event-stream'
  prove 'so do its heartbeats' "$stream" 'event: *heartbeat' 'the proxy must pass on each event at once'
  refuse 'event streams are not compressed' "${stream,,}" 'content-encoding' 'leave text/event-stream out of the compression'
  before=$(ask_admin -N --max-time 4 -H 'X-Forwarded-For: 203.0.113.77' "$url/v1/events/subscribe?all=true&heartbeat=2" >/dev/null & sleep 2; ask_admin "$url/v1/admin/connections"; wait)
  if [[ $before == *'"connections"'* ]]; then
    refuse 'nobody chooses the address that counts as his' "$before" '203\.0\.113\.77' 'the proxy must set X-Forwarded-For, not pass on what the client wrote'
  else
    fail 'nobody chooses the address that counts as his' "GET /v1/admin/connections says: $(head -c 200 <<<"$before")"
  fi
  nodes=$(ask_admin "$url/v1/events/stats?scope=cluster")
  count=$(grep -o '"uptime[A-Za-z]*"' <<<"${nodes#*\"cluster\"}" | wc -l)
  if [[ $nodes == *'"cluster"'* ]] && [ "$count" -gt 1 ]; then pass "$count nodes have this log"; else skip 'several nodes' 'there is one'; fi
fi

printf '\n%s failed, %s left out\n' "$failed" "$skipped"
[ "$failed" -eq 0 ]
