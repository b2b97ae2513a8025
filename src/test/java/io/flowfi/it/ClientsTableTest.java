package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/clients.md} have the clients that {@link ClientsIT} runs, in these
 * versions, and no others.
 */
class ClientsTableTest {
  /** Neither a package of npm nor one of Maven. */
  private static final Set<String> NOT_RUN =
      Set.of(
          "Chromium 156", // ExamplePagesIT has plain.html in the one that is installed
          "Firefox 153", // none is installed
          "curl 7.88.1"); // ExamplesIT has follow.sh with the one that is installed

  /** The kinds of tables whose first column is a client, by the beginning of their second one. */
  private enum Kind {
    RUN("| client | version |"),
    ENDS("| client | after a clean end |"),
    NOT_RUN("| client | why not |");

    private final String head;

    Kind(String head) {
      this.head = head;
    }

    /** The name and the version of each row of such tables. */
    List<String> rows() throws IOException {
      List<String> rows = new ArrayList<>();
      boolean inside = false;
      for (String line : Files.readAllLines(Path.of("docs/clients.md"))) {
        if (inside && line.startsWith("| ")) {
          String[] cells = line.split(" ?\\| ?");
          rows.add(this == RUN ? cells[1] + " " + cells[2] : cells[1]);
        }
        inside = line.startsWith(head) || inside && line.startsWith("|");
      }
      return rows;
    }
  }

  private static Stream<PublishedClient> run() throws Exception {
    return Stream.concat(NpmClients.named().stream(), JavaClients.named().stream());
  }

  private static List<String> namesOf(Stream<PublishedClient> clients) {
    return clients.map(client -> client.name() + " " + client.version()).toList();
  }

  @Test
  void shouldHaveThoseThatAreRunAndNoOthers() throws Exception {
    assertThat(Kind.RUN.rows()).containsExactlyInAnyOrderElementsOf(namesOf(run()));
  }

  @Test
  void shouldSayOfEachWhatItMakesOfTheEndOfAStream() throws Exception {
    assertThat(Kind.ENDS.rows())
        .containsExactlyInAnyOrderElementsOf(namesOf(run().filter(PublishedClient::connects)));
  }

  @Test
  void shouldSayWhichAreNotRun() throws Exception {
    assertThat(Kind.NOT_RUN.rows()).containsExactlyInAnyOrderElementsOf(NOT_RUN);
  }

  @Test
  void shouldHaveNoOtherTablesOfClients() throws Exception {
    assertThat(Files.readAllLines(Path.of("docs/clients.md")))
        .filteredOn(line -> line.startsWith("| client |"))
        .allMatch(line -> Stream.of(Kind.values()).anyMatch(kind -> line.startsWith(kind.head)));
  }
}
