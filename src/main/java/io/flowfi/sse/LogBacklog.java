package io.flowfi.sse;

import io.flowfi.fanout.Backlog;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.PaymentStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The log as frames, by the same translation as live events. Any thread may call; a snapshot is
 * read by one at a time.
 */
public final class LogBacklog implements Backlog {
  private final EventLog log;
  private final SnapshotReader streams;
  private final StreamEventTranslator translator;
  private final Function<PaymentStream, String> stateJson;
  private final Path spoolDirectory;
  private final AtomicLong spoolBudget;

  /**
   * @param stateJson a stream's full state as JSON
   * @param spoolDirectory an existing directory for the temporary files of large snapshots
   * @param maxSpoolBytes most bytes on disk of all open snapshots together; beyond it opening
   *     another one throws {@link SnapshotTooLargeException}
   */
  public LogBacklog(
      EventLog log,
      SnapshotReader streams,
      StreamEventTranslator translator,
      Function<PaymentStream, String> stateJson,
      Path spoolDirectory,
      long maxSpoolBytes) {
    this.log = log;
    this.streams = streams;
    this.translator = translator;
    this.stateJson = stateJson;
    this.spoolDirectory = spoolDirectory;
    this.spoolBudget = new AtomicLong(maxSpoolBytes);
  }

  @Override
  public LogBounds bounds() {
    return log.bounds();
  }

  @Override
  public Page read(LogPosition after, EventFilter filter, int maxFrames) {
    EventPage page = log.read(after, filter, maxFrames);
    return new Page(page.events().stream().map(translator::frame).toList(), page.through());
  }

  @Override
  public Snapshot snapshot(EventFilter filter) {
    FrameSpool spool = new FrameSpool(spoolDirectory, spoolBudget);
    boolean complete = false;
    try {
      LogPosition position =
          streams.snapshot(
              filter, stream -> spool.add(translator.snapshotFrame(stateJson.apply(stream))));
      complete = true;
      return new SpooledSnapshot(position, spool);
    } finally {
      if (!complete) {
        spool.close();
      }
    }
  }

  private record SpooledSnapshot(LogPosition position, FrameSpool spool) implements Snapshot {
    @Override
    public List<byte[]> read(long from, int maxBytes) {
      return spool.read(from, maxBytes);
    }

    @Override
    public void close() {
      spool.close();
    }
  }
}
