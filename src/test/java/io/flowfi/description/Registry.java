package io.flowfi.description;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What people have written about the API, in {@code src/main/api}. */
final class Registry {
  private static final Path FOLDER = Path.of("src/main/api");

  private Registry() {}

  /** One file; anchors and merge keys of YAML are resolved. */
  static ObjectNode read(String name) {
    try {
      Object content =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(Files.readString(FOLDER.resolve(name)));
      return new ObjectMapper().valueToTree(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files that have the shape of OpenAPI, in one. */
  static ObjectNode openApi() {
    ObjectNode all = read("api.yaml");
    Json.merge(all, read("paths.yaml"));
    Json.merge(all, read("schemas.yaml"));
    return all;
  }
}
