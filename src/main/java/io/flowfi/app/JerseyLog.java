package io.flowfi.app;

import java.io.IOException;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.glassfish.jersey.server.internal.process.MappableException;

/**
 * Keeps Jersey from logging harmless events, until closed.
 *
 * <p>Tomcat's log manager (JULI) keeps the loggers of an application by its class loader, and only
 * as long as that lives. But it holds the loggers themselves, these hold their filters, and our
 * filter holds the class loader. So a filter that stays would keep the application in memory
 * forever.
 */
final class JerseyLog implements AutoCloseable {
  // Kept here, because a logger without a reference to it loses its settings.
  private final Logger providers =
      Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");
  private final Logger answers =
      Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

  private final Filter found = answers.getFilter();

  JerseyLog() {
    // Jersey warns that a resource registered as an object is no provider, but it need not be one.
    providers.setLevel(Level.SEVERE);
    // It also logs as severe, with a stack trace, when a client leaves in the middle of an answer.
    if (loggersAreOurOwn()) {
      answers.setFilter(record -> !isClientGone(record.getThrown()));
    }
  }

  /** Outside Tomcat other applications would share the filter. */
  private static boolean loggersAreOurOwn() {
    return LogManager.getLogManager().getClass().getName().startsWith("org.apache.juli.");
  }

  /** Answers are written from memory, so an I/O error means that the client is gone. */
  private static boolean isClientGone(Throwable thrown) {
    return thrown instanceof MappableException && thrown.getCause() instanceof IOException;
  }

  @Override
  public void close() {
    answers.setFilter(found);
  }
}
