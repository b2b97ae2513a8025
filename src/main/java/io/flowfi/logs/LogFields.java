package io.flowfi.logs;

import java.util.Map;
import java.util.function.Supplier;

/**
 * What the lines that this thread logs are about, beside their message: the request, the account,
 * the stream. Read only when a line is logged.
 *
 * <p>Not the MDC of SLF4J: its adapter for {@code java.util.logging} lets new threads inherit the
 * fields, so a thread that a pool makes during a request would carry them for good.
 */
public final class LogFields {
  /** Request attribute: a {@link Supplier} of a request's fields, for other threads of its. */
  public static final String OF_REQUEST = LogFields.class.getName();

  private static final ThreadLocal<Supplier<Map<String, String>>> CURRENT = new ThreadLocal<>();

  /** Of all lines of a thread, and of the threads that it makes. */
  private static final InheritableThreadLocal<Map<String, String>> OF_THREAD =
      new InheritableThreadLocal<>();

  private LogFields() {}

  /** Gives the thread its earlier fields back. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * From now on the lines of this thread have these fields.
   *
   * @param fields in their order; called on this thread
   * @return to be closed on this thread
   */
  public static Scope open(Supplier<Map<String, String>> fields) {
    Supplier<Map<String, String>> earlier = CURRENT.get();
    CURRENT.set(fields);
    return () -> {
      if (earlier == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(earlier);
      }
    };
  }

  /**
   * From now on all lines of this thread have these fields, and all lines of the threads that it
   * makes until then: they are the threads of one part of the server. During a request its own
   * fields stand instead.
   *
   * @return to be closed on this thread
   */
  public static Scope openWithThreads(Map<String, String> fields) {
    Map<String, String> earlier = OF_THREAD.get();
    OF_THREAD.set(fields);
    return () -> {
      if (earlier == null) {
        OF_THREAD.remove();
      } else {
        OF_THREAD.set(earlier);
      }
    };
  }

  /**
   * The same for what a request's attribute holds.
   *
   * @param attribute what is none changes nothing
   */
  @SuppressWarnings("unchecked") // only we set the attribute
  public static Scope ofRequest(Object attribute) {
    return attribute instanceof Supplier<?> fields
        ? open((Supplier<Map<String, String>>) fields)
        : () -> {};
  }

  static Map<String, String> current() {
    Supplier<Map<String, String>> fields = CURRENT.get();
    if (fields != null) {
      return fields.get();
    }
    Map<String, String> ofThread = OF_THREAD.get();
    return ofThread == null ? Map.of() : ofThread;
  }
}
