package io.flowfi.store.postgres;

import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Finds a data source of the container by its name. */
final class ContainerSource {
  private ContainerSource() {}

  /**
   * Looks among the application's own names, as every container has them, and then for the name as
   * it is.
   *
   * @throws IllegalStateException if there is no such data source; the message is a line for the
   *     operator
   */
  @SuppressWarnings("BanJNDI") // the name is the operator's, and no address of another server
  static DataSource named(String name) {
    for (String full : List.of("java:comp/env/" + name, name)) {
      try {
        Object found = InitialContext.doLookup(full);
        if (found instanceof DataSource source) {
          return new BorrowedSource(source);
        }
        throw new IllegalStateException(
            "DATABASE_URL names " + full + ", which is no data source (javax.sql.DataSource)");
      } catch (NameNotFoundException e) {
        continue; // the other name
      } catch (NamingException e) {
        throw new IllegalStateException(
            "DATABASE_URL: the container cannot give the data source " + full + ": " + e, e);
      }
    }
    throw new IllegalStateException(
        "DATABASE_URL names the data source " + name + ", which the container does not have");
  }
}
