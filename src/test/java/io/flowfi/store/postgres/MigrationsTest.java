package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.store.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first new node migrates PostgreSQL while nodes of the version before serve it, so a migration
 * may do only what those do not notice. {@code LaterVersionTest} tries that they do not; a
 * migration whose description begins with "breaking" stops them, see {@link Schema}.
 */
class MigrationsTest {
  private static final Pattern NAME = Pattern.compile("V([0-9]+)__(\\w+)\\.sql");
  private static final Pattern COMMENT = Pattern.compile("--[^\n]*");

  /** The type of a column that may be null, or has a value where older nodes give none. */
  private static final String OPTIONAL_COLUMN =
      "[\\w${}]+( (NOT NULL )?DEFAULT (-?[0-9]+|'[^']*'))?";

  private static final List<Pattern> NOT_NOTICED =
      List.of(
          // older nodes do not use it, but must be able to delete from those that it might name
          Pattern.compile("CREATE TABLE \\w+ \\((?!.*\\bREFERENCES\\b).*"),
          // older nodes write what a unique one might refuse
          Pattern.compile("CREATE INDEX .*"),
          Pattern.compile("ALTER TABLE \\w+ ADD COLUMN \\w+ " + OPTIONAL_COLUMN));

  /** What else there is, by the version, and harms nobody. */
  private static final Map<Integer, Set<String>> HARMLESS =
      Map.of(
          // in the place of each has come one that begins with the same column
          2,
          Set.of(
              "DROP INDEX events_stream",
              "DROP INDEX events_sender",
              "DROP INDEX events_recipient"));

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String location : new PostgresDialect().migrations()) {
      try (Stream<Path> folder = Files.list(Path.of("src/main/resources").resolve(location))) {
        folder.forEach(files::add);
      }
    }
    files.sort(Comparator.comparingInt(MigrationsTest::version));
    return files;
  }

  private static Matcher name(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    assertThat(name.matches()).as("%s has a version and says what it does", file).isTrue();
    return name;
  }

  private static int version(Path file) {
    return Integer.parseInt(name(file).group(1));
  }

  private static List<String> statements(String sql) {
    return Stream.of(COMMENT.matcher(sql).replaceAll("").split(";"))
        .map(statement -> statement.strip().replaceAll("\\s+", " "))
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static boolean isNoticed(String statement) {
    return NOT_NOTICED.stream().noneMatch(pattern -> pattern.matcher(statement).matches());
  }

  @Test
  void shouldOnlyAddWhatOlderNodesDoNotNotice() throws IOException {
    List<Path> files = files();
    assertThat(files.stream().map(MigrationsTest::version))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, files.size()).boxed().toList())
        .hasSizeGreaterThan(12);
    for (Path file : files.subList(1, files.size())) {
      if (name(file).group(2).startsWith("breaking")) {
        continue;
      }
      assertThat(statements(Files.readString(file)))
          .as("%s; nodes of the version before must live with it", file)
          .isNotEmpty()
          .filteredOn(MigrationsTest::isNoticed)
          .allMatch(HARMLESS.getOrDefault(version(file), Set.of())::contains);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE events ADD COLUMN author TEXT NOT NULL",
        "ALTER TABLE events ADD COLUMN author TEXT UNIQUE",
        "ALTER TABLE events ADD COLUMN author TEXT DEFAULT random()",
        "ALTER TABLE events ADD COLUMN author BIGINT REFERENCES authors",
        "ALTER TABLE events ADD COLUMN author TEXT, DROP COLUMN sender",
        "ALTER TABLE events ADD CONSTRAINT known CHECK (type <> '')",
        "ALTER TABLE events ALTER COLUMN sender SET NOT NULL",
        "ALTER TABLE events DROP COLUMN sender",
        "ALTER TABLE events RENAME COLUMN sender TO author",
        "ALTER TABLE events RENAME TO happenings",
        "CREATE TABLE notes (seq BIGINT REFERENCES events (seq))",
        "CREATE TRIGGER each BEFORE INSERT ON events EXECUTE FUNCTION refuse()",
        "CREATE UNIQUE INDEX events_once ON events (payload)",
        "DELETE FROM events",
        "DROP INDEX events_by_type",
        "DROP TABLE events",
        "UPDATE streams SET status = 'OPEN'",
      })
  void shouldKnowWhatOlderNodesNotice(String statement) {
    assertThat(isNoticed(statement)).isTrue();
  }

  @Test
  void shouldSeeEveryStatement() {
    assertThat(
            statements(
                """
                -- not a statement; nor this
                CREATE TABLE a (
                  id INTEGER -- of it
                );
                DROP TABLE b;
                """))
        .containsExactly("CREATE TABLE a ( id INTEGER )", "DROP TABLE b");
  }
}
