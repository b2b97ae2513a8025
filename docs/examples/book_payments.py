#!/usr/bin/env python3
"""Books every payment exactly once, whatever is killed and when. Python 3.9 or newer, nothing else.

    TOKEN=... python3 book_payments.py 'http://localhost:3001/v1/events/subscribe?all=true' books.db

A booking and the position of its event are committed in one transaction: both are there, or neither. So the next start
goes on exactly behind the last booking. The same holds for a service that calls others: commit the call that is to be
made together with the position, make it afterwards, and send `log:position` along as its idempotency key.
"""
import sqlite3
import sys

from follow import follow

SCHEMA = """
create table if not exists place (one integer primary key check (one = 1), log text not null, position integer not null);
create table if not exists payment (
  position integer primary key, stream text not null, recipient text not null,
  amount text not null); -- up to 39 digits: no number of SQLite holds them
create index if not exists payment_stream on payment (stream);
"""


def paid(db, kind, data):
    """What this event pays out; None if it does not."""
    if kind == "stream.withdrawn":
        return int(data["amount"])
    if kind == "stream.cancelled":  # it names the sum of all payments of the stream
        booked = db.execute("select amount from payment where stream = ?", (data["streamId"],))
        return int(data["amountWithdrawn"]) - sum(int(amount) for (amount,) in booked)
    return None


db = sqlite3.connect(sys.argv[2])
db.executescript("pragma journal_mode=wal; pragma synchronous=full;" + SCHEMA)
place = db.execute("select log, position from place").fetchone() or (None, 0)

for log, position, kind, data in follow(sys.argv[1], *place):
    with db:  # one transaction
        amount = paid(db, kind, data)
        if kind == "reset" and data.get("reason") == "history_trimmed":  # what is booked was paid, but some is missing
            print("payments may be missing: compare withdrawnAmount of their streams", file=sys.stderr)
        elif kind == "reset":  # another log: none of these events are in it, and it is read from its beginning
            db.execute("delete from payment")
        elif amount:
            booking = (position, data["streamId"], data["recipient"], str(amount))
            db.execute("insert into payment values (?, ?, ?, ?)", booking)
        db.execute("insert or replace into place values (1, ?, ?)", (log, position))
    if amount:
        print(position, kind, amount, flush=True)
