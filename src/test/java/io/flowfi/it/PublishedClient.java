package io.flowfi.it;

import java.util.Set;

/**
 * A client library that others publish, and the program that follows a subscription with it.
 *
 * @param name of the package, as {@code docs/clients.md} has it
 * @param version the pinned one
 * @param command for bash; a URL in quotes comes behind it
 */
record PublishedClient(String name, String version, String command) {
  private static final Set<String> PARSERS =
      Set.of("@azure/core-sse", "armeria", "eventsource-parser", "parse-sse");

  /** Whether it opens event streams itself, and not only reads what a program has opened. */
  boolean connects() {
    return !PARSERS.contains(name);
  }

  FollowerProcess follow(String url) {
    return FollowerProcess.start(this + "", command + " '" + url + "'");
  }

  /** Without the lines that bring it back where it does not come back by itself. */
  FollowerProcess followAlone(String url) {
    return FollowerProcess.start(this + "", "export ALONE=1; " + command + " '" + url + "'");
  }

  @Override
  public String toString() {
    return name + "@" + version;
  }
}
