package io.flowfi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rights that the documentation asks for a node's user of Redis, read from it. */
public final class RedisRights {
  private static final Pattern SENTENCE =
      Pattern.compile("\\* A user of an ACL needs (?<relay>[^;]+); to count (?<counting>[^.]+)[.]");

  private static final Pattern RIGHTS = Pattern.compile("`([+&~][^`]+)`");

  private RedisRights() {}

  /**
   * To tell other nodes of events.
   *
   * @param more rights or a password beside them
   */
  public static String[] relay(String... more) {
    return rights(List.of("relay"), more);
  }

  /** The same, and to count together with other nodes. */
  public static String[] all(String... more) {
    return rights(List.of("relay", "counting"), more);
  }

  /** And no others. */
  private static String[] rights(List<String> parts, String... more) {
    List<String> rights = new ArrayList<>(List.of("reset", "on"));
    try {
      Matcher sentence = SENTENCE.matcher(Files.readString(Path.of("docs/scaling.md")));
      if (!sentence.find()) {
        throw new IllegalStateException("docs/scaling.md does not say what a user of an ACL needs");
      }
      for (String part : parts) {
        RIGHTS
            .matcher(sentence.group(part))
            .results()
            .forEach(some -> rights.addAll(List.of(some.group(1).split("\\s+"))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rights.addAll(List.of(more));
    return rights.toArray(String[]::new);
  }
}
