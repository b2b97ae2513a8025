package io.flowfi.clients;

/**
 * Where a program is in the log. It prints what the program hears: every event, also one that comes
 * again.
 */
public final class Position {
  private final String url;
  private String last = "0";

  /**
   * The beginning of the log.
   *
   * @param url a subscription with {@code lastEventId=0}
   */
  public Position(String url) {
    this.url = url;
  }

  /**
   * Takes a block of the stream.
   *
   * @param type null if the block has no name
   * @param id null or empty if the block has none
   */
  public synchronized void heard(String type, String id) {
    if (type != null && type.startsWith("stream.")) {
      System.out.println(id.replaceFirst("\\..*", "") + " " + type); // without its log
    }
    if (id != null && !id.isEmpty()) {
      last = id;
    }
  }

  /**
   * Whether the lines of the program bring it back after an end. With {@code ALONE} in the
   * environment the client is left to itself, to see what it does.
   *
   * @param how what the client calls the end
   */
  public static boolean isToComeBack(Object how) {
    System.err.println(how);
    return System.getenv("ALONE") == null;
  }

  /** The value of {@code Last-Event-ID}. */
  public synchronized String last() {
    return last;
  }

  /** The subscription from here, for clients that cannot be given a header. */
  public synchronized String url() {
    return url.replace("lastEventId=0", "lastEventId=" + last);
  }
}
