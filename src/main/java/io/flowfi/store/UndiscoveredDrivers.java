package io.flowfi.store;

import java.sql.Driver;

/**
 * Ends the JDK's search for JDBC drivers where our own begin: we name their classes, and need no
 * search. It happens once in a JVM. On Payara that is when it drops the class loader by which it
 * looked through the application: it would find our drivers by that one, and warn that the
 * application did not unregister them.
 *
 * <p>The file {@code META-INF/services/java.sql.Driver} in the WAR's own classes, which come before
 * its libraries and after the container's, names this class. There can be no object of it, and
 * {@link java.sql.DriverManager} is content with the drivers that it has found by then.
 */
public abstract class UndiscoveredDrivers implements Driver {
  private UndiscoveredDrivers() {}
}
