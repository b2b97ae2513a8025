package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each check fails for the fault that it is there for, and for no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class KitTest {

  /** Most of the time of a run is waiting for heartbeats, so several run at once. */
  private final ExecutorService threads = Executors.newFixedThreadPool(12);

  private final Map<Fault, CompletableFuture<List<Result>>> runs = new EnumMap<>(Fault.class);

  @BeforeAll
  void start() {
    // they wait for far longer than the others, and begun among the last would be waited for alone
    Set<Fault> slow = EnumSet.of(Fault.SILENT_BY_DEFAULT, Fault.HEARTBEAT_IN_ITS_OWN_TIME);
    slow.forEach(this::begin);
    EnumSet.complementOf(EnumSet.copyOf(slow)).forEach(this::begin);
  }

  private void begin(Fault fault) {
    runs.put(fault, CompletableFuture.supplyAsync(() -> run(fault), threads));
  }

  @AfterAll
  void end() {
    threads.shutdownNow();
  }

  private static List<Result> run(Fault fault) {
    try (PracticeServer server = new PracticeServer(fault)) {
      Target target =
          new Target(server.uri())
              .withTokens(PracticeServer.ADMIN, PracticeServer.OTHER)
              .withStop(server::stop)
              // the other checks wait for its heartbeats
              .withPatience(Duration.ofSeconds(fault == Fault.HEARTBEAT_IN_ITS_OWN_TIME ? 20 : 5))
              .withLoad(300)
              .withLimit(40)
              .inFull();
      return Kit.run(target, List.of(), result -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldFailExactlyTheChecksOfAFault(Fault fault) throws Exception {
    List<Result> failed =
        runs.get(fault).get(100, TimeUnit.SECONDS).stream()
            .filter(result -> result.verdict() != Result.Verdict.PASS)
            .toList();
    assertThat(failed.stream().map(result -> result.check().name()).collect(Collectors.toSet()))
        .as("%s", failed)
        .isEqualTo(fault.checks);
  }

  @Test
  void shouldHaveAFaultForEachCheckAndANameForEach() {
    Set<String> tested =
        Arrays.stream(Fault.values())
            .flatMap(fault -> fault.checks.stream())
            .collect(Collectors.toSet());
    assertThat(Kit.checks().stream().map(Check::name).toList())
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z]+\\.[a-z0-9-]+"))
        .containsExactlyInAnyOrderElementsOf(tested);
  }
}
