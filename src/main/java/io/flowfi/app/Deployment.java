package io.flowfi.app;

import io.flowfi.config.Environment;
import io.flowfi.config.InvalidSettingException;
import io.flowfi.config.ServerSettings;
import io.flowfi.container.Container;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.output.OutputAdapter;
import io.flowfi.sse.ServletExchange;
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
import io.flowfi.web.edge.SecurityHeadersFilter;
import io.flowfi.web.edge.WalletLogin;
import io.flowfi.web.events.ConnectionSlots;
import io.flowfi.web.events.ExportEnd;
import io.flowfi.web.wire.ProblemServlet;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
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

  private final StreamEventTranslator translator;
  private final WholeChain chain = new WholeChain();
  private volatile EventServer node;

  /** For the container's proxy. */
  protected Deployment() {
    this(null);
  }

  @Inject
  public Deployment(StreamEventTranslator translator) {
    this.translator = translator;
  }

  /**
   * Starts the node.
   *
   * @return the running node, to be closed when the application stops
   * @throws StartRefusedException if the server cannot do what the environment asks for, or cannot
   *     use a resource that it names
   */
  EventServer start(ServletContext context, Container container) {
    refuseAnotherJersey(context);
    InstantSource clock = InstantSource.system();
    ServerSettings settings;
    OutputAdapter outputs;
    EventServer server;
    try {
      settings = ServerSettings.from(Environment.ofProcess());
      outputs = container.outputs(settings.output());
      server = new EventServer(settings, translator, clock);
    } catch (InvalidSettingException | IllegalStateException | UncheckedIOException refusal) {
      LOG.debug("the start is refused", refusal);
      throw new StartRefusedException(refusal.getMessage());
    }
    try {
      register(context, container, settings, outputs, server, clock);
      server.start();
    } catch (Throwable e) {
      server.close();
      throw e;
    }
    node = server;
    return server;
  }

  private void register(
      ServletContext context,
      Container container,
      ServerSettings settings,
      OutputAdapter outputs,
      EventServer server,
      InstantSource clock) {
    // The order matters: first the filters that limit, name and mark every answer, then the body,
    // so that nothing after it waits for a slow sender, then the checks by cost, then the API.
    OriginSettings origins = settings.origins();
    Shared shared = server.shared();
    boolean limitsRates = settings.rates().on();
    WalletLogin walletLogin = new WalletLogin(server.authentication().login().isPresent());
    container.unreadAnswers().ifPresent(limit -> filter(context, "unread", limit, ONCE));
    filter(context, "request-id", new RequestIdFilter(), FIRST);
    filter(context, "client-address", new ClientAddressFilter(settings.proxies()), FIRST);
    filter(
        context, "refusals", new RefusalFilter(new RefusalRecorder(server.audit(), clock)), FIRST);
    filter(context, "security-headers", new SecurityHeadersFilter(), FIRST);
    filter(context, "cors", new CorsFilter(origins, walletLogin), FIRST);
    filter(context, "body", new BodyFilter(!container.suspendsSafely()), ONCE);
    if (server.authentication().isOpen()) {
      filter(context, "open-mode", new OpenModeFilter(origins), REQUESTS);
    }
    filter(context, "cross-site", new CrossSiteFilter(origins, walletLogin), REQUESTS);
    if (limitsRates) {
      filter(context, "address-rate", new AddressRateFilter(shared.rates()), REQUESTS);
    }
    filter(context, "caller", new CallerFilter(server.authentication()), REQUESTS);
    if (limitsRates) {
      filter(context, "command-rate", new CommandRateFilter(shared.rates()), REQUESTS);
    }
    filter(context, "page-methods", new PageMethodsFilter(), REQUESTS);
    filter(context, "pages", new PageFilter(), REQUESTS);
    ConnectionSlots slots =
        new ConnectionSlots(settings.limits(), shared.slots(), shared.rates().connects());
    ApiApplication api = new ApiApplication(server, slots, outputs, clock);
    filter(context, "command-timeout", new CommandTimeout(container.suspendsSafely()), REQUESTS);
    // A filter and not a servlet, because it sees the whole path: resources answer with and without
    // /v1.
    filter(context, "exchange", new ServletExchange.Keeper(), REQUESTS);
    filter(context, "export-end", new ExportEnd(), REQUESTS);
    filter(context, "api", new ApiFilter(api), REQUESTS);
    context.addServlet("problem", new ProblemServlet()).addMapping("/problem");
  }

  /**
   * A container that delegates to its own libraries brings its Jersey. A Jersey of another edition
   * has other types, so the API cannot start; Payara 7 reports that as a successful deployment.
   */
  private static void refuseAnotherJersey(ServletContext context) {
    String version = Version.getVersion();
    if (!version.startsWith("3.1.")) {
      throw new StartRefusedException(
          "it needs Jersey 3.1 (Jakarta EE 10), and %s brings Jersey %s; Payara 6, Tomcat 10.1 and Tomcat 11 are supported"
              .formatted(context.getServerInfo(), version));
    }
  }

  /** Whether there is no node, or one that only a restart repairs. */
  public boolean isBroken() {
    return node == null || !chain.isWhole() || node.isBroken();
  }

  /** What keeps the node from serving, by part; empty if it is ready. Safe for clients. */
  public Map<String, String> troubles() {
    if (node == null || !chain.isWhole()) {
      return Map.of("server", "has not started completely; its log says why");
    }
    return node.troubles();
  }

  private void filter(
      ServletContext context, String name, Filter filter, EnumSet<DispatcherType> dispatches) {
    FilterRegistration.Dynamic registration = context.addFilter(name, chain.link(name, filter));
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(dispatches, true, "/*");
  }
}
