package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What it misses would be a delivery that the report calls lost. */
class MarkerScannerTest {
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final MarkerScanner scanner = new MarkerScanner(buffer);
  private final MarkerScanner.Tail tail = new MarkerScanner.Tail();
  private final List<Long> found = new ArrayList<>();

  private void read(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    buffer.put(MarkerScanner.HEADROOM, bytes);
    scanner.scan(MarkerScanner.HEADROOM + bytes.length, tail, found::add);
  }

  private static String marker(long micros) {
    return "tmk%016d".formatted(micros);
  }

  @Test
  void shouldFindMarkersBesideEachOtherAndAtBothEnds() {
    read(marker(1) + marker(2) + "\n\ndata: " + marker(3));
    assertThat(found).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldFindAMarkerWhereverItIsDivided() {
    for (int cut = 1; cut < MarkerScanner.MARKER; cut++) {
      String text = "data: " + marker(cut);
      read(text.substring(0, 6 + cut));
      read(text.substring(6 + cut) + "\n\n");
    }
    assertThat(found).hasSize(MarkerScanner.MARKER - 1).isSorted().endsWith(18L);
  }

  @Test
  void shouldFindAMarkerThatComesByteByByte() {
    for (char c : ("k" + marker(77) + "k").toCharArray()) {
      read(String.valueOf(c));
    }
    assertThat(found).containsExactly(77L);
  }

  @Test
  void shouldNotTakeOtherTextForMarkers() {
    read("tmk12345678901234");
    read("tmk123456789012345x tmK1234567890123456 tk1234567890123456 mk1234567890123456 kkkk");
    assertThat(found).isEmpty();
  }

  @Test
  void shouldFindEachOnceInAnyStreamHoweverItIsCut() {
    Random random = new Random(26);
    StringBuilder stream = new StringBuilder();
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      long micros = random.nextLong(1L << 50);
      all.add(micros);
      stream.append(marker(micros));
      for (int noise = random.nextInt(30); noise > 0; noise--) {
        stream.append("tmk 0129\n".charAt(random.nextInt(9)));
      }
      stream.append('\n'); // so that no noise runs into a marker
    }
    for (int at = 0; at < stream.length(); ) {
      int end = Math.min(stream.length(), at + 1 + random.nextInt(200));
      read(stream.substring(at, end));
      at = end;
    }
    assertThat(found).isEqualTo(all);
  }
}
