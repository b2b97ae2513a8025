package io.flowfi.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.audit.AuditLog;
import io.flowfi.audit.AuditSettings;
import io.flowfi.time.Clocks;
import io.flowfi.web.edge.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalRecorderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void shouldWriteFewOfManyAndSayHowManyMoreThereWere() throws IOException {
    try (AuditLog audit = audit()) {
      RefusalRecorder recorder = new RefusalRecorder(audit, InstantSource.system(), nanos::get);
      for (int i = 0; i < 1000; i++) {
        recorder.refused(from("192.0.2.1"), 429);
      }
      recorder.refused(from("192.0.2.2"), 403);
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
      recorder.refused(from("192.0.2.1"), 413);
      recorder.sum();
    }
    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.path("status").asInt())
        .containsExactly(429, 429, 429, 429, 429, 403, 0, 413);
    assertThat(lines.get(0).path("kind").asText()).isEqualTo("refused");
    assertThat(lines.get(0).path("path").asText()).isEqualTo("/v1/streams");
    assertThat(lines.get(0).path("address").asText()).isEqualTo("192.0.2.1");
    assertThat(lines.get(6).path("kind").asText()).isEqualTo("refused_more");
    assertThat(lines.get(6).path("requests").asInt()).isEqualTo(995);
  }

  @Test
  void shouldWriteABoundedNumberHoweverManyAddressesThereAre() throws IOException {
    try (AuditLog audit = audit()) {
      RefusalRecorder recorder = new RefusalRecorder(audit, InstantSource.system(), nanos::get);
      for (int i = 0; i < 10_000; i++) {
        recorder.refused(from("10.0." + i / 256 + "." + i % 256), 429);
      }
      recorder.sum();
      recorder.sum();
    }
    List<JsonNode> lines = lines();
    assertThat(lines).hasSize(RefusalRecorder.MOST_OF_ALL + 1);
    assertThat(lines.get(lines.size() - 1).path("requests").asInt())
        .isEqualTo(10_000 - RefusalRecorder.MOST_OF_ALL);
  }

  /** Who has one address of it has all of them. */
  @Test
  void shouldCountTheAddressesOfANetworkTogether() throws IOException {
    try (AuditLog audit = audit()) {
      RefusalRecorder recorder = new RefusalRecorder(audit, InstantSource.system(), nanos::get);
      for (int i = 1; i <= 100; i++) {
        recorder.refused(from("2001:db8::" + i, "2001:db8::/64"), 429);
      }
      recorder.refused(from("2001:db8:0:1::1", "2001:db8:0:1::/64"), 403);
      recorder.sum();
    }
    assertThat(lines())
        .extracting(line -> line.path("address").asText() + " " + line.path("requests").asInt())
        .containsExactly(
            "2001:db8::1 0",
            "2001:db8::2 0",
            "2001:db8::3 0",
            "2001:db8::4 0",
            "2001:db8::5 0",
            "2001:db8:0:1::1 0",
            " 95");
  }

  private AuditLog audit() {
    AuditLog audit = new AuditLog(new AuditSettings(directory, Optional.empty()), Clocks.system());
    audit.start();
    return audit;
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    return lines;
  }

  /** Only those parts of a request that are recorded. */
  private static HttpServletRequest from(String address) {
    return from(address, address);
  }

  private static HttpServletRequest from(String address, String network) {
    Map<String, Object> answers =
        Map.of(
            "getAttribute",
            new ClientAddress(address, network),
            "getMethod",
            "POST",
            "getRequestURI",
            "/v1/streams");
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            RefusalRecorderTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) -> answers.get(method.getName()));
  }
}
