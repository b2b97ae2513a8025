package io.flowfi.web.streams;

import io.flowfi.auth.Caller;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.CommandWatch;
import io.flowfi.ledger.IdempotencyKey;
import io.flowfi.ledger.Receipt;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.StreamCommand;
import io.flowfi.web.wire.CommandBody;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes a command from HTTP to the ledger, with the conditions in its headers, and returns the
 * receipt.
 */
final class Commands {
  private static final Pattern ENTITY_TAG =
      Pattern.compile("[ \\t]*(?:(?:W/)?\"(?<opaque>[!#-~]*+)\"|(?<bare>[0-9]{1,18}))[ \\t]*");

  /** Includes the suffixes that compressing proxies add to a tag. */
  private static final Pattern VERSION =
      Pattern.compile("([0-9]{1,18})(?:--?(?:gzip|x-gzip|br|zstd|deflate|compress))?");

  /** Conditions that a client relies on and that we do not support. */
  private static final List<String> NOT_OBEYED =
      List.of(HttpHeaders.IF_NONE_MATCH, HttpHeaders.IF_UNMODIFIED_SINCE);

  /** The owner of an idempotency key in open mode; no account has this name. */
  private static final String ANONYMOUS = "anonymous";

  private final StreamLedger ledger;

  Commands(StreamLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * @param caller must have the right to run the command; owns the idempotency key
   * @param path without the version prefix; part of the comparison of two requests
   */
  CompletionStage<Response> submit(
      Caller caller,
      StreamCommand command,
      String path,
      CommandBody body,
      HttpHeaders headers,
      HttpServletRequest request) {
    return receipt(caller, command, path, body, headers, CommandTraces.watch(request))
        .thenApply(receipt -> answer(Response.ok(), receipt));
  }

  /**
   * The same for a command that creates a stream. The answer contains its location, as a path,
   * because only the client knows the scheme and the host name (RFC 9110, section 10.2.2).
   */
  CompletionStage<Response> create(
      Caller caller,
      StreamCommand.Create command,
      CommandBody body,
      HttpHeaders headers,
      HttpServletRequest request) {
    String root = request.getContextPath(); // without a slash at the end
    return receipt(caller, command, "streams", body, headers, CommandTraces.watch(request))
        .thenApply(
            receipt ->
                answer(
                    Response.created(URI.create(root + "/v1/streams/" + receipt.stream().id())),
                    receipt));
  }

  private CompletionStage<Receipt> receipt(
      Caller caller,
      StreamCommand command,
      String path,
      CommandBody body,
      HttpHeaders headers,
      CommandWatch watch) {
    return ledger.submit(
        new CommandRequest(
            command,
            expectedVersions(headers),
            idempotencyKey(caller, path, body, headers),
            watch));
  }

  private static Response answer(Response.ResponseBuilder response, Receipt receipt) {
    if (receipt.replayed()) {
      response.header("Idempotency-Replayed", "true");
    }
    return response
        .type(MediaType.APPLICATION_JSON_TYPE)
        .header(HttpHeaders.ETAG, "\"" + receipt.stream().version() + "\"")
        .entity(StreamJson.write(receipt))
        .build();
  }

  /**
   * RFC 9110, section 13.1.1: a list of entity tags, one of which must match, or an asterisk, which
   * matches any version. A tag that is not a version never matches. A bare number is accepted as a
   * tag, because clients easily send it.
   *
   * <p>So are the tags that compressing proxies make of ours: {@code W/"3"} (nginx, HAProxy),
   * {@code "3-gzip"} (httpd, lighttpd), {@code "3--gzip"} (Jetty). The RFC's strong comparison
   * would always reject these. Our tag is the version of the stream and does not depend on the
   * bytes of the answer, so accepting them is safe.
   */
  private static Optional<Set<Long>> expectedVersions(HttpHeaders headers) {
    for (String condition : NOT_OBEYED) {
      if (headers.getHeaderString(condition) != null) {
        throw invalid(
            condition,
            condition
                + " is not supported here, so it is rejected: use If-Match for a version of the stream;"
                + " an existing id is never created again");
      }
    }
    String ifMatch = headers.getHeaderString(HttpHeaders.IF_MATCH);
    if (ifMatch == null || "*".equals(ifMatch.trim())) {
      return Optional.empty();
    }
    Set<Long> versions = new HashSet<>();
    Matcher tag = ENTITY_TAG.matcher(ifMatch);
    for (int at = 0; tag.region(at, ifMatch.length()).lookingAt(); at = tag.end() + 1) {
      String text = tag.group("bare") == null ? tag.group("opaque") : tag.group("bare");
      Matcher version = VERSION.matcher(text);
      if (version.matches()) {
        versions.add(Long.parseLong(version.group(1)));
      }
      if (tag.end() == ifMatch.length()) {
        return Optional.of(versions);
      }
      if (ifMatch.charAt(tag.end()) != ',') {
        break;
      }
    }
    throw invalid(
        HttpHeaders.IF_MATCH, "If-Match must be versions of the stream, such as \"3\", or *");
  }

  private static Optional<IdempotencyKey> idempotencyKey(
      Caller caller, String path, CommandBody body, HttpHeaders headers) {
    List<String> values = headers.getRequestHeader("Idempotency-Key");
    if (values == null || values.isEmpty()) {
      return Optional.empty();
    }
    if (values.size() > 1) {
      throw invalid("Idempotency-Key", "Idempotency-Key may be given once");
    }
    try {
      String account = caller.account().map(Address::strKey).orElse(ANONYMOUS);
      return Optional.of(new IdempotencyKey(account, values.get(0), digest(path, body, headers)));
    } catch (InvalidValueException e) {
      throw invalid(e.field(), e.getMessage());
    }
  }

  private static String digest(String path, CommandBody body, HttpHeaders headers) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(
          (path + "\n" + headers.getHeaderString(HttpHeaders.IF_MATCH) + "\n")
              .getBytes(StandardCharsets.UTF_8));
      sha256.update(body.canonical());
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ProblemException invalid(String header, String message) {
    return ProblemException.invalid(List.of(FieldError.ofParameter(header, message)));
  }
}
