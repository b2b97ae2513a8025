package io.flowfi.description;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.ForAnybody;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the resources and the records of their answers say about the API. */
final class CodeModel {
  private static final JavaClasses WEB =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.flowfi.web");

  private CodeModel() {}

  /**
   * An operation.
   *
   * @param answer the name of its record; null if the method builds its answer itself
   */
  record Operation(boolean forAnybody, boolean forAdmins, String answer) {}

  /** By method and path: {@code get /v1/streams/{id}}. */
  static Map<String, Operation> operations() {
    Map<String, Operation> all = new TreeMap<>();
    for (JavaClass type : WEB) {
      if (type.isAnnotatedWith(Path.class)) {
        for (Method method : type.reflect().getMethods()) {
          Arrays.stream(method.getAnnotations())
              .map(mark -> mark.annotationType().getAnnotation(HttpMethod.class))
              .filter(http -> http != null)
              .forEach(
                  http ->
                      all.put(
                          http.value().toLowerCase(Locale.ROOT) + " " + path(method), of(method)));
        }
      }
    }
    return all;
  }

  private static Operation of(Method method) {
    boolean anybody = isMarked(method, ForAnybody.class) && !here(method, ForAdmins.class);
    boolean admins = isMarked(method, ForAdmins.class) && !here(method, ForAnybody.class);
    Class<?> answer = method.getReturnType();
    return new Operation(anybody, admins, answer.isRecord() ? answer.getSimpleName() : null);
  }

  private static boolean here(Method method, Class<? extends Annotation> mark) {
    return method.isAnnotationPresent(mark);
  }

  private static boolean isMarked(Method method, Class<? extends Annotation> mark) {
    return here(method, mark) || method.getDeclaringClass().isAnnotationPresent(mark);
  }

  private static String path(Method method) {
    Path own = method.getAnnotation(Path.class);
    String path =
        "/"
            + method.getDeclaringClass().getAnnotation(Path.class).value()
            + (own == null ? "" : "/" + own.value());
    return documented(path);
  }

  /** The path that the documents show: all but those that monitors ask have the version. */
  static String documented(String path) {
    return path.matches("/(health|metrics).*") ? path : "/v1" + path;
  }

  /**
   * The schema of a record of the answers, by its simple name.
   *
   * @throws AssertionError if there is none, or more than one
   */
  static ObjectNode schema(String name) {
    var found =
        WEB.stream()
            .filter(type -> type.getSimpleName().equals(name) && type.isRecord())
            .map(JavaClass::reflect)
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "src/main/api/schemas.yaml has "
              + name
              + " without a type, so it must be one record in io.flowfi.web; there are "
              + found);
    }
    Class<?> record = found.get(0);
    var schema = ModelConverters.getInstance(true).read(record).get(name);
    ObjectNode json = Json31.mapper().valueToTree(schema);
    boolean classMayOmit = record.isAnnotationPresent(JsonInclude.class);
    var required = Json.MAPPER.createArrayNode();
    for (RecordComponent part : record.getRecordComponents()) {
      if (part.getAccessor().isAnnotationPresent(JsonIgnore.class)) {
        continue;
      }
      boolean mayBeAbsent =
          classMayOmit && !part.getType().isPrimitive()
              || part.getAccessor().isAnnotationPresent(JsonInclude.class);
      if (!mayBeAbsent) {
        required.add(wireName(part));
      }
    }
    if (!required.isEmpty()) {
      json.set("required", required);
    }
    json.put("type", "object");
    return json;
  }

  private static String wireName(RecordComponent part) {
    var named = part.getAccessor().getAnnotation(JsonProperty.class);
    return named == null || named.value().isEmpty() ? part.getName() : named.value();
  }
}
