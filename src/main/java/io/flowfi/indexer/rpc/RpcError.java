package io.flowfi.indexer.rpc;

import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An error of JSON-RPC, as the sources of stellar-rpc 22 to 28 have them.
 *
 * @param message kept out of what we say where it is not needed: it may be long, and have anything
 *     in it
 */
record RpcError(int code, String message) {
  /** Too old or too new; but with other words it is any fault of the node's database. */
  private static final int INVALID_REQUEST = -32600;

  private static final int UNKNOWN_METHOD = -32601;
  private static final int INVALID_PARAMS = -32602;

  /** The node's own limit of time. */
  private static final int TOOK_TOO_LONG = -32001;

  private static final Pattern RANGE =
      Pattern.compile("ledger range: ([0-9]{1,10}) - ([0-9]{1,10})(?![0-9])");
  private static final String QUEUE_FULL = "surpassed queue limit";
  private static final String SMALLER_LIMIT = "limit must not exceed";
  private static final int MOST_CHARACTERS = 200;

  ChainSourceException exception(RpcUrl url) {
    String told = code + " " + printable(url.censored(text()));
    return switch (code) {
      case INVALID_REQUEST -> invalidRequest(told);
      case TOOK_TOO_LONG -> ChainSourceException.of(Kind.TOO_MUCH, told, null);
      case INVALID_PARAMS ->
          ChainSourceException.of(
              text().contains(SMALLER_LIMIT) ? Kind.TOO_MUCH : Kind.UNUSABLE, told, null);
      case UNKNOWN_METHOD -> ChainSourceException.of(Kind.UNUSABLE, told, null);
      default ->
          text().contains(QUEUE_FULL)
              ? ChainSourceException.busy(told, Optional.empty())
              : ChainSourceException.of(Kind.UNREACHABLE, told, null);
    };
  }

  private ChainSourceException invalidRequest(String told) {
    Matcher range = RANGE.matcher(text());
    if (range.find()) {
      long oldest = Long.parseLong(range.group(1));
      long latest = Long.parseLong(range.group(2));
      if (oldest <= latest) {
        return ChainSourceException.outOfRange(told, oldest, latest);
      }
    }
    return ChainSourceException.of(Kind.UNREACHABLE, told, null);
  }

  private String text() {
    return message == null ? "" : message;
  }

  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "..." : line;
  }
}
