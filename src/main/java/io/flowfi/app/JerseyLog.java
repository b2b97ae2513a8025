package io.flowfi.app;

import java.io.IOException;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.glassfish.jersey.server.internal.process.MappableException;

/**
 * Keeps Jersey from logging what is nobody's trouble, until closed.
 *
 * <p>Tomcat's log manager (JULI) keeps the loggers of an application by its class loader, and only
 * as long as that lives; but it holds the loggers themselves, these hold their filters, and a
 * filter of ours holds the class loader. So a filter that stays keeps the application in memory for
 * ever.
 */
final class JerseyLog implements AutoCloseable {
  // Kept here because a logger nobody refers to loses what it was told.
  private final Logger providers =
      Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");
  private final Logger answers =
      Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

  private final Filter found = answers.getFilter();

  JerseyLog() {
    // Jersey warns that a resource registered as an object is no provider, which it need not be.
    providers.setLevel(Level.SEVERE);
    // It also calls it severe, with a stack trace, that a client leaves in the middle of an answer.
    if (loggersAreOurOwn()) {
      answers.setFilter(record -> !isClientGone(record.getThrown()));
    }
  }

  /** Elsewhere than on Tomcat a filter would be everybody's. */
  private static boolean loggersAreOurOwn() {
    return LogManager.getLogManager().getClass().getName().startsWith("org.apache.juli.");
  }

  /** Answers are written from memory: what fails by input or output is the way to the client. */
  private static boolean isClientGone(Throwable thrown) {
    return thrown instanceof MappableException && thrown.getCause() instanceof IOException;
  }

  @Override
  public void close() {
    answers.setFilter(found);
  }
}
