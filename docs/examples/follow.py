#!/usr/bin/env python3
"""Follows payment streams with nothing but the standard library (Python 3.9 or newer).

    TOKEN=... python3 follow.py 'http://localhost:3001/v1/events/subscribe?all=true'

Prints a line for each event: its position, its type, its data. `start over` means that the lines before are not true
any more: the server has another log, or does not know our position.
"""
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

SILENCE = float(os.environ.get("SILENCE", 45))  # seconds; heartbeats come more often, so then the connection is dead
FINAL = (400, 401, 403, 404, 406, 409)  # will be refused again


def blocks(lines):
    """The complete blocks of an event stream. One that is cut off is dropped: the next connection brings it whole."""
    block = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        if name:
            value = value.removeprefix(" ")
            block[name] = f"{block[name]}\n{value}" if name == "data" and name in block else value
        elif line.endswith(b"\n"):
            yield block
            block = {}


def follow(url, log=None, position=0):
    """Yields (log, position, type, data) forever, beginning after `position`.

    Store log and position when you have handled the rest. The type `reset` says that everything before is to be
    forgotten; all events that there are follow.
    """
    retry, failures = 1.0, 0
    while True:
        pause = 0.0
        cursor = f"{position}.{log}" if log else str(position)  # the `id` of an event: so the server sees which log is meant
        request = urllib.request.Request(url, headers={"Accept": "text/event-stream", "Last-Event-ID": cursor})
        if "TOKEN" in os.environ:
            request.add_header("Authorization", "Bearer " + os.environ["TOKEN"])
        try:
            with urllib.request.urlopen(request, timeout=SILENCE) as answer:
                for block in blocks(answer):
                    kind, at = block.get("event", "message"), int((block.get("id") or "0").split(".")[0])
                    if "retry" in block:
                        retry = int(block["retry"]) / 1000
                    if not block.get("data"):
                        continue  # a comment, or a message that says nothing
                    data = json.loads(block["data"])
                    if kind == "reset" or (kind == "message" and log not in (None, data["log"])):
                        log, position = data.get("log", log), 0
                        yield log, position, "reset", data
                        break
                    if kind == "message":
                        log, failures = data["log"], 0
                    elif kind == "reconnect":
                        print("server says:", data["reason"], file=sys.stderr)
                        position = max(position, at)
                        break
                    elif at > position:  # what has no position is not in the log: a notice
                        yield log, at, kind, data
                        position = at
        except urllib.error.HTTPError as refused:
            if refused.code in FINAL:
                raise
            pause = float(refused.headers.get("Retry-After", 0))
        except (OSError, http.client.HTTPException) as lost:  # a time-out, too
            print("connection lost:", lost, file=sys.stderr)
        wait = max(retry, min(30.0, retry * 2**failures) * random.uniform(0.5, 1))
        failures += 1
        time.sleep(max(pause, wait))


if __name__ == "__main__":
    for _, position, kind, data in follow(sys.argv[1]):
        if kind == "reset":
            print("start over", flush=True)
        elif kind != "heartbeat":
            print(position, kind, json.dumps(data), flush=True)
