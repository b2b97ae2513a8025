package io.flowfi.tracing.otel;

import io.flowfi.log.LogPurpose;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.tracing.LedgerTracing;
import io.flowfi.tracing.Tracing;
import io.flowfi.tracing.TracingSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * OpenTelemetry, set up from its own variables: endpoint, headers, sampler, limits. It keeps what
 * is not sent yet in a queue of bounded length, and drops what does not fit.
 */
public final class OtelTracing implements Tracing {
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
  private static final AttributeKey<String> NODE = AttributeKey.stringKey("service.instance.id");
  private static final int SENDERS = 2;

  /** Part of the time that a stop may take. */
  private static final long LAST_MILLIS = 1000;

  private static final long WORKER_MILLIS = 500;

  /** What spans are made with, and how a trace goes on from another process. */
  record Instruments(Tracer tracer, TextMapPropagator propagator) {
    private static Instruments of(OpenTelemetry telemetry) {
      return new Instruments(
          telemetry.getTracer("io.flowfi"), telemetry.getPropagators().getTextMapPropagator());
    }
  }

  private final TracingSettings settings;
  private final String version;
  private final String node;
  private final DaemonThreads threads = new DaemonThreads("otlp-sender");
  private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS, threads);

  /** Null before the start: the library has a thread as soon as it is set up. */
  private volatile OpenTelemetrySdk sdk;

  /** Those of no traces before the start. */
  private volatile Instruments instruments = Instruments.of(OpenTelemetry.noop());

  /** Null until something was sent. */
  private volatile Thread worker;

  /**
   * Nothing runs yet.
   *
   * @param version of this server
   * @param node the id of this process
   */
  public OtelTracing(TracingSettings settings, String version, String node) {
    this.settings = settings;
    this.version = version;
    this.node = node;
  }

  @Override
  public void start() {
    try {
      sdk = setUp();
    } catch (ConfigurationException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      for (String value : settings.variables().values()) {
        why = why.replace(value, "(its value)");
      }
      // without the cause, in whose message the values still are
      throw new IllegalStateException("OpenTelemetry does not take an OTEL_ variable: " + why);
    }
    instruments = Instruments.of(sdk);
  }

  private OpenTelemetrySdk setUp() {
    Thread here = Thread.currentThread();
    ClassLoader ours = here.getContextClassLoader();
    // the library's threads end a moment after it is closed, and must not seem to be ours until
    // then
    here.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      return AutoConfiguredOpenTelemetrySdk.builder()
          .setServiceClassLoader(OtelTracing.class.getClassLoader())
          .disableShutdownHook() // it would hold the application's class loader
          .addPropertiesSupplier(
              () ->
                  Map.of(
                      "otel.traces.exporter", "otlp",
                      "otel.exporter.otlp.protocol", "http/protobuf"))
          .addPropertiesSupplier(settings::properties)
          .addPropertiesCustomizer(
              set -> Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none"))
          .addResourceCustomizer((resource, set) -> resource(resource, version, node))
          .addSpanExporterCustomizer((exporter, set) -> onOurThreads(exporter))
          .build()
          .getOpenTelemetrySdk();
    } finally {
      here.setContextClassLoader(ours);
    }
  }

  /** The operator's own attributes win. */
  private static Resource resource(Resource configured, String version, String node) {
    Resource ours = Resource.builder().put(VERSION, version).put(NODE, node).build();
    String service = configured.getAttribute(SERVICE);
    Resource all = ours.merge(configured);
    return service == null || service.startsWith("unknown_service")
        ? all.merge(Resource.builder().put(SERVICE, "flowfi-events").build())
        : all;
  }

  private SpanExporter onOurThreads(SpanExporter exporter) {
    if (exporter instanceof OtlpHttpSpanExporter otlp) {
      SpanExporter same = otlp.toBuilder().setExecutorService(senders).build();
      otlp.shutdown();
      return new Exporter(same);
    }
    return exporter;
  }

  /**
   * Remembers the library's own thread. It lives on for a moment after it is shut down, with values
   * of the library's classes, which a container reports as a leak.
   */
  private final class Exporter implements SpanExporter {
    private final SpanExporter exporter;

    Exporter(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      worker = Thread.currentThread();
      return exporter.export(spans);
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }

  @Override
  public LedgerTracing of(LogPurpose purpose) {
    return new OtelLedgerTracing(() -> instruments, purpose == LogPurpose.SANDBOX);
  }

  @Override
  public void close() {
    OpenTelemetrySdk running = sdk;
    if (running != null) {
      running.shutdown().join(LAST_MILLIS, TimeUnit.MILLISECONDS);
    }
    senders.shutdownNow();
    threads.awaitEnd();
    Thread last = worker;
    if (last != null) {
      last.interrupt(); // it may wait for a collector that does not answer
      try {
        last.join(WORKER_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
