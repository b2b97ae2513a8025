package io.flowfi.logs;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A throwable for a container's formatter to print: the same lines, but no message of it or of its
 * causes can begin a line of its own.
 */
final class PrintableThrowable extends Throwable {
  private static final long serialVersionUID = 1L;

  private final String text;

  private PrintableThrowable(Throwable original, Set<Throwable> seen) {
    super(null, cause(original, seen), true, true);
    text = Printable.of(String.valueOf(original));
    setStackTrace(original.getStackTrace());
    for (Throwable suppressed : original.getSuppressed()) {
      if (!seen.contains(suppressed)) {
        addSuppressed(new PrintableThrowable(suppressed, seen));
      }
    }
  }

  private static Throwable cause(Throwable original, Set<Throwable> seen) {
    seen.add(original);
    Throwable cause = original.getCause();
    return cause == null || seen.contains(cause) ? null : new PrintableThrowable(cause, seen);
  }

  /** The original if all its messages are plain already. */
  static Throwable of(Throwable original) {
    return original == null || isPlain(original, newSet())
        ? original
        : new PrintableThrowable(original, newSet());
  }

  private static Set<Throwable> newSet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static boolean isPlain(Throwable thrown, Set<Throwable> seen) {
    if (!seen.add(thrown)) {
      return true;
    }
    String text = String.valueOf(thrown);
    if (!Printable.of(text).equals(text)
        || thrown.getCause() != null && !isPlain(thrown.getCause(), seen)) {
      return false;
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!isPlain(suppressed, seen)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this; // that of the original is set
  }

  @Override
  public String toString() {
    return text;
  }
}
