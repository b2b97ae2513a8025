package io.flowfi.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditSearchTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final int A_DAY = 5_000;

  @TempDir private Path directory;

  /** Three days, an entry each four seconds from noon, every tenth of G2. */
  @BeforeEach
  void write() throws Exception {
    for (int day = 1; day <= 3; day++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < A_DAY; i++) {
        lines.add(line(day, i));
      }
      Files.write(file(day), lines);
    }
    Files.writeString(directory.resolve("notes.txt"), line(1, 1));
  }

  private static String line(int day, int i) {
    return "{\"at\":\""
        + at(day, i)
        + "\",\"kind\":\"command\",\"account\":\"G"
        + (i % 10 == 0 ? 2 : 3)
        + "\",\"path\":\"/v1/streams/"
        + i
        + "\",\"status\":200,\"day\":"
        + day
        + "}";
  }

  private static Instant at(int day, int i) {
    return NOON.plusSeconds(86_400L * (day - 1) + 4L * i);
  }

  private Path file(int day) {
    return directory.resolve("audit-2026-03-0" + day + ".jsonl");
  }

  private static AuditQuery query(
      Map<String, String> fields, Instant since, Instant until, int limit, AuditMark from) {
    return new AuditQuery(
        fields,
        entry -> true,
        Optional.ofNullable(since),
        Optional.ofNullable(until),
        limit,
        Optional.ofNullable(from));
  }

  private static List<String> paths(List<JsonNode> entries) {
    return entries.stream()
        .map(
            entry ->
                entry.path("day").asText() + entry.path("path").asText().replace("/v1/streams", ""))
        .toList();
  }

  private static List<String> places(int day, int last, int step, int count) {
    return IntStream.range(0, count).mapToObj(i -> day + "/" + (last - i * step)).toList();
  }

  @Test
  void shouldFindTheNewestFirstPageByPage() {
    AuditSearch search = new AuditSearch(directory, AuditSearch.MOST_BYTES);
    Map<String, String> fields = Map.of("account", "G2");
    List<String> all = new ArrayList<>();
    AuditFindings page = search.find(query(fields, null, null, 7, null));
    assertThat(paths(page.entries())).isEqualTo(places(3, 4_990, 10, 7));
    while (page.next().isPresent()) {
      all.addAll(paths(page.entries()));
      AuditMark mark = AuditMark.parse(page.next().get().toString());
      page = search.find(query(fields, null, null, 7, mark));
    }
    all.addAll(paths(page.entries()));
    List<String> expected = new ArrayList<>();
    for (int day = 3; day >= 1; day--) {
      expected.addAll(places(day, 4_990, 10, 500));
    }
    assertThat(all).isEqualTo(expected);
  }

  @Test
  void shouldGoToATimeWithoutReadingWhatIsBehindIt() {
    // a page of the test's own time, far from the ends of a file of half a megabyte
    AuditSearch search = new AuditSearch(directory, 300_000);
    AuditFindings page = search.find(query(Map.of(), at(2, 990), at(2, 1_000), 100, null));
    assertThat(paths(page.entries())).isEqualTo(places(2, 1_000, 1, 11));
    assertThat(page.next()).isEmpty();
    search = new AuditSearch(directory, AuditSearch.MOST_BYTES);
    assertThat(paths(search.find(query(Map.of(), null, at(3, 2), 5, null)).entries()))
        .containsExactly("3/2", "3/1", "3/0", "2/4999", "2/4998");
    assertThat(search.find(query(Map.of(), at(3, A_DAY), null, 5, null)).entries()).isEmpty();
    assertThat(search.find(query(Map.of(), null, at(1, -1), 5, null)).entries()).isEmpty();
  }

  @Test
  void shouldReadNoMoreAtOnceThanItMayAndSayHowFarItCame() {
    AuditSearch search = new AuditSearch(directory, 300_000);
    Map<String, String> nobody = Map.of("account", "G9");
    AuditFindings page = search.find(query(nobody, null, null, 5, null));
    int pages = 1;
    Instant before = at(3, A_DAY);
    while (page.next().isPresent()) {
      assertThat(page.searchedTo().orElseThrow()).isBefore(before);
      before = page.searchedTo().orElseThrow();
      page = search.find(query(nobody, null, null, 5, page.next().get()));
      pages++;
    }
    assertThat(pages).isGreaterThan(3);
    assertThat(page.entries()).isEmpty();
  }

  @Test
  void shouldLeaveOutWhatIsNoWholeEntry() throws Exception {
    Files.writeString(
        file(3),
        "{\"at\":\"2026-03-03T20:00:00Z\",\"account\":\"G2\",\n\nnot json\n"
            + line(3, 6_000)
            + "\n{\"at\":\"2026-03",
        StandardOpenOption.APPEND);
    AuditSearch search = new AuditSearch(directory, AuditSearch.MOST_BYTES);
    assertThat(paths(search.find(query(Map.of(), null, null, 2, null)).entries()))
        .containsExactly("3/6000", "3/4999");
    Files.delete(file(1));
    Files.delete(file(2));
    Files.writeString(file(3), "");
    assertThat(search.find(query(Map.of(), null, NOON, 2, null)).entries()).isEmpty();
  }
}
