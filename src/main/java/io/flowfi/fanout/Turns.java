package io.flowfi.fanout;

import java.time.Duration;

/** Whose turn it is on a pump, and who takes part. Called by the pump's thread if not said else. */
interface Turns {
  /** Any thread: a connection has signals to deal with. */
  void enqueue(Connection c);

  /** The connection has more to write at once, when others have had their turn. */
  void again(Connection c);

  /** The connection's client is ahead of the position: its turn comes when that has changed. */
  void waitFor(Connection c);

  /** The connection has been started: it is found by its filter and reminded of the time. */
  void joined(Connection c);

  /** The connection takes nothing new; without effect the second time. */
  void left(Connection c);

  /** The connection has ended, if it had joined. */
  void ended(Connection c);

  /** How long the stop that is under way may take; zero while there is none. */
  Duration stopLimit();
}
