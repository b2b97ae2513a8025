package io.flowfi.output;

import jakarta.servlet.AsyncContext;
import java.time.Duration;

/**
 * How long a request can be suspended without Tomcat interfering.
 *
 * <p>A time-out of some seconds is not safe, and neither is none. Once a second Tomcat (10.1.59)
 * checks the processors of all suspended requests. A request that is answered at that moment may
 * already have been replaced by another one on the same processor. If the new one is not suspended
 * yet, Tomcat takes it for overdue if there is a time-out, because it has no start time, and for
 * abandoned if there is none, because it has no context. The resulting event finds the request
 * suspended, is recognised as stale, and removes the processor from the connection ({@code
 * AbstractProtocol.ConnectionHandler.process} returns and does not put it back). What is then
 * written to that request is lost, and the connection is closed after the connector's {@code
 * connectionTimeout}. This happened to one command in several millions.
 *
 * <p>A time-out so long that even a request started in 1970 is not overdue today passes both
 * checks. No other time-out may be set after it, before the request is answered or dispatched.
 */
public final class Suspension {
  private static final long ENDLESS_MILLIS = Duration.ofDays(100 * 365).toMillis();

  private Suspension() {}

  /** Suspends a request without a limit. */
  public static void makeEndless(AsyncContext context) {
    context.setTimeout(ENDLESS_MILLIS);
  }
}
