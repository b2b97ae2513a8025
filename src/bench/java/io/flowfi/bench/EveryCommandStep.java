package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * Row 13: very many durable commands, a third of them in each {@link Manner}, all at the same time.
 * No figure of it is about speed: a command in several millions that nobody answers is what is
 * looked for, so it goes through everything between a client's socket and the log and back.
 */
record EveryCommandStep(Settings settings) implements Step {
  /** Of each manner: fewer than the connector has threads, in all more. */
  private static final int CLIENTS = 8;

  private static final int PROGRESS_SECONDS = 10;
  private static final double ABOUT_PER_SECOND = 5000;

  @Override
  public int row() {
    return 13;
  }

  @Override
  public String title() {
    return "%,d commands, each to be answered".formatted(settings.commands());
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return settings.commands() / ABOUT_PER_SECOND;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    FlowFiServer flowfi = (FlowFiServer) server;
    List<List<CommandClient>> manners = new ArrayList<>();
    for (Manner manner : Manner.values()) {
      AtomicLong left = new AtomicLong(settings.commands() / Manner.values().length);
      List<CommandClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new CommandClient(flowfi.port(), flowfi.createStream(null), manner, left));
      }
      manners.add(clients);
    }
    final long head = flowfi.head();
    List<CommandClient> all = manners.stream().flatMap(List::stream).toList();
    all.forEach(Thread::start);
    awaitEnd(all);
    for (Manner manner : Manner.values()) {
      List<CommandClient> clients = manners.get(manner.ordinal());
      Histogram answerTimes = Latency.histogram();
      clients.forEach(client -> answerTimes.add(client.answerTimes()));
      results.accept(
          Measurement.of(13, server.name(), manner.words(), CLIENTS)
              .with("commands", sum(clients, CommandClient::sent))
              .with("clean", sum(clients, CommandClient::clean))
              .with(Latency.of(answerTimes)));
    }
    long written = flowfi.head() - head;
    if (written != sum(all, CommandClient::sent)) {
      throw new IllegalStateException(
          "%,d events for %,d commands".formatted(written, sum(all, CommandClient::sent)));
    }
  }

  private static void awaitEnd(List<CommandClient> all) {
    long last = System.nanoTime();
    while (all.stream().anyMatch(Thread::isAlive)) {
      Pause.millis(200);
      if (System.nanoTime() - last >= PROGRESS_SECONDS * 1_000_000_000L) {
        last = System.nanoTime();
        System.out.printf(
            "        %,d sent, %,d clean%n",
            sum(all, CommandClient::sent), sum(all, CommandClient::clean));
      }
    }
  }

  private static long sum(List<CommandClient> clients, ToLongFunction<CommandClient> figure) {
    return clients.stream().mapToLong(figure).sum();
  }
}
