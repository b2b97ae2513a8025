package io.flowfi.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Trees of JSON. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final String SCHEMAS = "#/components/schemas/";

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ObjectNode reference(String to) {
    return object().put("$ref", to);
  }

  /** The node itself, or what its {@code $ref} leads to. */
  static JsonNode resolved(JsonNode document, JsonNode node) {
    return node.has("$ref")
        ? resolved(document, document.at(node.get("$ref").asText().substring(1)))
        : node;
  }

  /** Adds {@code more}; where both have a value, that of {@code more} stays. */
  static void merge(ObjectNode into, ObjectNode more) {
    for (var field : more.properties()) {
      JsonNode there = into.get(field.getKey());
      boolean both = there instanceof ObjectNode && field.getValue() instanceof ObjectNode;
      if (both && !there.has("$ref") && !field.getValue().has("$ref")) {
        merge((ObjectNode) there, (ObjectNode) field.getValue());
      } else {
        into.set(field.getKey(), field.getValue().deepCopy());
      }
    }
  }

  static void forEach(JsonNode tree, Consumer<JsonNode> visit) {
    visit.accept(tree);
    tree.forEach(child -> forEach(child, visit));
  }

  /** The names of the fields of an object. */
  static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The names of the schemas that a tree refers to. */
  static Set<String> schemasIn(JsonNode tree) {
    Set<String> names = new TreeSet<>();
    forEach(
        tree,
        node -> {
          String target = node.path("$ref").asText();
          if (target.startsWith(SCHEMAS)) {
            names.add(target.substring(SCHEMAS.length()));
          }
        });
    return names;
  }

  /** {@code schemas} without those that nothing in {@code tree} leads to. */
  static ObjectNode reachable(JsonNode tree, ObjectNode schemas) {
    Set<String> found = new TreeSet<>();
    Set<String> open = schemasIn(tree);
    while (!open.isEmpty()) {
      Set<String> next = new TreeSet<>();
      for (String name : open) {
        if (found.add(name) && schemas.has(name)) {
          next.addAll(schemasIn(schemas.get(name)));
        }
      }
      open = next;
    }
    ObjectNode kept = object();
    found.stream().filter(schemas::has).forEach(name -> kept.set(name, schemas.get(name)));
    return kept;
  }
}
