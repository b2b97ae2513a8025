package io.flowfi.web.events;

import io.flowfi.log.LoggedEvent;
import io.flowfi.web.wire.Json;
import java.util.Arrays;

/** How an export writes events. Thread-safe. */
interface ExportFormat {

  /** The Content-Type of the answer. */
  String type();

  /** What comes before the first event. */
  default byte[] head() {
    return new byte[0];
  }

  byte[] row(LoggedEvent event);

  /** One line of JSON for each event, the same as in a page. */
  final class Lines implements ExportFormat {
    static final String TYPE = "application/x-ndjson";

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public byte[] row(LoggedEvent event) {
      byte[] json = Json.write(HistoryAnswer.Event.of(event));
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    }
  }
}
