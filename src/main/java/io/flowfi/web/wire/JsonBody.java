package io.flowfi.web.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;

/** Request bodies. The edge has already read them and checked their size. */
public final class JsonBody {
  private JsonBody() {}

  /**
   * The JSON object of a body; an empty one counts as an empty object.
   *
   * @throws ProblemException 400 if it is not a JSON object
   */
  public static JsonNode object(InputStream body) throws IOException {
    byte[] bytes = bytes(body);
    JsonNode node = Json.read(bytes.length == 0 ? new byte[] {'{', '}'} : bytes);
    if (!node.isObject()) {
      throw ProblemException.of(400, "the body must be a JSON object");
    }
    return node;
  }

  /** The bytes of a body. */
  public static byte[] bytes(InputStream body) throws IOException {
    return body.readAllBytes();
  }
}
