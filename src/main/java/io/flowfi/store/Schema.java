package io.flowfi.store;

import java.util.Comparator;
import java.util.List;
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
    flyway = flyway(database, database.dialect().migrations());
  }

  private static Flyway flyway(Database database, List<String> migrations) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(database.migrations())
        .locations(migrations.toArray(String[]::new))
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

  /**
   * The version, as they are, of the tables that every kind of database has. The log is in these,
   * so it moves from one kind to another; those of one kind have numbers of the same sequence.
   */
  static String commonVersion(Database database) {
    return Stream.of(flyway(database, List.of(Dialect.COMMON_MIGRATIONS)).info().applied())
        .filter(migration -> migration.getState().isResolved())
        .map(MigrationInfo::getVersion)
        .max(Comparator.naturalOrder())
        .orElseThrow()
        .getVersion();
  }

  /** Whether {@link #migrate} has something to do. */
  public boolean isBehind() {
    return flyway.info().pending().length > 0;
  }

  public void migrate() {
    flyway.migrate();
  }
}
