package io.flowfi.app;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.description.RealAnswers;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.LogPosition;
import io.flowfi.logs.OwnLog;
import io.flowfi.output.AsyncOutputs;
import io.flowfi.output.WriteTimeouts;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.sse.ServletExchange;
import io.flowfi.time.Clocks;
import io.flowfi.web.edge.BodyFilter;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.OpenModeFilter;
import io.flowfi.web.edge.RequestLogFilter;
import io.flowfi.web.edge.SandboxFilter;
import io.flowfi.web.edge.SecurityHeadersFilter;
import io.flowfi.web.events.ConnectionSlots;
import io.flowfi.web.events.ExportEnd;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.model.ModelProcessor;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.glassfish.jersey.server.model.ResourceModel;
import org.glassfish.jersey.servlet.ServletContainer;
import org.glassfish.jersey.test.ServletDeploymentContext;
import org.glassfish.jersey.test.grizzly.GrizzlyWebTestContainerFactory;
import org.glassfish.jersey.test.spi.TestContainer;

/**
 * The whole node behind Jersey's Grizzly test container, on a free port, under a clock that the
 * test sets.
 */
final class ApiServer implements AutoCloseable {
  static final Instant START = Instant.ofEpochSecond(1_800_000_000L);

  private final AtomicReference<Instant> now;
  private final AtomicLong passed = new AtomicLong();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final TestContainer container;
  final EventServer node;
  final OwnLog log;
  final Endpoints endpoints = new Endpoints();

  ApiServer(Path dataDirectory, Map<String, String> variables) {
    this(dataDirectory, variables, START);
  }

  /**
   * @param start the clock's time until it is advanced
   */
  ApiServer(Path dataDirectory, Map<String, String> variables, Instant start) {
    this(dataDirectory, variables, start, Optional.empty(), Optional.empty());
  }

  /** That follows a simulated chain. */
  static ApiServer following(Path dataDirectory, SimulatedChain chain, SimulatedRpc node) {
    return new ApiServer(
        dataDirectory,
        Map.of("STREAM_CONTRACT_ID", chain.contractId(), "SOROBAN_RPC_URL", node.url().toString()));
  }

  /** With an indexer of the test's own. */
  ApiServer(Path dataDirectory, Map<String, String> variables, IndexerControl indexer) {
    this(dataDirectory, variables, START, Optional.of(indexer), Optional.empty());
  }

  /** With an indexer and a reconciliation of the test's own. */
  ApiServer(
      Path dataDirectory,
      Map<String, String> variables,
      IndexerControl indexer,
      Reconciliation reconciliation) {
    this(dataDirectory, variables, START, Optional.of(indexer), Optional.of(reconciliation));
  }

  private ApiServer(
      Path dataDirectory,
      Map<String, String> variables,
      Instant start,
      Optional<IndexerControl> indexer,
      Optional<Reconciliation> reconciliation) {
    now = new AtomicReference<>(start);
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("FLOWFI_DATA_DIR", dataDirectory.toString());
    ServerSettings settings = ServerSettings.from(new Environment(environment, Map.of()));
    Clocks clock = new Clocks(now::get, () -> System.nanoTime() + passed.get());
    log = new OwnLog(clock);
    try {
      node = new EventServer(settings, new StreamEventTranslator(), clock);
      node.start();
    } catch (RuntimeException e) {
      log.close(); // it stands at a logger that all tests of this JVM have
      throw e;
    }
    ApiApplication api = api(node.real(), indexer, reconciliation, clock);
    api.register(endpoints);
    api.register(new AdminProbe());
    Optional<ApiApplication> sandbox =
        node.sandbox().map(ledger -> api(ledger, Optional.empty(), Optional.empty(), clock));
    sandbox.ifPresent(other -> other.register(new AdminProbe()));
    container =
        new GrizzlyWebTestContainerFactory()
            .create(
                UriBuilder.fromUri("http://127.0.0.1/").port(0).build(),
                ServletDeploymentContext.forServlet(
                        new FilteredContainer(
                            api,
                            sandbox,
                            new SandboxFilter(sandbox.isPresent()),
                            new BodyFilter(true),
                            new CallerFilter(node.authentication())))
                    .addFilter(RequestIdFilter.class, "request-id")
                    .addFilter(RequestLogFilter.class, "request-log")
                    .addFilter(SecurityHeadersFilter.class, "security-headers")
                    .addFilter(OpenModeFilter.class, "open-mode")
                    .addFilter(ServletExchange.Keeper.class, "exchange")
                    .addFilter(ExportEnd.class, "export-end")
                    .build());
    container.start();
  }

  private ApiApplication api(
      ServedLedger ledger,
      Optional<IndexerControl> indexer,
      Optional<Reconciliation> reconciliation,
      Clocks clock) {
    return new ApiApplication(
        node,
        ledger,
        indexer.or(ledger::indexer),
        reconciliation.or(ledger::reconciliation),
        new ConnectionSlots(
            ledger.settings().limits(),
            ledger.shared().slots(),
            ledger.shared().rates().connects()),
        new AsyncOutputs(WriteTimeouts.NONE, context -> context.setTimeout(0)),
        log,
        clock);
  }

