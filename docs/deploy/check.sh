#!/usr/bin/env bash
# Proves on a running installation what a client can see of the production checklist, and prints a report:
#
#   TOKEN=<an administrator's> check.sh https://events.example.com
#
# It only reads. It ends with 1 if something failed, or could not be proven because no answer told. Without TOKEN it leaves
# out what only an administrator can see.
# CURL_OPTIONS are for curl: --cacert, --resolve and the like. MOST_ADMINS, 5 without it, is how many accounts of administrators
# are still few. Needs curl, openssl for the certificate, and unzip or python3 for the settings.
set -uo pipefail

if [ $# -ne 1 ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
url=${1%/} failed=0 unknown=0 skipped=0
token=${TOKEN:-}
read -r -a options <<<"${CURL_OPTIONS:-}"
# the token reaches curl over its standard input: the list of processes is public
ask() { curl -sS --suppress-connect-headers --max-time 10 "${options[@]}" "$@" 2>&1; }
ask_admin() { printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -sS --suppress-connect-headers --max-time 10 --config - "${options[@]}" "$@" 2>&1; }

pass() { printf 'ok      %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAILED  %s\n        %s\n' "$1" "$2"; }
unproven() { unknown=$((unknown + 1)); printf 'UNKNOWN %s\n        %s\n' "$1" "$2"; }
skip() { skipped=$((skipped + 1)); printf 'left out %s: %s\n' "$1" "$2"; }
got() { printf '(got: %s)' "$(head -c 200 <<<"$1" | tr -s '\r\n' ' ')"; }
# prove <what> <a command's output> <pattern> <what to do>
prove() {
  if [[ $2 =~ $3 ]]; then pass "$1"; else fail "$1" "$4 $(got "$2")"; fi
}
# decided <what> <pattern> <what to do>: of the settings
decided() {
  if [[ $settings == '{'* ]]; then prove "$1" "$settings" "$2" "$3"; else unproven "$1" "no support bundle tells the settings $(got "$settings")"; fi
}
# refuse <what> <a command's output> <pattern of what is wrong> <pattern of an answer in which that would show> <what to do>
refuse() {
  if [[ $2 =~ $3 ]]; then
    fail "$1" "$5"
  elif [[ $2 =~ $4 ]]; then
    pass "$1"
  else
    unproven "$1" "no answer tells whether it is so $(got "$2")"
  fi
}

printf 'FlowFi Events at %s, %s\n\n' "$url" "$(date -u +%FT%TZ)"

# --- the way to it
if [[ $url == https://* ]]; then
  head=$(ask -D - -o /dev/null "$url/")
  prove 'the pages are served over TLS with a certificate that clients believe' "$head" '^HTTP/[0-9.]+ 200' 'see docs/deploy/README.md'
  prove 'answers demand TLS from now on (HSTS)' "${head,,}" 'strict-transport-security:' 'the proxy must send X-Forwarded-Proto: https, and its address be in TRUSTED_PROXIES'
  # at its usual level of security OpenSSL refuses them itself, which would say nothing of the server
  old=$(ask --tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 -o /dev/null -w ' %{http_code}' "$url/")
  [[ $head =~ ^HTTP/ ]] || old="not over a newer one either: $head"
  refuse 'TLS 1.0 and 1.1 are refused' "$old" ' [1-5][0-9][0-9]$|curl: \((51|60)\)' 'curl: \(35\).*(alert|reset|eof|SYSCALL)' 'allow only TLS 1.2 and newer in the proxy'
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
refuse 'pages of other origins read nothing' "$(ask -D - -o /dev/null -H 'Origin: https://elsewhere.invalid' "$url/v1/events?limit=1" | tr '[:upper:]' '[:lower:]')" 'access-control-allow-origin' '^http/[0-9.]+ (200|401)' 'the proxy must not add CORS headers: CORS_ALLOWED_ORIGINS is for that'
refuse 'metrics are not for everybody' "$(ask -o /dev/null -w '%{http_code}' "$url/metrics")" '^200$' '^(30[1-8]|40[134])$' 'let the proxy refuse /metrics'
wrong=$(ask -w ' %{http_code}' "$url/v1/streams/none")
refuse 'errors name no code' "$wrong" 'Exception|at [a-z]+\.[a-z.]+\(' ' 40[0134]$' 'something in front of the server, or its container, answers errors with their cause'

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
  skip 'streams, nodes, addresses, settings' 'no TOKEN'
else
  prove 'the token is an administrator'"'"'s' "$(ask_admin -o /dev/null -w '%{http_code}' "$url/v1/admin/connections")" '^200$' 'TOKEN must be of an account in ADMIN_PUBLIC_KEY, or have the scope admin'
  stream=$(ask_admin -N -i --compressed --max-time 6 -H 'X-Forwarded-For: 203.0.113.77' "$url/v1/events/subscribe?all=true&heartbeat=2")
  bundle=$(mktemp)
  trap 'rm -f "$bundle"' EXIT
  settings=$(ask_admin -o "$bundle" -w 'status %{http_code}' "$url/v1/admin/support-bundle")
  if [[ $settings == 'status 200' ]]; then
    settings=$(unzip -p "$bundle" settings.json 2>&1 || python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("settings.json").decode())' "$bundle" 2>&1)
  fi
  decided 'iss and aud of tokens are checked' '"JWT_AUDIENCE":.*"JWT_ISSUER":' 'set JWT_ISSUER and JWT_AUDIENCE: else a token that the issuer made for another service is good here'
  admins=$(sed -n 's/.*"ADMIN_PUBLIC_KEY":"\([^"]*\)".*/\1/p' <<<"$settings" | tr ',' '\n' | grep -c .)
  few="administrators by account are few, ${MOST_ADMINS:-5} at most"
  if [[ $settings == '{'* ]] && [ "$admins" -gt "${MOST_ADMINS:-5}" ]; then
    fail "$few" "take accounts out of ADMIN_PUBLIC_KEY (it has $admins)"
  else
    decided "$few" '^' ''
  fi
  refuse 'rates are limited' "$settings" '"RATE_LIMIT":"off"' '^\{' 'RATE_LIMIT=off is for load tests'
  decided 'how long events are kept is decided' '"EVENT_RETENTION":' 'set EVENT_RETENTION, to unlimited if that is what you want'
  decided 'how long the audit log is kept is decided' '"AUDIT_RETENTION":' 'set AUDIT_RETENTION, to unlimited if that is what you want'
  if [[ $settings =~ '"EVENT_RETENTION":"'([0-9,]*,)?([0-9]+)d ]]; then
    # the newest event stays, whatever its age; those of a chain may be a week old when they come, and ages may wait for the clock for two days
    oldest=$(ask_admin "$url/v1/events?order=asc&limit=2")
    age=$(sed -n 's/.*"timestamp":\([0-9]*\),"data":.*"timestamp":[0-9]*,"data":.*/\1/p' <<<"$oldest")
    past=$(($(date +%s) - (BASH_REMATCH[2] + 9) * 86400))
    if [[ $oldest != '{"events":['* ]]; then
      unproven 'older events are gone' "no answer tells how old the oldest is $(got "$oldest")"
    elif [ "${age:-$past}" -lt "$past" ]; then
      fail 'older events are gone' "the log of the server and /health say why none is removed (the oldest is of $(date -u -d "@$age" +%F))"
    else
      pass 'older events are gone'
    fi
  fi
  prove 'nobody has taken the node out of the traffic' "$(ask_admin "$url/v1/admin/drain")" '"state":"serving"' 'DELETE /v1/admin/drain takes it back'
  prove 'an event stream arrives while it is open' "$stream" '"type":"connected"' 'the proxy must not buffer text/event-stream'
  prove 'so do its heartbeats' "$stream" 'event: *heartbeat' 'the proxy must pass on each event at once'
  refuse 'event streams are not compressed' "${stream,,}" 'content-encoding' 'content-type: *text/event-stream' 'leave text/event-stream out of the compression'
  # the stream tells its id, by which it is found in the list: of all nodes, for another one may have answered
  seen=$(ask_admin -N --max-time 4 -H 'X-Forwarded-For: 203.0.113.77' "$url/v1/events/subscribe?all=true&heartbeat=2" & sleep 2; ask_admin "$url/v1/admin/connections?scope=cluster&sort=age&order=asc&limit=1000"; wait)
  id=none
  [[ $seen =~ '"type":"connected","clientId":"'([A-Za-z0-9-]+) ]] && id=${BASH_REMATCH[1]}
  refuse 'nobody chooses the address that counts as his' "${seen/\"clientId\":\"$id/}" '203\.0\.113\.77' "\"clientId\":\"$id\"" 'the proxy must set X-Forwarded-For, not pass on what the client wrote'
  nodes=$(ask_admin "$url/v1/events/stats?scope=cluster")
  count=$(grep -o '"uptime[A-Za-z]*"' <<<"${nodes#*\"cluster\"}" | wc -l)
  if [[ $nodes == *'"cluster"'* ]] && [ "$count" -gt 1 ]; then
    pass "$count nodes have this log"
    # 0, 0s and PT0S are no time
    decided 'a node that stops leaves its balancer and its clients time' '"DRAIN_DELAY":"[^"]*[1-9].*"DRAIN_WINDOW":"[^"]*[1-9]' 'set DRAIN_DELAY and DRAIN_WINDOW, see docs/scaling.md'
  elif [[ $nodes == '{'*'"connections'* ]]; then
    skip 'several nodes, and time for a node that stops' 'there is one'
  else
    unproven 'several nodes' "no answer tells how many there are $(got "$nodes")"
  fi
fi

printf '\n%s failed, %s could not be proven, %s left out\n' "$failed" "$unknown" "$skipped"
[ $((failed + unknown)) -eq 0 ]
