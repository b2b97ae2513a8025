package io.flowfi.metrics;

import io.flowfi.http.AcceptHeader;
import io.flowfi.http.AcceptHeader.Preference;
import io.flowfi.threads.DaemonThreads;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The figures of a node, in the formats that Prometheus reads. They are collected five times a
 * second at most, however many ask. Any thread may ask; whoever comes while another one collects
 * gets the figures before.
 */
public final class Exposition implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Exposition.class);
  private static final long FRESH = Duration.ofMillis(200).toNanos();

  private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
  private final PrometheusRegistry jvmRegistry = JvmFigures.registry();
  private final DaemonThreads threads = new DaemonThreads("metrics-reader");
  private final ExecutorService readers = Executors.newCachedThreadPool(threads);
  private final List<Figures> parts;

  /** Reading them stops all threads three times, and goes through the list of open files. */
  private final LatestReading<MetricSnapshots> jvm =
      new LatestReading<>(jvmRegistry::scrape, readers);

  private final ReentrantLock collecting = new ReentrantLock();
  private volatile Collected collected;
  private boolean complained; // while collecting

  /** What was collected at one moment; written in a format when the first one asks for it. */
  private static final class Collected {
    private final MetricSnapshots snapshots;
    private final long nanos;
    private final Map<ExpositionFormatWriter, Answer> answers = new HashMap<>(); // by this

    Collected(MetricSnapshots snapshots, long nanos) {
      this.snapshots = snapshots;
      this.nanos = nanos;
    }

    boolean isFresh() {
      return System.nanoTime() - nanos < FRESH;
    }

    synchronized Answer in(ExpositionFormatWriter format) {
      return answers.computeIfAbsent(
          format, as -> new Answer(as.getContentType(), written(as, snapshots)));
    }
  }

  /**
   * An answer to a scrape.
   *
   * @param type the content type
   * @param body belongs to several answers: not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // written out once
  public record Answer(String type, byte[] body) {}

  /** Makes readings of things that take a while. */
  public interface Readings {
    <T> LatestReading<T> of(Supplier<T> source);
  }

  /**
   * @param parts makes the figures of each part
   */
  public Exposition(Function<Readings, List<Figures>> parts) {
    this.parts =
        List.copyOf(
            parts.apply(
                new Readings() {
                  @Override
                  public <T> LatestReading<T> of(Supplier<T> source) {
                    return new LatestReading<>(source, readers);
                  }
                }));
  }

  /**
   * The figures now.
   *
   * @param accept the {@code Accept} header; null without one. Whoever does not prefer OpenMetrics
   *     gets the text format, also if he accepts neither
   */
  public Answer answer(String accept) {
    return latest().in(prefersOpenMetrics(new AcceptHeader(accept)) ? openMetrics : text);
  }

  /**
   * Whether OpenMetrics 1.0.0 is wanted more than text 0.0.4. If both are wanted as much, it must
   * be named: whoever takes everything gets what everybody understands.
   */
  static boolean prefersOpenMetrics(AcceptHeader accept) {
    Preference open = accept.preference("application/openmetrics-text", "1.0.0");
    Preference text = accept.preference("text/plain", "0.0.4");
    return open.weight() > text.weight()
        || (open.weight() > 0 && open.weight() == text.weight() && open.named());
  }

  private Collected latest() {
    Collected last = collected;
    if (last != null && (last.isFresh() || !collecting.tryLock())) {
      return last;
    }
    if (last == null) {
      collecting.lock();
    }
    try {
      if (collected == null || !collected.isFresh()) {
        collected = collect();
      }
      return collected;
    } finally {
      collecting.unlock();
    }
  }

  private Collected collect() {
    long now = System.nanoTime();
    Sheet sheet = new Sheet();
    int failed = 0;
    for (Figures part : parts) {
      try {
        part.writeTo(sheet);
      } catch (RuntimeException e) {
        failed++;
        complain(part, e);
      }
    }
    complained = failed > 0;
    sheet.gauge(
        "figures_failed",
        "Parts of the node whose figures could not be read for this scrape",
        failed);
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    sheet.written().forEach(all::metricSnapshot);
    jvm.value().orElseGet(jvmRegistry::scrape).forEach(all::metricSnapshot);
    return new Collected(all.build(), now);
  }

  private void complain(Figures part, RuntimeException cause) {
    if (!complained) {
      LOG.error("the figures of {} are missing from /metrics", part, cause);
    }
  }

  private static byte[] written(ExpositionFormatWriter format, MetricSnapshots snapshots) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 * 1024);
    try {
      format.write(bytes, snapshots, EscapingScheme.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    readers.shutdownNow();
    threads.awaitEnd();
  }
}
