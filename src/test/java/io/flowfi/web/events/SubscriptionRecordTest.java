package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditLog;
import io.flowfi.audit.AuditSettings;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.time.Clocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionRecordTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path directory;
  private final AtomicInteger released = new AtomicInteger();

  private List<String> lines(Consumer<SubscriptionRecord> life) throws Exception {
    try (AuditLog audit =
        new AuditLog(
            new AuditSettings(directory, Optional.empty()),
            new Clocks(() -> NOON, System::nanoTime))) {
      audit.start();
      life.accept(
          new SubscriptionRecord(
              audit,
              () -> NOON,
              new Who("r-1", "", "127.0.0.1"),
              new LogIdentity("k3f9"),
              new Subscription("c-1", EventFilter.EVERYTHING, Optional.empty(), false),
              released::incrementAndGet));
    }
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("audit-2026-03-01.jsonl"))) {
      JsonNode entry = JSON.readTree(line);
      assertThat(entry.path("filter").asText()).isEqualTo("all=true");
      lines.add(
          entry.path("kind").asText()
              + " "
              + entry.path("after").asText("-")
              + " "
              + entry.path("through").asText("-")
              + " "
              + entry.path("reason").asText("-")
              + " "
              + entry.path("log").asText("-"));
    }
    return lines;
  }

  @Test
  void shouldSayByTheEndWhatWasSent() throws Exception {
    assertThat(
            lines(
                record -> {
                  record.began(5);
                  record.closing(CloseReason.SLOW_CLIENT);
                  record.ended(9);
                }))
        .containsExactly("subscribed 5 - - -", "unsubscribed 5 9 slow_client k3f9");
    assertThat(released).hasValue(1);
  }

  /** What was removed between 6 and 20 was not sent, and the end must not say so. */
  @Test
  void shouldCountOnlyWhatCameBehindTheLastBeginning() throws Exception {
    assertThat(
            lines(
                record -> {
                  record.began(5);
                  record.began(20);
                  record.ended(25);
                }))
        .containsExactly("subscribed 5 - - -", "subscribed 20 - - -", "unsubscribed 20 25 - k3f9");
  }

  @Test
  void shouldHaveABeginningAndAnEndThoughNothingWasSent() throws Exception {
    assertThat(lines(record -> record.ended(-1)))
        .containsExactly("subscribed - - - -", "unsubscribed - - - k3f9");
  }
}
