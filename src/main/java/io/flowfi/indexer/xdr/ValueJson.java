package io.flowfi.indexer.xdr;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.flowfi.indexer.xdr.Value.Whole.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Values as JSON, always in the same way: integers of 64 bits and more as decimal strings (a
 * JavaScript number would round them), addresses, symbols and strings as strings, bytes as
 * hexadecimal digits, void as null, an error as {@code {"error":{"type","code"}}}. A map is an
 * object if its keys are symbols or strings that stay different as text, else an array of pairs.
 */
final class ValueJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ValueJson() {}

  static String of(Value value) {
    return written(json -> write(json, value));
  }

  /** A value with topics that belong to it: {@code {"topics":[...],"value":...}}. */
  static String of(List<Value> topics, Value value) {
    return written(
        json -> {
          json.writeStartObject();
          json.writeFieldName("topics");
          write(json, new Value.Vector(topics));
          json.writeFieldName("value");
          write(json, value);
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Value value) throws IOException {
    if (value instanceof Value.Whole whole) {
      if (whole.kind() == Kind.U32 || whole.kind() == Kind.I32) {
        json.writeNumber(whole.value().longValue());
      } else {
        json.writeString(whole.value().toString());
      }
    } else if (value instanceof Value.Bool bool) {
      json.writeBoolean(bool.value());
    } else if (value instanceof Value.Party party) {
      json.writeString(party.strKey());
    } else if (value instanceof Value.Bytes bytes) {
      json.writeString(HexFormat.of().formatHex(bytes.value()));
    } else if (value instanceof Value.Vector vector) {
      json.writeStartArray();
      for (Value each : vector.values()) {
        write(json, each);
      }
      json.writeEndArray();
    } else if (value instanceof Value.Table table) {
      writeTable(json, table);
    } else if (value instanceof Value.Failure failure) {
      json.writeStartObject();
      json.writeObjectFieldStart("error");
      json.writeNumberField("type", failure.type());
      json.writeNumberField("code", failure.code());
      json.writeEndObject();
      json.writeEndObject();
    } else {
      // void is the only one that is no text
      Optional<String> text = text(value);
      if (text.isPresent()) {
        json.writeString(text.get());
      } else {
        json.writeNull();
      }
    }
  }

  private static void writeTable(JsonGenerator json, Value.Table table) throws IOException {
    boolean isObject = hasNames(table);
    if (isObject) {
      json.writeStartObject();
    } else {
      json.writeStartArray();
    }
    for (Value.Entry entry : table.entries()) {
      if (isObject) {
        json.writeFieldName(text(entry.key()).orElseThrow());
        write(json, entry.value());
      } else {
        write(json, new Value.Vector(List.of(entry.key(), entry.value())));
      }
    }
    if (isObject) {
      json.writeEndObject();
    } else {
      json.writeEndArray();
    }
  }

  private static boolean hasNames(Value.Table table) {
    Set<String> names = new HashSet<>();
    for (Value.Entry entry : table.entries()) {
      Optional<String> name = text(entry.key());
      if (name.isEmpty() || !names.add(name.get())) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> text(Value value) {
    if (value instanceof Value.Symbol symbol) {
      return Optional.of(symbol.value());
    }
    if (value instanceof Value.Text text) {
      return Optional.of(new String(text.value(), StandardCharsets.UTF_8));
    }
    return value instanceof Value.Tag tag
        ? Optional.of(new String(tag.value(), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static String written(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      content.writeTo(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }
}
