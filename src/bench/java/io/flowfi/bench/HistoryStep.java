package io.flowfi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Row 10: pages of the history of a short and of a long log, by every kind of filter, in turns, all
 * of them full; the same for the long log with the earlier build, if there is one. Then commands to
 * the server with the long log, alone and while readers page through its history as fast as they
 * can.
 *
 * <p>Its servers have logs of their own and are started and ended here; that of the plan is idle.
 */
record HistoryStep(Settings settings) implements Step {
  static final String SHORT = "3,000 events";
  static final String LONG = "3,000,000 events";
  static final String ALONE = "commands alone";
  static final String BESIDE_READERS = "commands, 16 readers";

  private static final int FEW = 3_000;
  private static final int MANY = 3_000_000;

  /** So few that each page of a stream is full in the short log, too. */
  private static final int STREAMS_OF_FEW = 10;

  private static final int STREAMS_OF_MANY = 1_000;
  private static final int READERS = 16;
  private static final int COMMANDS_PER_SECOND = 50;

  /** Rounds of all pages. Until then the compilers are at work in one server or the other. */
  private static final int WARM_UP = 400;

  private static final int TIMES = 201;

  /** The earlier build may take seconds for a page. */
  private static final int TIMES_BEFORE = 3;

  @Override
  public int row() {
    return 10;
  }

  @Override
  public String title() {
    return "pages of a log of 3,000 and of 3,000,000 events";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 320;
  }

  @Override
  public void run(Server idle, Consumer<Measurement> results) {
    Path folder = settings.out().resolve("history");
    try {
      Server.deleteAll(folder);
      measure(folder, results);
      Server.deleteAll(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void measure(Path folder, Consumer<Measurement> results) {
    PreparedLog.fill(folder.resolve("few"), FEW, STREAMS_OF_FEW);
    PreparedLog.fill(folder.resolve("many"), MANY, STREAMS_OF_MANY);
    PreparedLog.copy(folder.resolve("many"), folder.resolve("before"));
    try (Server few = FlowFiServer.detached(settings).on(folder.resolve("few"));
        Server many = FlowFiServer.detached(settings).on(folder.resolve("many"))) {
      few.start(folder.resolve("servers"));
      many.start(folder.resolve("servers"));
      pages(few, many, results);
      few.close();
      commands(many, results);
    }
    FlowFiServer before = FlowFiServer.before(settings).on(folder.resolve("before"));
    if (before.missing().isEmpty()) {
      try (before) {
        before.start(folder.resolve("servers"));
        HistoryReader reader = new HistoryReader(before.port());
        results.accept(
            measurement(
                FlowFiServer.BEFORE,
                LONG,
                HistoryReader.pages(MANY).stream()
                    .map(page -> reader.median(page, TIMES_BEFORE))
                    .toList()));
      }
    }
  }

  private static void pages(Server few, Server many, Consumer<Measurement> results) {
    HistoryReader ofFew = new HistoryReader(few.port());
    HistoryReader ofMany = new HistoryReader(many.port());
    List<String> fewPages = HistoryReader.pages(FEW);
    List<String> manyPages = HistoryReader.pages(MANY);
    fewPages.forEach(ofFew::readFull);
    manyPages.forEach(ofMany::readFull);
    for (int i = 0; i < WARM_UP; i++) {
      fewPages.forEach(ofFew::read);
      manyPages.forEach(ofMany::read);
    }
    double[][] shortTimes = new double[manyPages.size()][TIMES];
    double[][] longTimes = new double[manyPages.size()][TIMES];
    // all in turns, or what else the machine and the compilers do would affect one of them
    for (int time = 0; time < TIMES; time++) {
      for (int i = 0; i < manyPages.size(); i++) {
        shortTimes[i][time] = ofFew.millis(fewPages.get(i));
        longTimes[i][time] = ofMany.millis(manyPages.get(i));
      }
    }
    List<Double> shorts = Stream.of(shortTimes).map(HistoryReader::median).toList();
    List<Double> longs = Stream.of(longTimes).map(HistoryReader::median).toList();
    double worst = 0;
    for (int i = 0; i < manyPages.size(); i++) {
      worst = Math.max(worst, longs.get(i) / shorts.get(i));
      System.out.printf(
          "        %s: %.2f ms of few, %.2f ms of many%n",
          manyPages.get(i), shorts.get(i), longs.get(i));
    }
    results.accept(measurement(FlowFiServer.NAME, SHORT, shorts));
    results.accept(measurement(FlowFiServer.NAME, LONG, longs).with("worst_ratio", worst));
  }

  private static Measurement measurement(String server, String variant, List<Double> millis) {
    return Measurement.of(10, server, variant, 1)
        .with("page_ms", millis.stream().mapToDouble(ms -> ms).average().orElseThrow())
        .with("slowest_page_ms", millis.stream().mapToDouble(ms -> ms).max().orElseThrow());
  }

  private void commands(Server server, Consumer<Measurement> results) {
    try (Publisher publisher = new Publisher(server.port(), server.publishers(1))) {
      publisher.publish(COMMANDS_PER_SECOND);
      server.stats().awaitSteadyUse();
      results.accept(measure(server, publisher, ALONE, new AtomicLong()));
      AtomicBoolean ended = new AtomicBoolean();
      AtomicLong read = new AtomicLong();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(reader(server, i, ended, read));
      }
      try {
        Pause.seconds(2);
        read.set(0);
        results.accept(measure(server, publisher, BESIDE_READERS, read));
      } finally {
        ended.set(true);
        readers.forEach(HistoryStep::join);
      }
    }
  }

  private static Thread reader(Server server, int number, AtomicBoolean ended, AtomicLong read) {
    HistoryReader reader = new HistoryReader(server.port());
    List<String> pages = HistoryReader.pages(MANY);
    Thread thread =
        new Thread(
            () -> {
              for (int i = number; !ended.get(); i++) {
                reader.read(pages.get(i % pages.size()));
                read.incrementAndGet();
              }
            },
            "history-reader-" + number);
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Measurement measure(Server server, Publisher publisher, String variant, AtomicLong read) {
    HistoryReader health = new HistoryReader(server.port());
    publisher.window();
    long begin = System.nanoTime();
    int asked = 0;
    int notReady = 0;
    double seconds = 0;
    while (seconds < settings.secondsAtARate()) {
      Pause.millis(250);
      asked++;
      notReady += health.status("/health/ready") == 200 ? 0 : 1;
      seconds = (System.nanoTime() - begin) / 1e9;
    }
    PublisherFigures figures = publisher.window();
    return Measurement.of(10, server.name(), variant, 1)
        .with("commands_per_s", figures.perSecond())
        .with("publish_refused", figures.refused())
        .with("publish_broken", figures.broken())
        .with("pages_per_s", read.get() / seconds)
        .with("readiness_asked", asked)
        .with("not_ready", notReady)
        .with(Latency.of(figures.answerTimes()));
  }

  /** The ratio of a command's p99 beside readers to its p99 alone; empty if it was not measured. */
  static Optional<Double> slowdown(Results results) {
    return results
        .one(10, FlowFiServer.NAME, m -> m.variant().equals(BESIDE_READERS))
        .map(Measurement::latency)
        .flatMap(
            beside ->
                results
                    .one(10, FlowFiServer.NAME, m -> m.variant().equals(ALONE))
                    .map(alone -> beside.p99() / alone.latency().p99()));
  }
}
