package io.flowfi.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** A small receiver of OTLP over HTTP, as a collector is one. */
final class TraceReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private final List<String> headers = new CopyOnWriteArrayList<>();

  /** A span, and the attributes of what sent it. */
  record Received(Span span, Map<String, String> resource) {
    String trace() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    String id() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    String parent() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    Map<String, String> attributes() {
      return words(span.getAttributesList());
    }
  }

  TraceReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All that have come, in their order. */
  List<Received> spans() {
    return List.copyOf(spans);
  }

  /** The values of {@code X-Key} that have come. */
  List<String> keys() {
    return List.copyOf(headers);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(
              zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody());
      headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Key")));
      request
          .getResourceSpansList()
          .forEach(
              of -> {
                Resource resource = of.getResource();
                of.getScopeSpansList()
                    .forEach(
                        scope ->
                            scope
                                .getSpansList()
                                .forEach(
                                    span ->
                                        spans.add(
                                            new Received(
                                                span, words(resource.getAttributesList())))));
              });
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Map<String, String> words(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, pair -> word(pair.getValue())));
  }

  private static String word(AnyValue value) {
    return switch (value.getValueCase()) {
      case INT_VALUE -> String.valueOf(value.getIntValue());
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      default -> value.getStringValue();
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