  /** The container takes filters only by class, and these have parameters. */
  private static final class FilteredContainer extends ServletContainer {
    private static final long serialVersionUID = 1L;
    private final transient Optional<ServletContainer> sandbox;
    private final transient Filter choice;
    private final transient Filter body;
    private final transient Filter caller;

    FilteredContainer(
        ResourceConfig application,
        Optional<ApiApplication> sandbox,
        Filter choice,
        Filter body,
        Filter caller) {
      super(application);
      this.sandbox = sandbox.map(ServletContainer::new);
      this.choice = choice;
      this.body = body;
      this.caller = caller;
    }

    @Override
    public void init(ServletConfig config) throws ServletException {
      super.init(config);
      if (sandbox.isPresent()) {
        sandbox.get().init(config);
      }
    }

    @Override
    public void service(ServletRequest request, ServletResponse response)
        throws ServletException, IOException {
      choice.doFilter(
          request,
          response,
          (r, s) -> body.doFilter(r, s, (in, out) -> caller.doFilter(in, out, this::serve)));
    }

    private void serve(ServletRequest request, ServletResponse response)
        throws ServletException, IOException {
      if (SandboxFilter.isMeant(request)) {
        sandbox.orElseThrow().service(request, response);
      } else {
        super.service(request, response);
      }
    }

    @Override
    public void destroy() {
      sandbox.ifPresent(ServletContainer::destroy);
      super.destroy();
    }
  }

  /** Every endpoint that Jersey serves, as it reports them: {@code GET streams/{id}}. */
  static final class Endpoints implements ModelProcessor {
    private final Set<String> all = new TreeSet<>();

    Set<String> all() {
      return all;
    }

    @Override
    public ResourceModel processResourceModel(ResourceModel model, Configuration configuration) {
      model.getRootResources().forEach(resource -> add("", resource));
      return model;
    }

    private void add(String parent, Resource resource) {
      String path = (parent + "/" + resource.getPath()).replaceAll("/+", "/");
      for (ResourceMethod method : resource.getAllMethods()) {
        all.add(
            method.getHttpMethod() == null
                ? "LOCATOR " + path
                : method.getHttpMethod() + " " + path);
      }
      resource.getChildResources().forEach(child -> add(path, child));
    }

    @Override
    public ResourceModel processSubResource(ResourceModel model, Configuration configuration) {
      return model;
    }
  }

  int port() {
    return container.getBaseUri().getPort();
  }

  /** Lets time go by. */
  void advance(Duration by) {
    setClock(by);
    passed.addAndGet(by.toNanos());
  }

  /** Somebody sets the time of day; nothing has gone by. */
  void setClock(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }

  /**
   * @param headers names and values in turn
   */
  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return checked(path, client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  /** Every answer that a test gets must be one that the description of the API has. */
  private static HttpResponse<String> checked(String path, HttpResponse<String> answer) {
    RealAnswers.check(
        answer.request().method(), path, answer.statusCode(), answer.headers(), answer.body());
    return answer;
  }

  /**
   * Creates a stream that was used up long ago, to account 2. Its event is published when this
   * returns: the answer alone does not guarantee that the next subscriber comes after it.
   */
  HttpResponse<String> create(String sender, String... headers)
      throws IOException, InterruptedException {
    HttpResponse<String> created =
        post(
            "/v1/streams",
            JsonNodeFactory.instance
                .objectNode()
                .put("sender", sender)
                .put("recipient", TestAddresses.account(2))
                .put("tokenAddress", TestAddresses.contract(0))
                .put("ratePerSecond", "10")
                .put("depositedAmount", "1000")
                .put("startTime", 0)
                .toString(),
            headers);
    if (created.statusCode() == 201) {
      LogPosition head = node.real().store().log().bounds().head();
      // it is there by now, or in a moment, and some tests create hundreds
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> node.real().fanOut().head().compareTo(head) >= 0);
    }
    return created;
  }

  /** The answer to a subscription: its head and, if it is no event stream, its body. */
  HttpResponse<String> opened(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return checked(
        path,
        client.send(
            request.build(),
            head ->
                head.statusCode() == 200
                    ? HttpResponse.BodySubscribers.mapping(
                        HttpResponse.BodySubscribers.ofInputStream(), ApiServer::closed)
                    : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8)));
  }

  private static String closed(InputStream body) {
    try {
      body.close();
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, null, headers);
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = "application/json";
    return send("POST", path, body, all);
  }

  /** Opens a connection and sends the head of a request as it is. */
  Socket raw(String head) throws IOException {
    Socket socket = new Socket("127.0.0.1", port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  @Override
  public void close() {
    node.close();
    container.stop();
    log.close();
  }
}
