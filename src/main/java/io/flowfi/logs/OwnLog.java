package io.flowfi.logs;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The log of this application, from its opening to its closing. It stands at our uppermost logger,
 * in front of the container's handlers: it adds the {@link LogFields}, escapes what could forge a
 * line, and remembers the last lines. With {@link LogFormat#JSON} it writes the lines itself, and
 * the container does not see them.
 *
 * <p>A container may hold loggers longer than the application, and with them our class loader: so
 * it must be closed. Any thread.
 */
public final class OwnLog implements AutoCloseable {
  static final String ROOT = "io.flowfi";

  /** Some thousand lines. */
  private static final int REMEMBERED = 1024 * 1024;

  // kept here, because a logger without a reference to it loses its settings
  private final Logger root = Logger.getLogger(ROOT);
  private final boolean toContainer = root.getUseParentHandlers();
  private final RecentLines recent = new RecentLines(REMEMBERED);
  private final Lines lines = new Lines();
  private final LoggerLevels levels;
  private final PrintStream out;
  private volatile LogFormat format = LogFormat.TEXT;

  public OwnLog(InstantSource clock) {
    this(clock, System.err);
  }

  OwnLog(InstantSource clock, PrintStream out) {
    this.out = out;
    levels = new LoggerLevels(clock);
    root.addHandler(lines);
  }

  /** From now on the lines have this form. */
  public void write(LogFormat wanted) {
    format = wanted;
    root.setUseParentHandlers(wanted == LogFormat.TEXT && toContainer);
  }

  public LoggerLevels levels() {
    return levels;
  }

  /** The last lines as JSON, oldest first. */
  public List<String> recent() {
    return recent.all();
  }

  @Override
  public void close() {
    levels.close();
    root.setUseParentHandlers(toContainer);
    root.removeHandler(lines);
  }

  private final class Lines extends Handler {
    Lines() {
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord entry) {
      Map<String, String> fields = LogFields.current();
      String line = JsonLine.of(entry, fields);
      recent.add(line);
      if (format == LogFormat.JSON) {
        out.println(line);
      } else {
        // the container's handlers get the same record after us
        entry.setMessage(text(entry.getMessage(), fields));
        entry.setThrown(PrintableThrowable.of(entry.getThrown()));
      }
    }

    private String text(String message, Map<String, String> fields) {
      String plain = Printable.of(String.valueOf(message));
      if (fields.isEmpty()) {
        return plain;
      }
      StringBuilder all = new StringBuilder(plain).append(" [");
      fields.forEach((name, value) -> all.append(name).append('=').append(value).append(' '));
      all.setCharAt(all.length() - 1, ']');
      return all.toString();
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      // standard error stays open
    }
  }
}
