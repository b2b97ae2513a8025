package io.flowfi.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs the table: one server at a time, except in the rows that compare side by side, then writes
 * the results and the report.
 */
public final class BenchRunner {
  /** From this length on row 9 reads the heap to find slow growth. */
  private static final Duration LONG_CHURN = Duration.ofMinutes(5);

  /** How many turns each server has in rows that compare side by side. */
  private static final int TURNS = 2;

  private record Plan(Server server, List<Step> steps) {}

  private final Settings settings;
  private final Results results;

  private BenchRunner(Settings settings) {
    this.settings = settings;
    this.results = new Results(Machine.describe());
  }

  /** See {@code docs/benchmarks.md} for the properties. */
  public static void main(String[] args) throws IOException {
    Settings asked = Settings.fromSystemProperties();
    Settings settings = fitOpenFiles(asked);
    Files.createDirectories(settings.out());
    new BenchRunner(settings).run();
  }

  /** A server and this process each need a file for every connection. */
  private static Settings fitOpenFiles(Settings asked) {
    long limit = Programs.openFilesLimit();
    long needed = asked.connections() + 1500L;
    if (limit >= needed) {
      return asked;
    }
    int fitting = (int) Math.max(100, limit - 1500);
    System.out.printf(
        "RLIMIT_NOFILE is %d, too low for %,d connections: measuring with %,d. Raise it (ulimit -Hn %d).%n",
        limit, asked.connections(), fitting, needed);
    return asked.withConnections(fitting);
  }

  private List<Plan> plans() {
    List<Plan> plans = new ArrayList<>();
    // The epoll program first: it also warms up this JVM, without a cost for the others.
    for (Server peer :
        List.of(new KernelServer(settings), new ExpressServer(settings), new JerseyServer())) {
      plans.add(new Plan(peer, common(atLowRate())));
    }
    plans.add(
        new Plan(
            FlowFiServer.async(settings), List.of(new MemoryStep(settings), fanOut(1, 1000, 0))));
    before().ifPresent(server -> plans.add(new Plan(server, List.of(new MemoryStep(settings)))));
    Server nchan = new NchanServer();
    Server flowfi = FlowFiServer.detached(settings);
    List<Step> own;
    if (isMeasured(nchan) && isMeasured(flowfi)) {
      plans.add(new Plan(nchan, common()));
      own = common(inTurnsWith(nchan));
    } else {
      plans.add(new Plan(nchan, common(atLowRate())));
      own = common(beside(List.of(atLowRate()), before()));
    }
    own.addAll(
        List.of(
            beside(List.of(new ManyStreamsStep(settings)), before()),
            beside(List.of(new CommandsStep(settings)), before()),
            beside(
                List.of(fanOut(11, 1000, 0), fanOut(11, 10_000, 0)),
                measured(new KernelServer(settings)),
                before()),
            new HistoryStep(settings),
            beside(List.of(new StormStep(settings)), before()),
            beside(List.of(new StalledStep(settings)), before())));
    if (settings.churn().compareTo(LONG_CHURN) >= 0) {
      own.add(new FillRingStep(9));
    }
    own.add(beside(List.of(new ChurnStep(settings)), before()));
    if (settings.commands() > 0) {
      own.add(new EveryCommandStep(settings));
    }
    own.add(new ScrapesStep(settings));
    own.addAll(manyNodes());
    own.add(new BackfillStep(settings));
    own.add(new ChainLatencyStep(settings));
    skipWithout(new PostgresServer(), 17, "row 17 with PostgreSQL");
    if (settings.profile()) {
      for (ProfileStep.Load load : ProfileStep.Load.values()) {
        own.add(new ProfileStep(load, settings, results.profiles));
      }
    }
    // before the others, which would have warmed the server up
    plans.add(
        new Plan(
            FlowFiServer.detached(settings),
            List.of(
                new ConnectInTurnsStep(present(measured(new NchanServer()), before()), settings))));
    plans.add(new Plan(flowfi, own));
    return plans;
  }

  /** The rows with several nodes; none where their database is missing. */
  private List<Step> manyNodes() {
    List<Step> steps =
        List.of(
            new AcrossNodesStep(settings, results.skipped),
            new MoreNodesStep(settings),
            new PostgresCommandsStep(settings));
    Optional<String> missing = new PostgresServer().missing();
    if (missing.isEmpty()) {
      return steps;
    }
    for (Step step : steps) {
      if (settings.hasRow(step.row())) {
        results.skipped.put("row " + step.row(), missing.get());
        System.out.println("row " + step.row() + " is skipped: " + missing.get());
      }
    }
    return List.of();
  }

  /** Says that a part of a row will be missing. */
  private void skipWithout(Server needed, int row, String what) {
    if (settings.hasRow(row)) {
      needed.missing().ifPresent(why -> results.skipped.put(what, why));
    }
  }

  /** The earlier build, if one is named. */
  private Optional<Server> before() {
    return Optional.<Server>of(FlowFiServer.before(settings))
        .filter(server -> server.missing().isEmpty());
  }

