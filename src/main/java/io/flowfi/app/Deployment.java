package io.flowfi.app;

import io.flowfi.config.Environment;
import io.flowfi.config.InvalidSettingException;
import io.flowfi.config.ServerSettings;
import io.flowfi.container.Container;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.logs.OwnLog;
import io.flowfi.output.OutputAdapter;
import io.flowfi.sse.ServletExchange;
import io.flowfi.time.Clocks;
import io.flowfi.web.access.RefusalFilter;
import io.flowfi.web.access.RefusalRecorder;
import io.flowfi.web.edge.AddressRateFilter;
import io.flowfi.web.edge.BodyFilter;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.ClientAddressFilter;
import io.flowfi.web.edge.CommandRateFilter;
import io.flowfi.web.edge.CommandTimeout;
import io.flowfi.web.edge.CorsFilter;
import io.flowfi.web.edge.CrossSiteFilter;
import io.flowfi.web.edge.OpenModeFilter;
import io.flowfi.web.edge.OriginSettings;
import io.flowfi.web.edge.PageFilter;
import io.flowfi.web.edge.PageMethodsFilter;
import io.flowfi.web.edge.RequestLogFilter;
import io.flowfi.web.edge.SandboxFilter;
import io.flowfi.web.edge.SecurityHeadersFilter;
import io.flowfi.web.edge.WalletLogin;
import io.flowfi.web.events.ConnectionSlots;
import io.flowfi.web.events.ExportEnd;
import io.flowfi.web.ops.ScrapeFilter;
import io.flowfi.web.wire.ProblemServlet;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.glassfish.jersey.internal.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application as the container deploys it: starts the node and registers what answers requests.
 */
@ApplicationScoped
public class Deployment {
  private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

