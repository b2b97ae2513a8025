package io.flowfi.app;

import io.flowfi.audit.AuditLog;
import io.flowfi.audit.AuditSearch;
import io.flowfi.auth.Authentication;
import io.flowfi.config.DrainSettings;
import io.flowfi.config.ServerSettings;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.health.Drain;
import io.flowfi.health.HealthCheck;
import io.flowfi.health.MicroProfileHealth;
import io.flowfi.health.ServerStatus;
import io.flowfi.log.LogPurpose;
import io.flowfi.logs.LogFields;
import io.flowfi.metrics.Exposition;
import io.flowfi.metrics.MetricsServer;
import io.flowfi.metrics.Sampler;
import io.flowfi.time.Clocks;
import io.flowfi.tracing.Tracing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a node: its ledger with all that serves it, and what the node has beside it:
 * the logins, the audit log, its figures and its health.
 */
final class EventServer implements ServerStatus, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventServer.class);

  private static final Map<String, String> OF_SANDBOX = Map.of("sandbox", "true");

  private final Parts parts = new Parts();

  /** How many of the parts stay when the node is drained: reading still works. */
  private final int drained;

  /** Of this process. */
  private final String id = UUID.randomUUID().toString();

  /** Empty if there are no traces. */
  private final Optional<Tracing> tracing;

  private final ServedLedger real;

  /** Empty without {@code SANDBOX=on}. */
  private final Optional<ServedLedger> sandbox;

  private final AuditLog audit;
  private final AuditSearch auditSearch;
  private final Authentication authentication;
  private final Exposition metrics;
  private final Sampler sampler;

  /** Empty without a sandbox. */
  private final Optional<Sampler> sandboxSampler;

  /** Empty without a port for them. */
  private final Optional<MetricsServer> metricsServer;

  /** For each part, the first check with trouble is reported. */
  private final List<HealthCheck> checks;

  private final DrainSettings drain;
  private final PlannedDrain planned;
  private volatile boolean running;

  /** It is unready, but serves on. */
  private volatile boolean leaving;

  private volatile boolean draining;

  /**
   * Opens the store and puts the parts together; nothing runs yet. If this fails, everything is
   * closed again: otherwise the directory would stay locked as long as the container lives.
   */
  EventServer(ServerSettings settings, StreamEventTranslator translator, Clocks clock) {
    drain = settings.drain();
    try {
      tracing = TracingStart.of(settings.tracing(), version(), id);
      tracing.ifPresent(with -> parts.add("traces", with));
      real =
          new ServedLedger(
              settings,
              LogPurpose.REAL,
              Optional.empty(),
              id,
              version(),
              translator,
              tracing.map(with -> with.of(LogPurpose.REAL)),
              clock);
      parts.add("ledger", real);
      sandbox =
          settings.sandbox() ? Optional.of(sandbox(settings, translator, clock)) : Optional.empty();
      sandbox.ifPresent(with -> parts.add("sandbox", () -> inItsName(with::close)));
      audit = new AuditLog(settings.audit(), clock);
      auditSearch = new AuditSearch(settings.audit());
      // closed after everything that records: the ends of event streams are recorded too
      parts.add("audit log", audit);
      authentication =
          new Authentication(
              settings.auth(),
              real.shared().tickets(),
              real.shared().seal(),
              real.shared().challenges(),
              real.nodeProof(),
              sandbox.flatMap(ServedLedger::nodeProof),
              clock);
      parts.add("authentication", authentication);
      drained = parts.size();
      planned = new PlannedDrain(drain, this::depart, clock);
      parts.add("planned drain", planned);
      checks =
          Stream.of(
                  Stream.of(
                      HealthCheck.of("server", () -> HealthCheck.trouble(leaving, "stopping")),
                      planned),
                  real.checks().stream(),
                  Stream.of(audit, authentication),
                  sandbox.map(with -> new SandboxHealth(with.checks())).stream())
              .<HealthCheck>flatMap(part -> part)
              .toList();
      metrics = new Exposition(readings -> NodeFigures.of(this, readings));
      parts.add("metrics", metrics);
      sampler = new Sampler(readings -> new NodeReadings(real, checks, readings, clock));
      parts.add("statistics", sampler);
      sandboxSampler =
          sandbox.map(
              with ->
                  new Sampler(readings -> new NodeReadings(with, with.checks(), readings, clock)));
      sandboxSampler.ifPresent(with -> parts.add("statistics of the sandbox", with));
      metricsServer =
          settings
              .metrics()
              .map(port -> new MetricsServer(port, metrics, new MicroProfileHealth(this)));
      metricsServer.ifPresent(with -> parts.add("port of the metrics", with));
    } catch (Throwable e) {
      parts.close();
      throw e;
    }
    LOG.info("FlowFi Events {} serves the log {}", version(), real);
    sandbox.ifPresent(with -> LOG.info("The sandbox serves the log {}", with));
    if (settings.followedContract().isPresent() && real.indexer().isEmpty()) {
      LOG.warn(
          "The ids of contract {} are kept free for it, but without SOROBAN_RPC_URL it is not followed",
          settings.followedContract().get());
    }
    if (authentication.isOpen()) {
      LOG.warn(
          "OPEN MODE: there is no authentication, and every program on this machine may do everything. Use no proxy and no tunnel: the server cannot always recognise them. mvn -Psecured or JWT_SECRET turns authentication on");
    }
  }

  private ServedLedger sandbox(
      ServerSettings settings, StreamEventTranslator translator, Clocks clock) {
    try (LogFields.Scope scope = LogFields.openWithThreads(OF_SANDBOX)) {
      return new ServedLedger(
          settings.ofSandbox(),
          LogPurpose.SANDBOX,
          Optional.of(real.shared()),
          id,
          version(),
          translator,
          tracing.map(with -> with.of(LogPurpose.SANDBOX)),
          clock);
    }
  }

  /** What the sandbox's threads log must not be taken for trouble with payments. */
  private static void inItsName(Runnable act) {
    try (LogFields.Scope scope = LogFields.openWithThreads(OF_SANDBOX)) {
      act.run();
    }
  }

  /**
   * Starts the threads. If one does not start, the node is closed.
   *
   * @throws IllegalStateException if a setting or a resource cannot be used that only a start
   *     tries; the message is a line for the operator
   */
  void start() {
    try {
      tracing.ifPresent(TracingStart::start);
      audit.start();
      real.start();
      sampler.start();
      sandbox.ifPresent(with -> inItsName(with::start));
      sandboxSampler.ifPresent(Sampler::start);
      metricsServer.ifPresent(MetricsServer::start);
      running = true;
    } catch (Throwable e) {
      try {
        close();
      } catch (Throwable also) {
        e.addSuppressed(also); // the first one says what is wrong
      }
      throw e;
    }
  }

  /** Of this process, as the list of nodes has it. */
  String id() {
    return id;
  }

  /** The ledger that is about money. */
  ServedLedger real() {
    return real;
  }

  /** The ledger for trying things out; empty without {@code SANDBOX=on}. */
  Optional<ServedLedger> sandbox() {
    return sandbox;
  }

  Authentication authentication() {
    return authentication;
  }

  AuditLog audit() {
    return audit;
  }

  AuditSearch auditSearch() {
    return auditSearch;
  }

  /** All of them: a part may have several. */
  List<HealthCheck> checks() {
    return checks;
  }

  /** What it does with one of its ledgers now, and has done in the last hour. */
  Sampler sampler(ServedLedger ledger) {
    return ledger == real ? sampler : sandboxSampler.orElseThrow();
  }

  /** What an administrator asks for; a stop drains it in any case. */
  Drain planned() {
    return planned;
  }

  @Override
  public boolean hasStarted() {
    return running && real.isWarm();
  }

  /** Event streams that are open, of both ledgers. */
  int openStreams() {
    return Stream.concat(Stream.of(real), sandbox.stream())
        .mapToInt(ledger -> ledger.shared().slots().counts().open())
        .sum();
  }

  /** Its figures for operators. */
  Exposition metrics() {
    return metrics;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public boolean isBroken() {
    return !leaving && checks.stream().anyMatch(HealthCheck::isBroken);
  }

  @Override
  public Map<String, String> troubles() {
    return words(HealthCheck::trouble);
  }

  @Override
  public Map<String, String> degraded() {
    return words(HealthCheck::degraded);
  }

  private Map<String, String> words(Function<HealthCheck, Optional<String>> about) {
    Map<String, String> words = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      about.apply(check).ifPresent(word -> words.putIfAbsent(check.name(), word));
    }
    return words;
  }

  @Override
  public String mode() {
    return authentication.isOpen() ? "open" : "secured";
  }

  @Override
  public String version() {
    return Objects.requireNonNullElse(
        EventServer.class.getPackage().getImplementationVersion(), "development");
  }

  /**
   * Becomes unready, waits until load balancers have noticed, and sends its clients away. Then it
   * takes no new requests, finishes the accepted ones, and tells those clients to reconnect that
   * are still there. The store can still be read. The first call does this; other calls return when
   * it is done.
   */
  synchronized void drain() {
    if (leaving) {
      return;
    }
    leaving = true;
    if (running) {
      leave();
    }
    draining = true;
    parts.closeDownTo(drained);
    each(ServedLedger::drain);
  }

  /** Both ledgers at the same time: a stop has few seconds, and the sandbox must cost none. */
  private void each(Consumer<ServedLedger> act) {
    Optional<Thread> beside =
        sandbox.map(
            with -> new Thread(() -> inItsName(() -> act.accept(with)), "flowfi-sandbox-end"));
    beside.ifPresent(Thread::start);
    act.accept(real);
    beside.ifPresent(EventServer::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void depart(Duration window) {
    each(ledger -> ledger.depart(window));
  }

  /** Whoever comes here now is served: a balancer may not know yet. */
  private void leave() {
    try {
      if (planned.status().state() != Drain.State.DRAINED) {
        TimeUnit.NANOSECONDS.sleep(drain.delay().toNanos());
      }
      if (!drain.window().isZero()) {
        depart(drain.window());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Drains the node and closes the store. */
  @Override
  public void close() {
    try {
      drain();
    } finally {
      parts.close(); // even if there is no thread left to drain a sandbox with
    }
    LOG.info(
        areWritten()
            ? "FlowFi Events has stopped; everything accepted is in the log"
            : "FlowFi Events has stopped, but not all commands are written");
  }

  /** False if a store has hung to the end, or failed. */
  private boolean areWritten() {
    return Stream.concat(Stream.of(real), sandbox.stream())
        .allMatch(with -> with.ledger().hasWrittenAll());
  }
}
