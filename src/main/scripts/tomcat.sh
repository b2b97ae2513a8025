#!/usr/bin/env bash
# Runs the WAR at / on a Tomcat, in the foreground, with a fresh CATALINA_BASE. Started by plain "mvn" and by the tests.
#
#   CATALINA_HOME  an unpacked Tomcat distribution, never written to
#   CATALINA_BASE  created again at each start
#   FLOWFI_CONF    the overlay for CATALINA_BASE/conf (tomcat-conf)
#   FLOWFI_WAR     the application
#   FLOWFI_SECURED true: with authentication, with a secret for this run unless JWT_SECRET is set; prints tokens.
#                  Needs FLOWFI_CLASSES, the class path of the application, and JAVA_HOME.
#
# The rest of the environment (PORT, FLOWFI_DATA_DIR, ...) is for the application. The shell replaces itself with
# Tomcat's JVM, so a signal sent to this process reaches the JVM: SIGTERM and Ctrl-C drain and stop it.
set -euo pipefail

: "${CATALINA_HOME:?}" "${CATALINA_BASE:?}" "${FLOWFI_CONF:?}" "${FLOWFI_WAR:?}"

host="${FLOWFI_BIND:-127.0.0.1}" port="${PORT:-3001}"
case "$host" in 0.0.0.0 | ::) host=127.0.0.1 ;; esac
# the host as written in a URL
case "$host" in
  127.0.0.1) site=localhost ;;
  *:*) site="[$host]" ;;
  *) site=$host ;;
esac

# Checked before anything is changed: the base may belong to a running server.
if (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then
  echo "Port $port of $host is taken. Choose another: PORT=8080 mvn" >&2
  exit 1
fi

rm -rf "$CATALINA_BASE/conf" "$CATALINA_BASE/bin" "$CATALINA_BASE/webapps" "$CATALINA_BASE/work" "$CATALINA_BASE/temp"
mkdir -p "$CATALINA_BASE"/{conf,bin,webapps,work,temp,logs}
cp "$CATALINA_HOME/conf/catalina.properties" "$CATALINA_BASE/conf/"
cp "$FLOWFI_CONF"/*.xml "$FLOWFI_CONF"/*.properties "$CATALINA_BASE/conf/"
cp "$FLOWFI_CONF/setenv.sh" "$CATALINA_BASE/bin/"
cp "$FLOWFI_WAR" "$CATALINA_BASE/webapps/ROOT.war"

# A secret for this run, which is never shown, and a token for each role: "admin G... eyJ...", and so on.
tokens=
if [[ "${FLOWFI_SECURED:-false}" == true ]]; then
  [[ -n "${JWT_SECRET:-}" ]] || JWT_SECRET=$(head -c 32 /dev/urandom | base64)
  export JWT_SECRET
  tokens=$("$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -cp "${FLOWFI_CLASSES:?}" io.flowfi.auth.StartTokens)
fi

# The JVM stops as cleanly for SIGHUP as for SIGTERM, and exits with 129: a failure. Under nohup it ignores SIGHUP.
refused=HUP
[[ -z "$(trap -p HUP)" ]] || refused=TERM

# When the server answers: prints its addresses, or, if the application refused to start, stops the empty server.
announce() {
  local url="http://$site:$port"
  for _ in {1..240}; do
    kill -0 "$1" 2>/dev/null || return 0
    case "$(ready_status 2>/dev/null)" in
      *' 200 '*)
        printf '\nFlowFi Events is ready (Ctrl-C stops it):\n\n'
        if [[ -n "$tokens" ]]; then
          offer "$url"
        else
          printf '  %-14s %s\n' 'start page' "$url/" 'test client' "$url/test-client.html" 'console' "$url/admin/" \
            'API' "$url/docs/" 'event stream' "$url/v1/events/subscribe?all=true"
        fi
        printf '\n'
        return 0
        ;;
      *' 404 '*)
        printf '\nFlowFi Events did not start: the reason is in the log above.\n\n'
        kill -"$refused" "$1"
        return 0
        ;;
    esac
    sleep 0.25
  done
}

# How to use a secured server: the roles, and the same addresses with a sign-in for each role.
offer() {
  local role account token header
  echo '  Authentication is on. Each of these tokens is valid for eight hours, or until the server stops:'
  while read -r role account token; do
    header="-H 'Authorization: Bearer $token'"
    printf '\n  %s, %s\n' "$role" "$account"
    printf '  %-14s %s\n' 'token' "$token" 'start page' "$1/#token=$token" \
      'test client' "$1/test-client.html#token=$token" \
      'API' "$1/docs/#token=$token" \
      'event stream' "curl -N $header '$1/v1/events/subscribe?all=true'"
    [[ "$role" != admin ]] || printf '  %-14s %s\n' 'history' "curl -s $header '$1/v1/events?limit=5'" \
      'console' "$1/admin/#token=$token"
  done <<<"$tokens"
}

# The status line of the readiness page; nothing while no server listens. With an invalid address Tomcat listens on all,
# while the application refuses to start.
ready_status() (
  { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r -t 5 status <&3
  printf '%s ' "$status"
)

announce $$ &

exec bash "$CATALINA_HOME/bin/catalina.sh" run
