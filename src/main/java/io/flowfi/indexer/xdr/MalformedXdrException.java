package io.flowfi.indexer.xdr;

/** Bytes that are not exactly one well-formed value of a known kind. */
final class MalformedXdrException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MalformedXdrException(String reason, Throwable cause) {
    super(reason, cause);
  }

  /**
   * @param at which byte, from 0
   */
  MalformedXdrException(int at, String reason) {
    this("byte " + at + ": " + reason, null);
  }
}
