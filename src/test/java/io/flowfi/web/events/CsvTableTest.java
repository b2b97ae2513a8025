package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CsvTableTest {
  /** RFC 4180, section 2; and nothing that a spreadsheet would run. */
  @Test
  void shouldQuoteCells() {
    assertThat(CsvTable.cell("")).isEmpty();
    assertThat(CsvTable.cell("plain 'text' - é")).isEqualTo("plain 'text' - é");
    assertThat(CsvTable.cell("a,b")).isEqualTo("\"a,b\"");
    assertThat(CsvTable.cell("a\"b")).isEqualTo("\"a\"\"b\"");
    assertThat(CsvTable.cell("a\nb")).isEqualTo("\"a\nb\"");
    assertThat(CsvTable.cell("a\rb")).isEqualTo("\"a\rb\"");
    for (String sign : new String[] {"=", "+", "-", "@", "\t"}) {
      assertThat(CsvTable.cell(sign + "1")).isEqualTo("'" + sign + "1");
    }
    assertThat(CsvTable.cell("\r1")).isEqualTo("\"'\r1\"");
    assertThat(CsvTable.cell("=\",")).isEqualTo("\"'=\"\",\"");
  }

  /** Of a later version, without a stream and with other kinds of values. */
  @Test
  void shouldWriteEventsThatItDoesNotKnow() {
    LoggedEvent event =
        new LoggedEvent(
            new LogPosition(7),
            EventType.named("=later"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            5,
            "{\"version\":null,\"ledger\":12,\"origin\":{\"a\":1},\"timestamp\":5,\"more\":[1]}");
    assertThat(new String(new CsvTable().row(event), StandardCharsets.UTF_8))
        .isEqualTo("7,'=later,5,,,,,\"{\"\"a\"\":1}\",,,12,,\"{\"\"more\"\":[1]}\"\r\n");
  }

  /** The table shows the same event as the lines of JSON do. */
  @Test
  void shouldWriteTheTableThatTheDescriptionShows() throws Exception {
    JsonNode content =
        new ObjectMapper()
            .readTree(Path.of("webapp/openapi.json").toFile())
            .at("/paths/~1v1~1events/get/responses/200/content");
    JsonNode shown = content.at("/application~1x-ndjson/example");
    LoggedEvent event =
        new LoggedEvent(
            new LogPosition(shown.get("seq").asLong()),
            EventType.named(shown.get("type").asText()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            shown.get("timestamp").asLong(),
            shown.get("data").toString());
    CsvTable table = new CsvTable();
    assertThat(content.at("/text~1csv/example").asText())
        .isEqualTo(
            new String(table.head(), StandardCharsets.UTF_8)
                + new String(table.row(event), StandardCharsets.UTF_8));
  }
}
