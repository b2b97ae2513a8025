package io.flowfi.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a line of the log looks like, in the container's log and as JSON. */
class OwnLogTest {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(OwnLogTest.class);

  /** A line of its own, a terminal's escape, one that turns the writing, one of eight bits. */
  private static final String FORGED = "a\n2026-01-01 INFO paid\r\u001b[2J\u202e\u2028\u009b \"ü\"";

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OwnLog log =
      new OwnLog(InstantSource.system(), new PrintStream(written, true, StandardCharsets.UTF_8));
  private final Logger container = Logger.getLogger("");
  private final List<LogRecord> seen = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getLoggerName().equals(OwnLogTest.class.getName())) {
            seen.add(entry);
          }
        }

        @Override
        public void flush() {
          // in memory
        }

        @Override
        public void close() {
          // in memory
        }
      };

  @BeforeEach
  void listen() {
    container.addHandler(handler);
  }

  @AfterEach
  void stop() {
    container.removeHandler(handler);
    log.close();
  }

  private static Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("request", "r1");
    fields.put("stream", "7");
    return fields;
  }

  private List<JsonNode> lines() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }
    return lines;
  }

  private static String stack(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static Throwable broken() {
    Throwable broken = new IllegalStateException(FORGED, new IllegalArgumentException(FORGED));
    broken.addSuppressed(new IllegalStateException(FORGED));
    return broken;
  }

  @Test
  void shouldWriteOneJsonObjectALine() throws Exception {
    log.write(LogFormat.JSON);
    Throwable broken = broken();
    try (LogFields.Scope scope = LogFields.open(OwnLogTest::fields)) {
      LOG.warn("not {}", FORGED, broken);
    }
    LOG.error("and {}", 2);
    assertThat(seen).as("the container writes none of it again").isEmpty();
    assertThat(written.toString(StandardCharsets.UTF_8))
        .as("whatever reads it, it has two lines")
        .matches("[ -~]+\n[ -~]+\n");
    JsonNode first = lines().get(0);
    assertThat(first.path("level").asText()).isEqualTo("warn");
    assertThat(first.path("logger").asText()).isEqualTo(OwnLogTest.class.getName());
    assertThat(first.path("thread").asText()).isEqualTo(Thread.currentThread().getName());
    assertThat(first.path("message").asText()).isEqualTo("not " + FORGED);
    assertThat(first.path("request").asText()).isEqualTo("r1");
    assertThat(first.path("stream").asText()).isEqualTo("7");
    assertThat(first.path("error").asText()).isEqualTo(stack(broken));
    assertThat(first.path("time").asText()).matches("20.{8}T.{8}(\\.\\d+)?Z");
    JsonNode second = lines().get(1);
    assertThat(second.path("message").asText()).isEqualTo("and 2");
    assertThat(second.has("request")).as("that was the thread's earlier work").isFalse();
    assertThat(second.has("error")).isFalse();
  }

  @Test
  void shouldCutWhatIsTooLong() throws Exception {
    log.write(LogFormat.JSON);
    LOG.error("x".repeat(100_000), new IllegalStateException("y".repeat(100_000)));
    assertThat(lines().get(0).path("message").asText()).hasSize(16 * 1024 + 3).endsWith("x...");
    assertThat(lines().get(0).path("error").asText()).hasSize(64 * 1024 + 3);
  }

  @Test
  void shouldLetNobodyForgeALineOfTheContainersLog() {
    Throwable broken = broken();
    try (LogFields.Scope scope = LogFields.open(OwnLogTest::fields)) {
      LOG.warn("not {}", FORGED, broken);
    }
    assertThat(written.size()).isZero();
    LogRecord line = seen.get(0);
    String escaped = "a\\n2026-01-01 INFO paid\\r\\u001b[2J\\u202e\\u2028\\u009b \"ü\"";
    assertThat(line.getMessage()).isEqualTo("not " + escaped + " [request=r1 stream=7]");
    assertThat(stack(line.getThrown()).lines().filter(text -> text.contains("2026")))
        .as("each message is in the line of its class")
        .containsExactly(
            "java.lang.IllegalStateException: " + escaped,
            "\tSuppressed: java.lang.IllegalStateException: " + escaped,
            "Caused by: java.lang.IllegalArgumentException: " + escaped);
    assertThat(line.getThrown().getStackTrace()).isEqualTo(broken.getStackTrace());
  }

  @Test
  void shouldLeavePlainErrorsAsTheyAre() {
    Throwable plain = new IllegalStateException("plain", new IllegalStateException("as well"));
    LOG.warn("plain", plain);
    assertThat(seen.get(0).getThrown()).isSameAs(plain);
    assertThat(seen.get(0).getMessage()).isEqualTo("plain");
  }

  @Test
  void shouldRememberTheLastLinesAndNoMoreThanFit() throws Exception {
    RecentLines recent = new RecentLines(100);
    for (int i = 0; i < 100; i++) {
      recent.add("line " + i + "..");
    }
    assertThat(recent.all()).hasSizeBetween(10, 11).last().isEqualTo("line 99..");
    LOG.warn("remembered {}", "in any form");
    String last = log.recent().get(log.recent().size() - 1);
    assertThat(new ObjectMapper().readTree(last).path("message").asText())
        .isEqualTo("remembered in any form");
  }

  @Test
  void shouldLeaveNothingBehind() {
    Logger root = Logger.getLogger("io.flowfi");
    int handlers = root.getHandlers().length;
    OwnLog other = new OwnLog(InstantSource.system());
    other.write(LogFormat.JSON);
    other.levels().set("io.flowfi.logs", LogLevel.TRACE, java.util.Optional.empty());
    assertThat(LOG.isTraceEnabled()).isTrue();
    other.close();
    assertThat(root.getHandlers()).hasSize(handlers);
    assertThat(root.getUseParentHandlers()).isTrue();
    assertThat(LOG.isTraceEnabled()).isFalse();
  }
}
