package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A reader that does not read, while more is sent than fits the buffers on the way to it. One
 * scenario for both checks: it is the only one with many commands.
 */
final class BackpressureChecks {
  private static final int THREADS = 4;
  private static final int STALLED = 4;

  private String others;
  private String lost;

  static List<Check> all() {
    BackpressureChecks scenario = new BackpressureChecks();
    return List.of(
        Check.of(
            "backpressure.others",
            STREAM,
            "a reader that does not read holds back neither commands nor other readers",
            subject -> {
              scenario.run(subject);
              Broken.unless(scenario.others == null, scenario.others);
              return subject.target().load() + " events came while " + STALLED + " did not read";
            }),
        Check.of(
            "backpressure.nothing-lost",
            STREAM,
            "when it reads again it gets everything, or an end from where it can resume",
            subject -> {
              if (scenario.lost == null) {
                scenario.run(subject);
              }
              Broken.unless(scenario.lost.isEmpty(), scenario.lost);
              return "everything, in order";
            }));
  }

  private void run(Subject subject) throws IOException {
    String account = Accounts.account();
    String query = "users=" + account;
    others = null;
    lost = "";
    List<Subscriber> stalled = new ArrayList<>();
    try (Subscriber reader = subject.subscribe(query)) {
      String start = reader.next().id();
      for (int i = 0; i < STALLED; i++) {
        stalled.add(subject.subscribeWithoutReading(query));
      }
      String id = subject.create(account, Accounts.account());
      try (Load load = new Load(subject, id, subject.target().load(), THREADS)) {
        load.awaitAll();
        subject.command(id, "pause", subject.object());
        reader.event("stream.paused", id);
      } catch (Broken e) {
        others = e.getMessage();
      }
      stalled.get(0).read();
      // what holds the others back may end only now
      awaitEverything(subject, stalled.get(0), query, start, id);
    } finally {
      for (Subscriber one : stalled) {
        one.close();
      }
    }
  }

  private void awaitEverything(
      Subject subject, Subscriber stalled, String query, String start, String id)
      throws IOException {
    List<String> came = new ArrayList<>();
    String last = start;
    try {
      Block block;
      while (!(block = nextLogged(stalled)).isNamed("stream.paused")) {
        came.add(block.id());
        last = block.id();
      }
      came.add(block.id());
    } catch (Broken e) {
      if (others != null) {
        return; // the end of the events was never sent
      }
      if (!stalled.isEnded()) {
        lost = e.getMessage();
        return;
      }
      try (Subscriber resumed = subject.resume(query, last)) {
        resumed.event("stream.paused", id);
        came.addAll(resumed.positions());
      }
    }
    if (others == null) {
      try (Subscriber whole = subject.resume(query, start)) {
        whole.event("stream.paused", id);
        compare(whole.positions(), came);
      }
    }
  }

  private static Block nextLogged(Subscriber subscriber) {
    return subscriber.await(Block::isLogged, "next event for the reader that did not read");
  }

  private void compare(List<String> expected, List<String> came) {
    if (!came.equals(expected)) {
      List<String> missing = new ArrayList<>(expected);
      missing.removeAll(came);
      lost = came.size() + " of " + expected.size() + " events came, without " + first(missing);
    }
  }

  private static String first(List<String> positions) {
    return positions.subList(0, Math.min(10, positions.size())) + "";
  }
}