  /** Filters before the body is read see a request once, and its error page. */
  private static final EnumSet<DispatcherType> FIRST =
      EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR);

  private static final EnumSet<DispatcherType> ONCE = EnumSet.of(DispatcherType.REQUEST);

  /** Filters after that: a request with a late body is dispatched again by then. */
  private static final EnumSet<DispatcherType> REQUESTS =
      EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC);

  /** What is logged anywhere in a request. */
  private static final EnumSet<DispatcherType> EVERY =
      EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);

  private static final Map<String, String> NOT_STARTED =
      Map.of("server", "has not started completely; its log says why");

  private final StreamEventTranslator translator;
  private final WholeChain chain = new WholeChain();
  private volatile Node node;

  /** For the container's proxy. */
  protected Deployment() {
    this(null);
  }

  @Inject
  public Deployment(StreamEventTranslator translator) {
    this.translator = translator;
  }

  /**
   * Starts the node. If its database does not answer, the node is unready and starts later.
   *
   * @param log gets the form that the environment names
   * @return the node, to be closed when the application stops
   * @throws StartRefusedException if the server cannot do what the environment asks for, or cannot
   *     use a resource that it names
   */
  Node start(ServletContext context, Container container, OwnLog log) {
    refuseAnotherJersey(context);
    Clocks clock = Clocks.system();
    ServerSettings settings;
    OutputAdapter outputs;
    Node opened;
    try {
      settings = ServerSettings.from(Environment.ofProcess());
      log.write(settings.logFormat());
      outputs = container.outputs(settings.output());
      opened = new Node(() -> new EventServer(settings, translator, clock), chain::startAll);
      opened.open();
    } catch (InvalidSettingException | IllegalStateException | UncheckedIOException refusal) {
      throw refused(refusal);
    }
    try {
      register(context, container, settings, outputs, opened, log, clock);
      if (opened.waits()) {
        chain.waitFor(opened);
      } else {
        start(opened.server());
      }
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
    node = opened;
    return opened;
  }

  private static StartRefusedException refused(RuntimeException why) {
    LOG.debug("the start is refused", why);
    return new StartRefusedException(why.getMessage());
  }

  /** A port may have been taken since it was looked at, and some settings only a start tries. */
  private static void start(EventServer server) {
    try {
      server.start();
    } catch (IllegalStateException refusal) {
      throw refused(refusal);
    }
  }

  private void register(
      ServletContext context,
      Container container,
      ServerSettings settings,
      OutputAdapter outputs,
      Node late,
      OwnLog log,
      Clocks clock) {
    // The order matters: first the filters that limit, name and mark every answer, then the body,
    // so that nothing after it waits for a slow sender, then the checks by cost, then the API.
    OriginSettings origins = settings.origins();
    boolean limitsRates = settings.rates().on();
    WalletLogin walletLogin = new WalletLogin(settings.auth().sep10().isPresent());
    container.unreadAnswers().ifPresent(limit -> filter(context, "unread", () -> limit, ONCE));
    filter(context, "request-id", RequestIdFilter::new, FIRST);
    filter(context, "request-log", RequestLogFilter::new, EVERY);
    filter(context, "client-address", () -> new ClientAddressFilter(settings.proxies()), FIRST);
    filter(
        context,
        "refusals",
        () -> new RefusalFilter(new RefusalRecorder(late.server().audit(), clock)),
        FIRST);
    filter(context, "security-headers", SecurityHeadersFilter::new, FIRST);
    filter(context, "cors", () -> new CorsFilter(origins, walletLogin), FIRST);
    filter(context, "sandbox", () -> new SandboxFilter(settings.sandbox()), FIRST);
    if (settings.sandbox()) {
      filter(
          context,
          "sandbox-refusals",
          () ->
              new EitherLedger(
                  (request, response, rest) -> rest.doFilter(request, response),
                  new RefusalFilter(new RefusalRecorder(late.server().audit().ofSandbox(), clock))),
          FIRST);
    }
    filter(context, "body", () -> new BodyFilter(!container.suspendsSafely()), ONCE);
    if (settings.auth().isOpen()) {
      filter(context, "open-mode", () -> new OpenModeFilter(origins), REQUESTS);
    }
    filter(context, "cross-site", () -> new CrossSiteFilter(origins, walletLogin), REQUESTS);
    if (limitsRates) {
      filter(
          context,
          "address-rate",
          () -> either(late.server(), ledger -> new AddressRateFilter(ledger.shared().rates())),
          REQUESTS);
    }
    filter(context, "caller", () -> new CallerFilter(late.server().authentication()), REQUESTS);
    if (limitsRates) {
      filter(
          context,
          "command-rate",
          () -> either(late.server(), ledger -> new CommandRateFilter(ledger.shared().rates())),
          REQUESTS);
    }
    filter(context, "page-methods", PageMethodsFilter::new, REQUESTS);
    filter(context, "pages", PageFilter::new, REQUESTS);
    filter(
        context, "command-timeout", () -> new CommandTimeout(container.suspendsSafely()), REQUESTS);
    filter(context, "scrape", () -> new ScrapeFilter(late.server().metrics()), REQUESTS);
    // A filter and not a servlet, because it sees the whole path: resources answer with and without
    // /v1.
    filter(context, "exchange", ServletExchange.Keeper::new, REQUESTS);
    filter(context, "export-end", ExportEnd::new, REQUESTS);
    filter(
        context,
        "api",
        () -> either(late.server(), ledger -> api(late.server(), ledger, outputs, log, clock)),
        REQUESTS);
    context.addServlet("problem", new ProblemServlet()).addMapping("/problem");
  }

  /** One filter for each ledger of the node; without a sandbox just that of the real one. */
  static Filter either(EventServer server, Function<ServedLedger, Filter> making) {
    Filter real = making.apply(server.real());
    return server
        .sandbox()
        .<Filter>map(sandbox -> new EitherLedger(real, making.apply(sandbox)))
        .orElse(real);
  }

  private static ApiFilter api(
      EventServer server, ServedLedger ledger, OutputAdapter outputs, OwnLog log, Clocks clock) {
    Shared shared = ledger.shared();
    ConnectionSlots slots =
        new ConnectionSlots(ledger.settings().limits(), shared.slots(), shared.rates().connects());
    return new ApiFilter(new ApiApplication(server, ledger, slots, outputs, log, clock));
  }

  /**
   * A container that delegates to its own libraries brings its Jersey. A Jersey of another edition
   * has other types, so the API cannot start; Payara 7 reports that as a successful deployment.
   */
  private static void refuseAnotherJersey(ServletContext context) {
    // null if Jersey was repackaged without the file that says it
    String version = Objects.requireNonNullElse(Version.getVersion(), "");
    if (!version.startsWith("3.1.")) {
      throw new StartRefusedException(
          "it needs Jersey 3.1 (Jakarta EE 10), and %s brings Jersey %s; Payara 6, Tomcat 10.1 and Tomcat 11 are supported"
              .formatted(
                  context.getServerInfo(), version.isEmpty() ? "of an unknown version" : version));
    }
  }

  /** Whether there is no node, or one that only a restart repairs. */
  public boolean isBroken() {
    if (node == null || node.waits()) {
      return node == null;
    }
    return !chain.isWhole() || node.server() == null || node.server().isBroken();
  }

  /** What keeps the node from serving, by part; empty if it is ready. Safe for clients. */
  public Map<String, String> troubles() {
    if (node == null || !node.waits() && !chain.isWhole()) {
      return NOT_STARTED;
    }
    return node.troubles().orElse(NOT_STARTED);
  }

  private void filter(
      ServletContext context,
      String name,
      Supplier<Filter> filter,
      EnumSet<DispatcherType> dispatches) {
    FilterRegistration.Dynamic registration = context.addFilter(name, chain.link(name, filter));
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(dispatches, true, "/*");
  }
}