  private Optional<Server> measured(Server server) {
    return Optional.of(server).filter(this::isMeasured);
  }

  /** The steps of one row, in turns with the available rivals. */
  @SafeVarargs
  private Step beside(List<Step> steps, Optional<Server>... rivals) {
    List<Server> there = present(rivals);
    return new SideBySideStep(steps, there, there.isEmpty() ? 1 : TURNS, settings);
  }

  @SafeVarargs
  private static List<Server> present(Optional<Server>... servers) {
    return Stream.of(servers).flatMap(Optional::stream).toList();
  }

  private boolean isMeasured(Server server) {
    return isWanted(server) && server.missing().isEmpty();
  }

  /** The build before is wanted by naming its WAR. */
  private boolean isWanted(Server server) {
    return settings.hasServer(server.name()) || server.name().equals(FlowFiServer.BEFORE);
  }

  /** The rows that every server has. */
  private List<Step> common(Step... atLowRate) {
    List<Step> steps =
        new ArrayList<>(List.of(new MemoryStep(settings), new ConnectStep(settings)));
    steps.addAll(List.of(atLowRate));
    steps.add(fanOut(1, 100, 0));
    steps.add(fanOut(1, 1000, 0));
    steps.add(fanOut(1, 10_000, 0));
    return steps;
  }

  private Step atLowRate() {
    return fanOut(2, 1000, 50);
  }

  private Step inTurnsWith(Server rival) {
    return new InTurnsStep(2, Math.min(1000, settings.connections()), 50, rival, settings);
  }

  private Step fanOut(int row, int subscribers, double rate) {
    return new FanOutStep(row, Math.min(subscribers, settings.connections()), rate, settings);
  }

  /** The requested steps; the server is warmed up before the first that needs it. */
  private List<Step> steps(Plan plan) {
    List<Step> steps =
        new ArrayList<>(
            plan.steps().stream().filter(step -> settings.hasRow(step.row())).distinct().toList());
    if (plan.server().compilesItself()) {
      steps.stream()
          .filter(Step::needsWarmServer)
          .findFirst()
          .ifPresent(
              first -> steps.add(steps.indexOf(first), new WarmUpStep(first.row(), settings)));
    }
    return steps;
  }

  private void run() throws IOException {
    List<Plan> plans = new ArrayList<>();
    for (Plan plan : plans()) {
      List<Step> steps = steps(plan);
      if (steps.isEmpty() || !isWanted(plan.server())) {
        continue;
      }
      Optional<String> missing = plan.server().missing();
      if (missing.isPresent()) {
        results.skipped.put(plan.server().name(), missing.get());
        System.out.println(plan.server().name() + " is skipped: " + missing.get());
      } else {
        plans.add(new Plan(plan.server(), steps));
      }
    }
    int count = plans.stream().mapToInt(plan -> plan.steps().size()).sum();
    double estimate =
        plans.stream()
            .mapToDouble(plan -> 6 + plan.steps().stream().mapToDouble(Step::seconds).sum())
            .sum();
    Progress progress = new Progress(System.out, count, estimate);
    try {
      plans.forEach(plan -> run(plan, progress));
    } finally {
      write(progress);
    }
    if (!results.skipped.isEmpty() && results.measurements.isEmpty()) {
      throw new IllegalStateException("nothing was measured: " + results.skipped);
    }
  }

  private void run(Plan plan, Progress progress) {
    Path folder = settings.out().resolve("servers");
    try (Server server = plan.server()) {
      server.start(folder);
      for (Step step : plan.steps()) {
        progress.begin(server.name(), step.title());
        try {
          step.run(
              server,
              m -> {
                results.measurements.add(m);
                progress.result(m);
              });
        } catch (IllegalStateException | UncheckedIOException e) {
          // A failed measurement is reported and does not affect the others.
          results.skipped.put(server.name() + ": " + step.title(), e.getMessage());
          progress.say("        failed: " + e.getMessage());
          // A stuck server would fail, or slow down, all that follow.
          server.close();
          server.start(folder.resolve("after-failure-" + results.skipped.size()));
        }
        Pause.seconds(1);
      }
    } catch (IllegalStateException | UncheckedIOException e) {
      results.skipped.put(plan.server().name(), e.getMessage());
      progress.say("        " + e.getMessage());
    }
  }

  private void write(Progress progress) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", results.machine);
    json.put("measurements", results.measurements);
    json.put("table", Verdicts.of(results));
    json.put("skipped", results.skipped);
    json.put("profiles", results.profiles);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(settings.out().resolve("results.json").toFile(), json);
    Files.writeString(settings.out().resolve("report.html"), new Report(results).html());
    String tables = new MarkdownTables(results).text();
    progress.say("\n" + tables);
    results.profiles.forEach((title, text) -> progress.say(title + "\n" + text));
    if (settings.docs()) {
      MarkdownTables.replaceIn(settings.base().resolve("docs/benchmarks.md"), tables);
    }
    progress.say("report: " + settings.out().resolve("report.html").toUri());
  }
}
