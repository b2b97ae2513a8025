package io.flowfi.store;

import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * The tables of a database, and the migrations that bring them up to date.
 *
 * <p>Every method throws {@link FlywayException} if the database fails or is not ours.
 */
public final class Schema {
  private final Flyway flyway;

  public Schema(Database database) {
    flyway =
        Flyway.configure(Schema.class.getClassLoader())
            .dataSource(database.migrations())
            .locations(database.dialect().migrations().toArray(String[]::new))
            .placeholders(database.dialect().placeholders())
            .load();
  }

  /**
   * A migration that this version does not know, if there is one: a later version has used the
   * database. This version could write rows that the later one does not expect, and misread the
   * rows that it finds.
   */
  public Optional<String> unknownVersion() {
    return unknown().map(MigrationInfo::getVersion).map(String::valueOf).findFirst();
  }

  /**
   * The first unknown migration that nodes of an older version cannot live with. All others only
   * add to the tables, so that old and new nodes run side by side during an upgrade; its
   * description begins with "breaking".
   */
  public Optional<String> breakingVersion() {
    return unknown()
        .filter(migration -> migration.getDescription().startsWith("breaking"))
        .map(migration -> migration.getVersion().getVersion())
        .findFirst();
  }

  private Stream<MigrationInfo> unknown() {
    return Stream.of(flyway.info().all())
        .filter(m -> m.getState().isApplied() && !m.getState().isResolved());
  }

  /** The version of the tables as they are. */
  String version() {
    return flyway.info().current().getVersion().getVersion();
  }

  /** Whether {@link #migrate} has something to do. */
  public boolean isBehind() {
    return flyway.info().pending().length > 0;
  }

  public void migrate() {
    flyway.migrate();
  }
}
