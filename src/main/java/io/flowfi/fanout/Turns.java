package io.flowfi.fanout;

import java.time.Duration;

/** Gives a pump's connections their turns. Called by the pump's thread unless stated otherwise. */
interface Turns {
  /** Any thread: a connection has signals to handle. */
  void enqueue(Connection c);

  /** The connection has more to write, after others have had a turn. */
  void again(Connection c);

  /** The connection's client is ahead of the position: it gets a turn when that has changed. */
  void waitFor(Connection c);

  /** The connection has started: puts it into the index and sets its timers. */
  void joined(Connection c);

  /** The connection takes nothing new; has no effect the second time. */
  void left(Connection c);

  /** The connection has ended, if it had joined. */
  void ended(Connection c);

  /** How long the current stop may take; zero while there is none. */
  Duration stopLimit();
}
