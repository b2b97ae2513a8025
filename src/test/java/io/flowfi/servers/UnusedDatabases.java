package io.flowfi.servers;

import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Drops the databases of a test class after it: those of all tests are gigabytes, which the end of
 * the JVM would have to delete in the 30 seconds that it gets.
 */
public final class UnusedDatabases implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    if (context
        .getTestClass()
        .flatMap(of -> Optional.ofNullable(of.getEnclosingClass()))
        .isEmpty()) {
      PostgresServer.dropUnused();
    }
  }
}
