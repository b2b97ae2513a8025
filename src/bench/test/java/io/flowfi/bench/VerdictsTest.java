package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictsTest {
  private static Verdicts.Verdict verdict(String row, String goal, Measurement... all) {
    return Measured.verdict(Verdicts.of(Measured.results(all)), row, goal);
  }

  private static Measurement of(String server, int row, String variant, int connections) {
    return Measurement.of(row, server, variant, connections);
  }

  @Test
  void shouldSayNothingOfRowsThatWereNotMeasured() {
    assertThat(Verdicts.of(Measured.results())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2000, true", "1999, false"})
  void shouldWantTwentyTimesTheDeliveriesOfTheBestPeer(double own, boolean met) {
    Verdicts.Verdict verdict =
        verdict(
            "1",
            "deliveries",
            of("express", 1, "saturation", 1000).with("deliveries_per_s", 50),
            of("nchan", 1, "saturation", 1000).with("deliveries_per_s", 100),
            of("epoll", 1, "saturation", 1000).with("deliveries_per_s", 9000),
            of("before", 1, "saturation", 1000).with("deliveries_per_s", 9000),
            of("flowfi-async", 1, "saturation", 1000).with("deliveries_per_s", 9000),
            of("flowfi", 1, "saturation", 100).with("deliveries_per_s", 9000),
            of("flowfi", 1, "saturation", 1000).with("deliveries_per_s", own));
    assertThat(verdict.met()).isEqualTo(met);
    assertThat(verdict.peer()).isEqualTo("nchan 100");
  }

  @ParameterizedTest
  @CsvSource({"4.3, 9.2, true, true", "4.4, 9.3, false, false", "4.2, 9.3, true, false"})
  void shouldWantNoMoreLatencyThanTheBestPeer(double p50, double p99, boolean met, boolean met99) {
    Measurement[] all = {
      of("express", 2, "rate", 1000).with(Measured.latency(20, 30, 40)),
      of("nchan", 2, "rate", 1000).with(Measured.latency(4.3, 9.2, 40)),
      of("flowfi", 2, "rate", 1000).with(Measured.latency(p50, p99, 40))
    };
    assertThat(verdict("2", "p50", all).met()).isEqualTo(met);
    assertThat(verdict("2", "p99", all).met()).isEqualTo(met99);
    assertThat(verdict("2", "p99", all).peer()).isEqualTo("nchan 9.20");
  }

  @ParameterizedTest
  @CsvSource({"5, 9.3, true", "5.1, 9.3, false", "4, 3.9, false"})
  void shouldWantFewKilobytesAConnectionAndFewerThanAnyPeer(double own, double peer, boolean met) {
    Measurement theirs = of("nchan", 3, "total", 10_000).with("kb_per_connection_after_gc", peer);
    Measurement ours = of("flowfi", 3, "total", 10_000).with("kb_per_connection_after_gc", own);
    assertThat(verdict("3", "KB", theirs, ours).met()).isEqualTo(met);
    assertThat(verdict("3", "KB", ours).met()).as("without a peer").isEqualTo(own <= 5);
  }

  @ParameterizedTest
  @CsvSource({"10000, true", "9999, false"})
  void shouldWantTenThousandSubscriptionsASecond(double own, boolean met) {
    assertThat(
            verdict("4", "subscriptions", of("flowfi", 4, "", 10_000).with("connects_per_s", own))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"900, 1.9, true", "899, 1.9, false", "950, 2, false"})
  void shouldWantManyStreamsAsFastAsFew(double many, double p50, boolean met) {
    assertThat(
            verdict(
                    "5",
                    "ratio",
                    of("flowfi", 5, "", 10).with("published_per_s", 1000),
                    of("flowfi", 5, "", 10_000)
                        .with("published_per_s", many)
                        .with(Measured.latency(p50, p50, p50)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"20000, 49.9, true", "19999, 49.9, false", "20000, 50, false"})
  void shouldWantTwentyThousandDurableCommands(double rate, double p99, boolean met) {
    Measurement[] all = {
      of("before", 6, "flat out", 64).with("commands_per_s", 10_000),
      of("flowfi", 6, "flat out", 64).with("commands_per_s", rate),
      of("flowfi", 6, "half rate", 64)
          .with("commands_per_s", rate / 2)
          .with(Measured.latency(1, p99, p99)),
      of("flowfi", 6, "one stream", 64).with("commands_per_s", 30_000)
    };
    assertThat(verdict("6", "20,000", all).met()).isEqualTo(met);
    assertThat(verdict("6", "commands/s to 64", all).met()).as("1.5 times before").isTrue();
  }

  @ParameterizedTest
  @CsvSource({"10000, 4.9, 249, true", "9999, 4.9, 249, false", "10000, 5, 249, false"})
  void shouldWantEverybodyBackInTime(double caughtUp, double seconds, double p99, boolean met) {
    assertThat(
            verdict(
                    "7",
                    "all caught up",
                    of("flowfi", 7, "", 10_000)
                        .with("caught_up", caughtUp)
                        .with("caught_up_s", seconds)
                        .with(Measured.latency(1, p99, p99)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"12, 10239, true", "12.1, 0, false", "11, 10240, false"})
  void shouldWantStalledReadersToCostTheOthersNothing(double p99, double grown, boolean met) {
    assertThat(
            verdict(
                    "8",
                    "p99 within",
                    of("flowfi", 8, "all read", 900).with(Measured.latency(5, 10, 20)),
                    of("flowfi", 8, "some stalled", 900)
                        .with("heap_before_kb", 50_000)
                        .with("heap_after_kb", 50_000 + grown)
                        .with(Measured.latency(5, p99, 20)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({
    "10239, 99, 0, 0, 0, true",
    "10240, 0, 0, 0, 0, false",
    "0, 100, 0, 0, 0, false",
    "0, 0, 1, 0, 0, false",
    "0, 0, 0, 1, 0, false",
    "0, 0, 0, 0, 1, false"
  })
  void shouldWantChurnToLeaveNothing(
      double heap, double files, double errors, double refused, double failed, boolean met) {
    assertThat(
            verdict(
                    "9",
                    "heap",
                    of("flowfi", 9, "", 100)
                        .with("connections", 5000)
                        .with("seconds", 10)
                        .with("heap_before_kb", 1000)
                        .with("heap_after_kb", 1000 + heap)
                        .with("files_before", 50)
                        .with("files_after", 50 + files)
                        .with("errors_logged", errors)
                        .with("refused", refused)
                        .with("failed", failed))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"1.5, 20, 0, true, true", "1.6, 21, 0, false, false", "1, 10, 1, true, false"})
  void shouldWantALongHistoryAsFastAsAShortOne(
      double worst, double p99, double notReady, boolean met, boolean metBeside) {
    Measurement[] all = {
      of("flowfi", 10, HistoryStep.SHORT, 1).with("page_ms", 1),
      of("flowfi", 10, HistoryStep.LONG, 1).with("page_ms", 1.2).with("worst_ratio", worst),
      of("before", 10, HistoryStep.LONG, 1).with("page_ms", 119),
      of("flowfi", 10, HistoryStep.ALONE, 1).with(Measured.latency(5, 10, 20)),
      of("flowfi", 10, HistoryStep.BESIDE_READERS, 1)
          .with("pages_per_s", 100)
          .with("readiness_asked", 40)
          .with("not_ready", notReady)
          .with(Measured.latency(5, p99, 30))
    };
    assertThat(verdict("10", "a page", all).met()).isEqualTo(met);
    assertThat(verdict("10", "commands beside", all).met()).isEqualTo(metBeside);
    assertThat(verdict("10", "ms a page", all).met()).as("100 times below 119").isFalse();
  }

  @ParameterizedTest
  @CsvSource({"800, true", "799, false"})
  void shouldWantManySubscribersToKeepTheRate(double many, boolean met) {
    Verdicts.Verdict verdict =
        verdict(
            "11",
            "deliveries/s, 10,000 subscribers to",
            of("epoll", 11, "saturation", 1000).with("deliveries_per_s", 2000),
            of("epoll", 11, "saturation", 10_000).with("deliveries_per_s", 1000),
            of("flowfi", 11, "saturation", 1000).with("deliveries_per_s", 1000),
            of("flowfi", 11, "saturation", 10_000).with("deliveries_per_s", many));
    assertThat(verdict.met()).isEqualTo(met);
    assertThat(verdict.peer()).isEqualTo("epoll 0.50");
  }

  @ParameterizedTest
  @CsvSource({"6000, 2000, true, true", "5999, 1999, false, false"})
  void shouldWantConnectingNearNchansRateAndAThirdOfItWhenCold(
      double warm, double cold, boolean met, boolean metCold) {
    Measurement[] all = {
      of("nchan", 12, ConnectInTurnsStep.QUIET, 5000).with("connects_per_s", 10_000),
      of("flowfi", 12, ConnectInTurnsStep.QUIET, 5000).with("connects_per_s", warm),
      of("flowfi", 12, ConnectInTurnsStep.COLD, 5000).with("connects_per_s", cold)
    };
    assertThat(verdict("12", "subscriptions/s, quiet: 0.6", all).met()).isEqualTo(met);
    assertThat(verdict("12", "the first", all).met()).isEqualTo(metCold);
  }

  @ParameterizedTest
  @CsvSource({"1000000, true", "999999, false"})
  void shouldWantEveryCommandAnswered(double clean, boolean met) {
    assertThat(
            verdict(
                    "13",
                    "every command answered, pipelined",
                    of("flowfi", 13, Manner.PIPELINED.words(), 8)
                        .with("commands", 1_000_000)
                        .with("clean", clean)
                        .with(Measured.latency(1, 2, 76)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"7, true", "7.1, false"})
  void shouldWantAnotherNodeFiveMillisecondsLaterAtMost(double far, boolean met) {
    String same = AcrossNodesStep.variant(Doorbell.REDIS, AcrossNodesStep.SAME_NODE);
    String other = AcrossNodesStep.variant(Doorbell.REDIS, AcrossNodesStep.OTHER_NODE);
    assertThat(
            verdict(
                    "14",
                    "to another node",
                    of("flowfi", 14, same, 10).with(Measured.latency(1, 2, 3)),
                    of("flowfi", 14, other, 10).with(Measured.latency(1, far, 9)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"4.4, true", "4.5, false"})
  void shouldWantNoMoreHeapAConnectionOnASharedDatabase(double shared, boolean met) {
    String figure = "live_heap_kb_per_connection";
    assertThat(
            verdict(
                    "15",
                    "KB of heap",
                    of("flowfi", 15, MoreNodesStep.memoryOf(MoreNodesStep.EMBEDDED), 900)
                        .with(figure, 4.25),
                    of("flowfi", 15, MoreNodesStep.memoryOf(PostgresServer.NAME), 900)
                        .with(figure, shared))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"10000, true", "9999, false"})
  void shouldWantTenTimesOneWriterOnPostgres(double rate, boolean met) {
    assertThat(
            verdict(
                    "16",
                    "commands/s on PostgreSQL, 64",
                    of(PostgresCommandsStep.LOOP, 16, "", 1).with("commands_per_s", 1000),
                    of("flowfi", 16, PostgresCommandsStep.commands(PostgresCommandsStep.FEW), 64)
                        .with("commands_per_s", rate)
                        .with(Measured.latency(1, 2, 3)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({
    "600000, 0, 95, 12, true",
    "599999, 0, 95, 12, false",
    "600001, 0, 95, 12, false",
    "600000, 1, 95, 12, false",
    "600000, 0, 94.9, 12, false",
    "600000, 0, 100, 12.1, false"
  })
  void shouldWantScrapesToLoseAndDelayNothing(
      double delivered, double failed, double reads, double p99, boolean met) {
    assertThat(
            verdict(
                    "18",
                    "100 scrapes/s",
                    of("flowfi", 18, ScrapesStep.ALONE, 1000).with(Measured.latency(5, 10, 20)),
                    of("flowfi", 18, ScrapesStep.SCRAPED, 1000)
                        .with("expected", 600_000)
                        .with("delivered", delivered)
                        .with("scrapes_failed", failed)
                        .with("scrapes_per_s", reads)
                        .with(Measured.latency(5, p99, 20)))
                .met())
        .isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({"1000, true", "1000.1, false"})
  void shouldWantTheChainAtASubscriberWithinASecondAtMost(double most, boolean met) {
    assertThat(
            verdict(
                    "19",
                    "from the RPC",
                    of("flowfi", 19, "idle", 1).with(Measured.latency(300, 500, most)))
                .met())
        .isEqualTo(met);
  }
}
