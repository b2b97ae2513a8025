#!/usr/bin/env bash
# Follows payment streams with bash and curl:
#
#   TOKEN=... bash follow.sh 'http://localhost:3001/v1/events/subscribe?all=true'
#
# Prints a line for each event: its position, its type, its data. `start over` means that the lines before are not true
# any more: the server has another log, or does not know our position.
set -u
url=$1 silence=${SILENCE:-45} # seconds; heartbeats come more often, so then the connection is dead
position=0 log='' last=0 retry=1000 failures=0
auth=()
[ -z "${TOKEN:-}" ] || auth=(-H "Authorization: Bearer $TOKEN")

# A complete block. Fails if there is no reason to read on.
block() {
  case $type in
    message)
      local name
      name=$(sed -n 's/.*"log":"\([^"]*\)".*/\1/p' <<<"$data")
      [ -z "$name" ] && return 0 # not `connected`
      [ -n "$log" ] && [ "$log" != "$name" ] && type=reset
      log=$name
      [ "$type" = reset ] || failures=0
      ;;
    reconnect)
      echo "server says: $data" >&2
      move
      return 1
      ;;
  esac
  if [ "$type" = reset ]; then
    position=0 last=0
    echo 'start over'
    return 1
  fi
  # what has no position is not in the log: a notice
  [ -n "$id" ] && [ "$type" != message ] && [ "${id%%.*}" -gt "$position" ] || return 0
  [ "$type" = heartbeat ] || echo "${id%%.*} $type $data"
  move
}

# An id is a position and its log, such as 42.k3f9. It goes back as it is.
move() {
  [ -z "$id" ] || position=${id%%.*} last=$id
}

while :; do
  status=0 after=0 type=message data='' id=''
  # -i: the status and the headers come first. A line without an end, where the connection was cut, is not read.
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      HTTP/*) read -r _ status _ <<<"$line" ;;
      [Rr]etry-[Aa]fter:*) after=${line#*: } ;;
      'retry: '*) retry=${line#*: } ;;
      'event: '*) type=${line#*: } ;;
      'data: '*) data=${line#*: } ;;
      'id: '*) id=${line#*: } ;;
      '')
        [ -z "$data" ] || [ "$status" != 200 ] || block || break
        type=message data='' id=''
        ;;
    esac
  done < <(exec curl -siN --connect-timeout 10 --speed-limit 1 --speed-time "$silence" \
    "${auth[@]}" -H 'Accept: text/event-stream' -H "Last-Event-ID: $last" "$url")
  kill $! 2>/dev/null
  case $status in
    400 | 401 | 403 | 404 | 406 | 409)
      echo "refused: $status" >&2
      exit 1
      ;;
  esac
  # in milliseconds: `retry`, twice as long after each failure, up to 30 s, with some chance in it
  wait=$((retry << (failures < 5 ? failures : 5)))
  wait=$(((wait < 30000 ? wait : 30000) * (50 + RANDOM % 51) / 100))
  wait=$((wait > retry ? wait : retry))
  wait=$((wait > after * 1000 ? wait : after * 1000))
  failures=$((failures + 1))
  sleep "$((wait / 1000)).$(printf %03d $((wait % 1000)))"
done
