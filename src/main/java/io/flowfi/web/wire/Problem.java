package io.flowfi.web.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * The body of every error, by RFC 9457.
 *
 * @param type {@code about:blank}: the status says everything
 * @param detail for a person who has to act on it
 * @param instance the requested path; the beginning of a very long one
 * @param message the same text as detail, for clients of the service this one replaces
 * @param errors each invalid part, for a 400; each forbidden part, for a 403; the first ones of
 *     very many
 */
@JsonPropertyOrder({"type", "title", "status", "detail", "instance", "message", "errors"})
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    @JsonInclude(JsonInclude.Include.NON_NULL) String instance,
    String message,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors) {
  static final String MEDIA_TYPE = "application/problem+json";

  /**
   * Enough to mend a request by; a body of thousands of wrong fields must not get a long answer.
   */
  static final int MOST_ERRORS = 50;

  /**
   * Longer than any path of ours. A client may write kilobytes of parameters into one ({@code
   * /v1/streams/7;a=...}), and the answer to a command must fit into Jersey's buffer: one that does
   * not is written by the thread of the ledger that answers, and a client that takes nothing would
   * hold it.
   */
  static final int LONGEST_INSTANCE = 256;

  static Problem of(int status, String detail, List<FieldError> errors) {
    List<FieldError> first = errors.subList(0, Math.min(errors.size(), MOST_ERRORS));
    return new Problem("about:blank", title(status), status, detail, null, detail, first);
  }

  /** A problem whose status says everything. */
  static Problem of(int status) {
    String detail =
        switch (status) {
          case 400 -> "the request is malformed";
          case 401 -> "this address needs credentials";
          case 404 -> "there is nothing at this address";
          case 405 -> "this address does not support the method";
          case 406 -> "this address has no representation that the Accept header allows";
          case 413 -> "the request is too large";
          case 415 ->
              "this address does not take the request's Content-Type; send application/json";
          case 403 -> "this is not allowed";
          case 414 -> "the path and query are too long";
          case 431 -> "the request headers are too large";
          case 417 -> "the only expectation that can be met is 100-continue; leave out Expect";
          case 500 ->
              "the server failed to process the request; the X-Request-ID names it in the log";
          case 501 ->
              "the server supports neither this method nor, but for chunked, a Transfer-Encoding";
          case 505 -> "this address does not support the request's version of HTTP; use HTTP/1.1";
          case 503 -> "the server cannot answer at the moment; try again";
          default ->
              "the request cannot be answered; the X-Request-ID names it, should you want to report it";
        };
    return of(status, detail, List.of());
  }

  private static String title(int status) {
    Response.Status known = Response.Status.fromStatusCode(status);
    if (known != null) {
      return known.getReasonPhrase();
    }
    return status == 422 ? "Unprocessable Content" : "Error";
  }

  Problem at(String path) {
    return new Problem(type, title, status, detail, beginning(path), message, errors);
  }

  private static String beginning(String path) {
    if (path.length() <= LONGEST_INSTANCE) {
      return path;
    }
    int escape = path.lastIndexOf('%', LONGEST_INSTANCE - 1);
    // half of an escape would make it no URI
    return path.substring(0, escape > LONGEST_INSTANCE - 3 ? escape : LONGEST_INSTANCE);
  }
}
