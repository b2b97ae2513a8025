package io.flowfi.web.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON of the HTTP edge: strict in what it reads, because a misread field costs money. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(8)
                .maxNumberLength(64)
                .maxStringLength(4096)
                .build());
  }

  private static final JsonFactory JSON = new JsonFactory();
  private static final int EXPECTED_BYTES = 768;
  private static final String DUPLICATE = "Duplicate field ";

  private Json() {}

  /** Writes one document, field by field. */
  @FunctionalInterface
  public interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  /**
   * A document that is written field by field, without reflection. For the answers of commands and
   * the states of a snapshot, which are very many.
   */
  public static byte[] generate(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(EXPECTED_BYTES);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      writing.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** For Jersey, which may change it. */
  public static ObjectMapper mapper() {
    return MAPPER.copy();
  }

  /** For everything that is not an answer of a resource: problems, and values to compare. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("an answer could not be written as JSON", e);
    }
  }

  /**
   * Reads a whole document.
   *
   * @throws ProblemException 400 if it is not one JSON value
   */
  public static JsonNode read(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw ProblemException.of(400, describe(e));
    } catch (IOException e) {
      // nothing else can fail when reading from memory
      throw ProblemException.of(400, "the body is not JSON in UTF-8");
    }
  }

  /** Only the parser's message about duplicates shows no internals. */
  private static String describe(JsonProcessingException e) {
    String said = e.getOriginalMessage();
    if (said != null && said.startsWith(DUPLICATE)) {
      String name = said.substring(DUPLICATE.length()).replace("'", "");
      return "the body has a field twice: " + FieldError.quoted(name);
    }
    JsonLocation where = e.getLocation();
    return "the body is not valid JSON"
        + (where == null
            ? ""
            : " at line " + where.getLineNr() + ", column " + where.getColumnNr());
  }
}
