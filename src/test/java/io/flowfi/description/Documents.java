package io.flowfi.description;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** The documents as files: made from the code, kept beside the pages, and served like them. */
public final class Documents {
  public static final Path FOLDER = Path.of("webapp");

  private Documents() {}

  /** By file name, in full. */
  public static Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    JsonNode openApi = OpenApi.document();
    all.put("openapi.json", json(openApi));
    all.put("openapi.yaml", yaml(openApi));
    all.put("openapi-3.2.json", json(OpenApi.document32()));
    all.put("asyncapi.json", json(AsyncApi.document()));
    return all;
  }

  /** The description of the API as it is served. */
  public static JsonNode openApi() {
    try {
      return Json.MAPPER.readTree(FOLDER.resolve("openapi.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes them all, after a change of the API. */
  static void write() throws IOException {
    for (var document : all().entrySet()) {
      Files.writeString(FOLDER.resolve(document.getKey()), document.getValue());
    }
  }

  private static String json(JsonNode document) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    try {
      return Json.MAPPER.writer(printer).writeValueAsString(document) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String yaml(JsonNode document) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(110);
    options.setSplitLines(true);
    // a tree of maps without shared parts, so that the text has no anchors
    return new Yaml(options).dump(Json.MAPPER.convertValue(document, Map.class));
  }
}
