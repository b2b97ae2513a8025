package io.flowfi.web.events;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import jakarta.servlet.ServletResponse;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * The events of a range as one long answer, in the order of the log. It is read page by page, and
 * its end is fixed by its first page: so it ends, and an export after that end has what comes later
 * and nothing twice. The thread of the request uses it.
 *
 * <p>If a page cannot be read, the answer must not look complete, so {@link ExportEnd} has to cut
 * the connection.
 */
final class Export implements StreamingOutput {
  private static final int PACKING_BUFFER = 8192;

  private final EventHistory history;
  private final HistoryQuery range;
  private final HistoryPage first;
  private final ExportFormat format;
  private final boolean packed;
  private final ServletResponse response;
  private Optional<Throwable> failure = Optional.empty();

  private Export(
      EventHistory history,
      HistoryQuery range,
      HistoryPage first,
      ExportFormat format,
      boolean packed,
      ServletResponse response) {
    this.history = history;
    this.range = range;
    this.first = first;
    this.format = format;
    this.packed = packed;
    this.response = response;
  }

  /**
   * Reads the first page.
   *
   * @param asked only its filter and its range count
   * @param packed whether to compress it with gzip
   * @throws io.flowfi.web.wire.ProblemException 409 if it begins after the end of the log
   * @throws LogUnavailableException if the store cannot be read
   */
  static Export begin(
      EventHistory history,
      HistoryQuery asked,
      ExportFormat format,
      boolean packed,
      ServletResponse response) {
    HistoryQuery open = range(asked, asked.after(), asked.before());
    HistoryPage first = history.page(open);
    HistoryRequest.requireStart(open, first);
    LogPosition end = first.bounds().head().next();
    LogPosition before = asked.before().filter(position -> end.isAfter(position)).orElse(end);
    return new Export(
        history, range(asked, asked.after(), Optional.of(before)), first, format, packed, response);
  }

  private static HistoryQuery range(
      HistoryQuery asked, Optional<LogPosition> after, Optional<LogPosition> before) {
    return new HistoryQuery(
        asked.stream(),
        asked.user(),
        asked.types(),
        after,
        before,
        true,
        HistoryQuery.MAX_LIMIT,
        0);
  }

  /** What the log held at its beginning. */
  HistoryPage first() {
    return first;
  }

  /** Why the rest is missing from an answer that has begun: an I/O error if the client has left. */
  Optional<Throwable> failure() {
    return failure;
  }

  @Override
  public void write(OutputStream answer) throws IOException {
    try {
      writeAll(answer);
    } catch (IOException | RuntimeException | Error failed) {
      if (!response.isCommitted()) {
        throw failed; // a problem can still be sent
      }
      failure = Optional.of(failed);
      throw failed instanceof IOException gone ? gone : new IOException("incomplete", failed);
    }
  }

  private void writeAll(OutputStream answer) throws IOException {
    // finished only if all is written: the end of the packed format, too, makes it look complete
    GZIPOutputStream packing = packed ? new GZIPOutputStream(answer, PACKING_BUFFER) : null;
    OutputStream out = packed ? packing : answer;
    out.write(format.head());
    HistoryPage page = first;
    write(page.events(), out);
    while (page.hasMore()) {
      page = next(page.events().get(page.events().size() - 1).position());
      write(page.events(), out);
    }
    if (packed) {
      packing.finish();
    }
  }

  private HistoryPage next(LogPosition after) {
    HistoryPage page = history.page(range(range, Optional.of(after), range.before()));
    if (page.bounds().oldest().isAfter(after.next())) {
      throw new LogUnavailableException(
          "the events after " + after + " were removed while they were exported", null);
    }
    return page;
  }

  private void write(List<LoggedEvent> events, OutputStream out) throws IOException {
    for (LoggedEvent event : events) {
      out.write(format.row(event));
    }
  }
}
