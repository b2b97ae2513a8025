package io.flowfi.web.events;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryQuery;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Begins exports, not too many at once: each holds a thread of the container until its end. */
public final class Exports {
  /** The newest position of the log when the export began: the next one goes on after it. */
  static final String HEAD = "Log-Head";

  /** The oldest position that the log held then. */
  static final String OLDEST = "Log-Oldest";

  /** A container has eight threads for each core (setenv.sh); half of them stay free. */
  static final int MOST = Math.min(8, 4 * Runtime.getRuntime().availableProcessors());

  /** Of those the sandbox must leave the other half nearly whole. */
  private static final int MOST_OF_SANDBOX = Math.max(1, MOST / 4);

  private static final int MOST_PER_USER = 2;
  private static final int RETRY_SECONDS = 10;

  private static final Pattern GZIP =
      Pattern.compile("(?i)\\s*(?:x-)?gzip\\s*(?:;\\s*q=(?:1(?:\\.0*)?|0?\\.0*[1-9]\\d*))?\\s*");

  private final EventHistory history;
  private final RequestSlots slots;

  /**
   * @param slots for those that go on, see {@link #limits}
   */
  public Exports(EventHistory history, Slots slots) {
    this.history = history;
    this.slots = new RequestSlots("exports", RETRY_SECONDS, slots);
  }

  /** How many may go on at once. */
  public static ConnectionSettings limits(LogIdentity log) {
    int most = log.isSandbox() ? MOST_OF_SANDBOX : MOST;
    return new ConnectionSettings(most, most, MOST_PER_USER);
  }

  /**
   * Reads the first page and begins the answer.
   *
   * @param query of which the filter and the range count
   * @param user the authenticated account of the caller
   * @throws ProblemException 503 or 429 if there are too many; 409 if it begins after the end of
   *     the log
   */
  Response begin(
      HistoryQuery query, ExportFormat format, Optional<String> user, ServletExchange exchange) {
    HttpServletRequest request = exchange.request();
    ExportEnd.holds(request, slots.take(ClientAddress.of(request).network(), user));
    boolean packed = takesGzip(Collections.list(request.getHeaders(HttpHeaders.ACCEPT_ENCODING)));
    Export export = Export.begin(history, query, format, packed, exchange.response());
    ExportEnd.answers(request, export);
    Response.ResponseBuilder answer =
        Response.ok(export, format.type())
            .header(HEAD, export.first().bounds().head())
            .header(OLDEST, export.first().bounds().oldest());
    return (packed ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip") : answer).build();
  }

  static boolean takesGzip(List<String> accepted) {
    return accepted.stream()
        .flatMap(header -> List.of(header.split(",")).stream())
        .anyMatch(coding -> GZIP.matcher(coding).matches());
  }
}
