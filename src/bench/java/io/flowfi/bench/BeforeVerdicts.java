package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import io.flowfi.bench.Verdicts.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Whether this build is no worse than the build before. Rows 1 and 4 are compared by rows 11 and
 * 12, which measure the same in turns.
 */
final class BeforeVerdicts {
  /** Below this a figure is worse; closer ones cannot be told apart. */
  private static final double NO_WORSE = 0.97;

  /**
   * A figure of both builds.
   *
   * @param moreIsBetter otherwise less is
   */
  private record Compared(
      int row,
      String what,
      Predicate<Measurement> which,
      ToDoubleFunction<Measurement> figure,
      boolean moreIsBetter) {
    Optional<Verdict> of(Results results) {
      Optional<Measurement> own = results.one(row, FlowFiServer.NAME, which);
      Optional<Measurement> then = results.one(row, FlowFiServer.BEFORE, which);
      return own.isPresent() && then.isPresent()
          ? Optional.of(verdict(figure.applyAsDouble(own.get()), figure.applyAsDouble(then.get())))
          : Optional.empty();
    }

    private Verdict verdict(double own, double then) {
      double ratio = moreIsBetter ? own / then : then / own;
      return new Verdict(
          Integer.toString(row),
          what + ": no worse than the build before, 0.97",
          number(own),
          "before " + number(then),
          number(ratio),
          ratio >= NO_WORSE);
    }
  }

  private static final Predicate<Measurement> ANY = m -> true;

  private static final List<Compared> ALL =
      List.of(
          less(2, "p50 ms at 50 events/s", variant("rate"), m -> m.latency().p50()),
          less(2, "p99 ms at 50 events/s", variant("rate"), m -> m.latency().p99()),
          less(
              3,
              "KB resident a connection",
              variant("total"),
              m -> m.figure("kb_per_connection_after_gc")),
          more(
              5,
              "commands/s to one of many streams",
              m -> m.connections() > 10,
              m -> m.figure("published_per_s")),
          more(6, "commands/s at once", variant("flat out"), m -> m.figure("commands_per_s")),
          less(6, "p99 ms at half of that", variant("half rate"), m -> m.latency().p99()),
          less(7, "s until all have caught up", ANY, m -> m.figure("caught_up_s")),
          less(7, "p99 ms of the others", ANY, m -> m.latency().p99()),
          less(8, "p99 ms beside stalled readers", variant("some stalled"), m -> m.latency().p99()),
          less(9, "p50 ms under churn", ANY, m -> m.latency().p50()),
          less(9, "p99 ms under churn", ANY, m -> m.latency().p99()),
          more(
              11,
              "deliveries/s, 1,000 subscribers",
              m -> m.connections() == 1000,
              m -> m.figure("deliveries_per_s")),
          more(
              11,
              "deliveries/s, 10,000 subscribers",
              m -> m.connections() > 1000,
              m -> m.figure("deliveries_per_s")),
          connects(ConnectInTurnsStep.COLD),
          connects(ConnectInTurnsStep.QUIET),
          connects(ConnectInTurnsStep.BUSY));

  private BeforeVerdicts() {}

  static List<Verdict> of(Results results) {
    return ALL.stream().flatMap(compared -> compared.of(results).stream()).toList();
  }

  private static Predicate<Measurement> variant(String name) {
    return m -> m.variant().equals(name);
  }

  private static Compared connects(String when) {
    return more(12, "subscriptions/s, " + when, variant(when), m -> m.figure("connects_per_s"));
  }

  private static Compared more(
      int row, String what, Predicate<Measurement> which, ToDoubleFunction<Measurement> figure) {
    return new Compared(row, what, which, figure, true);
  }

  private static Compared less(
      int row, String what, Predicate<Measurement> which, ToDoubleFunction<Measurement> figure) {
    return new Compared(row, what, which, figure, false);
  }
}
