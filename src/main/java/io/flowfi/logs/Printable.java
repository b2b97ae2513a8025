package io.flowfi.logs;

/**
 * Text without characters that would end a line, move a terminal's cursor or turn the direction of
 * writing: they are written as escapes, so that nobody can forge a line of the log.
 */
final class Printable {
  private Printable() {}

  /** The same text if it has no such character. */
  static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return escaped(text, i);
      }
    }
    return text;
  }

  static boolean isPlain(char c) {
    if (c < 0x7F) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String escaped(String text, int first) {
    StringBuilder plain = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> plain.append("\\n");
        case '\r' -> plain.append("\\r");
        case '\t' -> plain.append("\\t");
        default -> {
          if (isPlain(c)) {
            plain.append(c);
          } else {
            plain.append("\\u%04x".formatted((int) c));
          }
        }
      }
    }
    return plain.toString();
  }
}
