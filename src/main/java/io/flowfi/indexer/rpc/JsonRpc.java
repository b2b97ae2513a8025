package io.flowfi.indexer.rpc;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * JSON-RPC 2.0 over HTTP. Unknown members are ignored. An answer with a member that occurs twice,
 * or a number too large for what it means, is refused as a whole. For one thread.
 */
final class JsonRpc implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  /** A page of 1,000 events has about 40,000. More cost far more memory than their bytes. */
  private static final long MOST_TOKENS = 1_000_000;

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxTokenCount(MOST_TOKENS)
                .maxNestingDepth(64)
                .maxNumberLength(64)
                .build());
  }

  /** An answer: a result or an error. */
  record Answer<R>(String id, R result, RpcError error) {}

  private final HttpNode node;
  private final RpcUrl url;
  private long lastId;

  JsonRpc(HttpNode node, RpcUrl url) {
    this.node = node;
    this.url = url;
  }

  /**
   * Calls a method.
   *
   * @param params null for none
   * @throws ChainSourceException if there is no result
   */
  <R> R call(String method, Object params, Class<R> type, Duration patience) {
    String id = Long.toString(++lastId);
    Answer<R> answer = read(node.post(request(id, method, params), patience), type);
    if ((answer.error() == null) == (answer.result() == null)) {
      throw ChainSourceException.of(
          Kind.UNREACHABLE, "the answer is no JSON-RPC: it has no result or error, or both", null);
    }
    if (answer.error() != null) {
      throw answer.error().exception(url);
    }
    if (!id.equals(answer.id())) {
      throw ChainSourceException.of(Kind.UNUSABLE, "the answer is to another request", null);
    }
    return answer.result();
  }

  private static byte[] request(String id, String method, Object params) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("jsonrpc", "2.0");
    request.put("id", Long.parseLong(id));
    request.put("method", method);
    if (params != null) {
      request.put("params", params);
    }
    try {
      return JSON.writeValueAsBytes(request);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a request could not be written", e);
    }
  }

  private static <R> Answer<R> read(InputStream body, Class<R> type) {
    JavaType answer = JSON.getTypeFactory().constructParametricType(Answer.class, type);
    try {
      PushbackInputStream json = new PushbackInputStream(body);
      int first = json.read();
      if (first != '{') {
        throw ChainSourceException.of(Kind.UNREACHABLE, "the answer is no JSON-RPC", null);
      }
      json.unread(first);
      return JSON.readValue(json, answer);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  /** What the library says may show the node's bytes, so only the place is told. */
  private static ChainSourceException unreadable(JsonProcessingException why) {
    if (why instanceof JsonParseException || why.getCause() instanceof JsonParseException) {
      return ChainSourceException.of(
          Kind.UNREACHABLE, "the answer is cut off, no JSON, or has a member twice", null);
    }
    String place =
        why instanceof JsonMappingException mapping
            ? mapping.getPath().stream().map(JsonRpc::step).collect(Collectors.joining("."))
            : "";
    return ChainSourceException.of(
        Kind.UNUSABLE,
        "the answer cannot be read"
            + (place.isEmpty() ? "" : " at " + place)
            + ": a value of the wrong kind or size",
        null);
  }

  private static String step(JsonMappingException.Reference step) {
    return step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName();
  }

  @Override
  public void close() {
    node.close();
  }
}
