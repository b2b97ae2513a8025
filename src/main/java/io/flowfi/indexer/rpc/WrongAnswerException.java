package io.flowfi.indexer.rpc;

/** An answer that contradicts itself or the question. */
final class WrongAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongAnswerException(String message) {
    super(message);
  }

  /** A member that must be there. */
  static <T> T required(T member, String name) {
    if (member == null) {
      throw new WrongAnswerException(name + " is missing");
    }
    return member;
  }
}
