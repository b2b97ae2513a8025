package io.flowfi.store;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;

/** The JDBC drivers of this application. */
public final class Drivers {
  private Drivers() {}

  /**
   * Takes our drivers of one kind away from DriverManager, which outlives the application and would
   * keep its class loader alive after a redeploy.
   *
   * @param kind any class of the driver's package
   */
  public static void deregister(Class<?> kind) {
    ClassLoader ours = Drivers.class.getClassLoader();
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver.getClass().getClassLoader() == ours
          && driver.getClass().getPackageName().equals(kind.getPackageName())) {
        try {
          DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
          throw new IllegalStateException("deregistering the database driver failed", e);
        }
      }
    }
  }
}
