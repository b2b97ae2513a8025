package io.flowfi.ledger;

/**
 * Why the chain is not followed until an administrator resets the cursor. While it is stored, no
 * reader moves the cursor.
 *
 * @param code its name in the status
 * @param reason for administrators; what is longer than {@link #MOST_CHARACTERS} is cut off
 * @param notice for anybody; cut off likewise
 */
public record ChainFault(String code, String reason, String notice) {
  /** Parts of it were told by RPC nodes. */
  static final int MOST_CHARACTERS = 2000;

  public ChainFault {
    reason = cut(reason);
    notice = cut(notice);
  }

  private static String cut(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
  }
}
