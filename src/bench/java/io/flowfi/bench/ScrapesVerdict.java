package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import java.util.List;
import java.util.Optional;

/** Whether reading the figures 100 times a second costs a delivery, or makes any late: row 18. */
final class ScrapesVerdict {
  /** As for row 8: below that two measurements of the same are no further apart. */
  private static final double MOST_TIMES_P99 = 1.2;

  /** Of the reads that were due: fewer would be another measurement. */
  private static final double LEAST_OF_READS = 0.95;

  private ScrapesVerdict() {}

  static List<Verdicts.Verdict> of(Results results) {
    Optional<Measurement> alone = one(results, ScrapesStep.ALONE);
    Optional<Measurement> scraped = one(results, ScrapesStep.SCRAPED);
    return alone.isPresent() && scraped.isPresent()
        ? List.of(verdict(alone.get(), scraped.get()))
        : List.of();
  }

  private static Optional<Measurement> one(Results results, String variant) {
    return results.one(18, FlowFiServer.NAME, m -> m.variant().equals(variant));
  }

  private static Verdicts.Verdict verdict(Measurement alone, Measurement scraped) {
    double ratio = scraped.latency().p99() / alone.latency().p99();
    double lost = scraped.figure("expected") - scraped.figure("delivered");
    double reads = scraped.figure("scrapes_per_s");
    double failed = scraped.figure("scrapes_failed");
    return new Verdicts.Verdict(
        "18",
        "100 scrapes/s: no delivery lost, p99 within 1.2x",
        "%s scrapes/s, %s failed: %s of %s deliveries lost; p99 %.2f to %.2f ms: %.2f"
            .formatted(
                number(reads),
                number(failed),
                number(lost),
                number(scraped.figure("expected")),
                alone.latency().p99(),
                scraped.latency().p99(),
                ratio),
        "",
        "",
        lost == 0
            && failed == 0
            && reads >= LEAST_OF_READS * ScrapesStep.SCRAPES_PER_SECOND
            && ratio <= MOST_TIMES_P99);
  }
}
