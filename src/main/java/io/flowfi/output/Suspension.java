package io.flowfi.output;

import jakarta.servlet.AsyncContext;
import java.time.Duration;

/**
 * How long a request may be suspended on Tomcat without Tomcat's doing anything about it.
 *
 * <p>Neither with a time-out of some seconds nor with none. Once a second Tomcat (10.1.59) goes
 * through the processors of all suspended requests. One that is answered at that moment may be
 * serving another request by the time it is looked at. If that is not suspended yet, it is taken
 * for overdue by a time-out, because it has no beginning, and for abandoned without one, because it
 * has no context. The event made of this finds the request suspended, is recognised as stale, and
 * takes the processor from the connection ({@code AbstractProtocol.ConnectionHandler.process}
 * returns and does not put it back): what is written to that request then goes nowhere, and the
 * connection is closed after the connector's {@code connectionTimeout}. It met one command in
 * several millions.
 *
 * <p>A time-out that ends after today even for a request that began in 1970 passes both looks. It
 * has to be the last that is set before the request is answered or dispatched.
 */
public final class Suspension {
  private static final long ENDLESS_MILLIS = Duration.ofDays(100 * 365).toMillis();

  private Suspension() {}

  /** Suspends a request for as long as it takes. */
  public static void makeEndless(AsyncContext context) {
    context.setTimeout(ENDLESS_MILLIS);
  }
}
