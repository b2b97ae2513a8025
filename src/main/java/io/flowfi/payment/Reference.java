package io.flowfi.payment;

/**
 * A caller's own mark on a command, kept with its event: an invoice number, a memo. 1 to 64
 * printable characters.
 */
public record Reference(String text) {
  private static final int MAX_LENGTH = 64;

  public Reference {
    if (text == null
        || text.isEmpty()
        || text.codePointCount(0, text.length()) > MAX_LENGTH
        || !isPrintable(text)) {
      throw new InvalidValueException(
          "reference", "reference must be 1 to " + MAX_LENGTH + " printable characters");
    }
  }

  // Control, format, surrogate and separator characters could forge log lines or break the wire
  // format.
  private static boolean isPrintable(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.PRIVATE_USE,
                      Character.UNASSIGNED,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR ->
                      false;
                  default -> true;
                });
  }

  @Override
  public String toString() {
    return text;
  }
}
