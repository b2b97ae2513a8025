package io.flowfi.web.wire;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What is wrong with one part of a request.
 *
 * @param parameter the query parameter or header, or null
 * @param field the field of the body, or null
 * @param message what would be accepted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldError(String parameter, String field, String message) {
  private static final int SHOWN = 80;

  /** What the client sent, short enough to be shown in a message. */
  public static String quoted(String text) {
    return "'" + shortened(text) + "'";
  }

  public static String shortened(String text) {
    if (text.length() <= SHOWN) {
      return text;
    }
    // never half of a surrogate pair: it could not be written as UTF-8
    int end = Character.isHighSurrogate(text.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN;
    return text.substring(0, end) + "...";
  }

  public static FieldError ofParameter(String name, String message) {
    return new FieldError(name, null, message);
  }

  public static FieldError ofField(String name, String message) {
    return new FieldError(null, name, message);
  }
}
