package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.counts.Histogram;
import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.fanout.FanOutStatistics.Kind;
import io.flowfi.ledger.LedgerStatistics;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.metrics.NodeSample.Flow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private final Histogram commits = Histogram.ofNanos();
  private final Histogram latency = Histogram.ofNanos();
  private long second;
  private long published;
  private long rejected;
  private int readings;

  private final Sampler sampler = new Sampler(unused -> this::reading);

  @AfterEach
  void close() {
    sampler.close();
  }

  private NodeReading reading() {
    readings++;
    Histogram none = Histogram.ofSizes();
    return new NodeReading(
        Instant.ofEpochSecond(second),
        TimeUnit.SECONDS.toNanos(second),
        Duration.ofSeconds(second),
        100,
        Map.of("a", 5, "b", 6),
        0,
        new FanOutStatistics(
            Map.of(new Kind("all", "detached"), 2, new Kind("all", "async"), 3),
            5,
            Map.of("client_gone", published),
            Map.of(),
            published,
            3 * published,
            100 * published,
            latency.read(),
            Map.of(),
            1,
            7,
            700),
        new LedgerStatistics(0, 1000, published, 0, 0, commits.read(), commits.read(), none.read()),
        Optional.of(new LogBounds(new LogPosition(1), new LogPosition(published + 2))),
        new LogPosition(published),
        Optional.of(4L),
        Map.of("requests", rejected),
        Optional.empty(),
        Optional.empty(),
        Optional.of(List.of()));
  }

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      sampler.tick();
      second++;
    }
  }

  @Test
  void shouldReadTheNodeEveryFifthSecondOnlyWhileNobodyListens() {
    tick(10);
    assertThat(readings).isEqualTo(2);

    Runnable end = sampler.listen(sample -> {}).orElseThrow();
    tick(10);
    assertThat(readings).isEqualTo(12);

    end.run();
    tick(10);
    assertThat(readings).isEqualTo(14);
  }

  @Test
  void shouldKeepAnHour() {
    tick(5 * (Sampler.KEPT + 10));

    List<KeptSample> kept = sampler.history();
    assertThat(kept).hasSize(720);
    assertThat(kept.get(0).at()).isEqualTo(Instant.ofEpochSecond(50));
    assertThat(kept.get(719).at()).isEqualTo(Instant.ofEpochSecond(5 * 729));
    assertThat(kept).extracting(KeptSample::connections).containsOnly(Map.of("all", 5));
    assertThat(kept).extracting(KeptSample::byNode).containsOnly(Map.of("a", 5, "b", 6));
    assertThat(kept.get(719).byNode()).isSameAs(kept.get(0).byNode());
    // what does not change is there once: the hour is small
    assertThat(kept.get(719).closes()).isSameAs(kept.get(0).closes());
  }

  @Test
  void shouldTellEachSecondWhatHasHappenedInIt() {
    List<NodeSample> heard = new ArrayList<>();
    sampler.listen(heard::add);
    tick(1);
    published = 10;
    commits.count(TimeUnit.MILLISECONDS.toNanos(2));
    tick(1);
    published = 40;
    second += 2; // the thread had other things to do
    tick(1);

    assertThat(heard.get(0).flow()).isEmpty();
    Flow first = heard.get(1).flow().orElseThrow();
    assertThat(first.seconds()).isEqualTo(1);
    assertThat(first.events()).isEqualTo(10);
    assertThat(first.deliveries()).isEqualTo(30);
    assertThat(first.bytes()).isEqualTo(1000);
    assertThat(first.commits().p50().orElseThrow()).isBetween(0.001, 0.0025);
    assertThat(first.latency().p99()).isEmpty();
    Flow second = heard.get(2).flow().orElseThrow();
    assertThat(second.seconds()).isEqualTo(3);
    assertThat(second.events()).isEqualTo(10);
    assertThat(second.commits().p50()).as("none in these seconds").isEmpty();
    assertThat(heard.get(2).reading().feedLag()).contains(2L);
  }

  @Test
  void shouldMeasureTheKeptSamplesFromOneToTheNext() {
    sampler.listen(sample -> {});
    tick(1);
    for (int i = 0; i < 10; i++) {
      published += 5;
      tick(1);
    }

    assertThat(sampler.history())
        .extracting(kept -> kept.flow().orElseThrow().events())
        .containsExactly(5.0, 5.0);
    assertThat(sampler.history().get(0).flow().orElseThrow().seconds()).isEqualTo(5);
  }

  @Test
  void shouldNotSayThatLessThanNothingHappened() {
    published = 1000;
    List<NodeSample> heard = new ArrayList<>();
    sampler.listen(heard::add);
    tick(1);
    published = 7; // it has begun anew
    tick(1);

    assertThat(heard.get(1).flow().orElseThrow().events()).isEqualTo(7);
  }

  @Test
  void shouldHaveASampleBeforeTheFirstSecondHasPassed() {
    assertThat(sampler.latest().reading().maxConnections()).isEqualTo(100);
    assertThat(sampler.latest()).isSameAs(sampler.latest());
  }

  /** A console that opens shows it at once. */
  @Test
  void shouldHaveASampleOfThisSecondWhileNobodyListens() {
    tick(1);
    published = 3;
    tick(2); // none was due

    NodeSample now = sampler.latest();
    assertThat(now.reading().fanOut().published()).isEqualTo(3);
    assertThat(now.flow().orElseThrow().seconds()).isEqualTo(3);
    int before = readings;
    assertThat(sampler.latest()).as("in the same second").isSameAs(now);
    assertThat(readings).isEqualTo(before);
  }

  @Test
  void shouldGoOnWithoutAListenerThatFails() {
    List<NodeSample> heard = new ArrayList<>();
    List<NodeSample> failed = new ArrayList<>();
    sampler.listen(
        sample -> {
          failed.add(sample);
          throw new IllegalStateException("the sink is closed");
        });
    sampler.listen(heard::add);
    tick(3);

    assertThat(heard).hasSize(3);
    assertThat(failed).hasSize(1);
  }

  @Test
  void shouldTakeSixteenListenersAtMost() {
    Runnable first = sampler.listen(sample -> {}).orElseThrow();
    for (int i = 1; i < 16; i++) {
      int number = i;
      assertThat(sampler.listen(sample -> Math.abs(number))).isPresent();
    }
    assertThat(sampler.listen(sample -> {})).isEmpty();

    first.run();
    assertThat(sampler.listen(sample -> {})).isPresent();
  }
}
