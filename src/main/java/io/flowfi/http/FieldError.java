package io.flowfi.http;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What is wrong with one part of a request.
 *
 * @param parameter the query parameter or header, or null
 * @param field the field of the body, or null
 * @param message what would be accepted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FieldError(String parameter, String field, String message) {
  static FieldError ofParameter(String name, String message) {
    return new FieldError(name, null, message);
  }

  static FieldError ofField(String name, String message) {
    return new FieldError(null, name, message);
  }
}
