package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.it.HttpApi;
import io.flowfi.it.NodeProject;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.opentest4j.TestAbortedException;

/**
 * The React hook of the documentation in the dashboard beside it, built as its users would build
 * it, from another origin than the server's. Skipped, with a reason, without npm and its registry,
 * unless {@code FLOWFI_SERVERS} is {@code required}.
 */
class DashboardIT {
  private static final HttpServer PAGES = listen();
  private static final String ORIGIN = "http://127.0.0.1:" + PAGES.getAddress().getPort();

  /** The sources with their places to each other, so that nothing is left among them. */
  private static final Path BUILD = Path.of("target/dashboard");

  private static final Path DASHBOARD = BUILD.resolve("docs/examples/dashboard");
  private static final Map<String, String> TYPES =
      Map.of("html", "text/html", "js", "text/javascript", "css", "text/css");

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of("CORS_ALLOWED_ORIGINS", ORIGIN)));

  private final TomcatServer server = SESSION.server();
  private final OtherClient other = new OtherClient(server);
  private final Browser browser = SESSION.browser();

  /** Why the dashboard could not be built here; null: it was built. */
  private static String missing;

  @BeforeAll
  static void build() throws Exception {
    for (String folder : List.of("docs/examples", "webapp/lib")) {
      copy(Path.of(folder), BUILD.resolve(folder));
    }
    copy(Path.of("src/test/dashboard"), DASHBOARD);
    try {
      NodeProject.installIn(DASHBOARD, "the dashboard and its hook");
    } catch (TestAbortedException e) {
      missing = e.getMessage();
      return;
    }
    // The types beside what is built: the compiler and Vite have nothing to do with each other.
    Result built =
        run(
            "npm run types & types=$!; npm run build"
                + " && NODE_ENV=development npx vite build strict-mode --config vite.config.js"
                + " --mode development --outDir ../dist-strict-mode"
                + " && npx vite build --ssr src/server.tsx --outDir dist-ssr && wait $types");
    assertThat(built.code).as(built.said).isZero();
    PAGES.createContext("/", exchange -> answer(exchange, DASHBOARD.resolve("dist")));
    PAGES.createContext(
        "/strict-mode/", exchange -> answer(exchange, DASHBOARD.resolve("dist-strict-mode")));
    PAGES.start();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().matches(".*/(node_modules|dist.*)/.*")) {
          Path copy = to.resolve(from.relativize(file));
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** Before each, because Maven only counts tests that are skipped one by one. */
  @BeforeEach
  void shouldBeThere() {
    assumeTrue(missing == null, missing);
  }

  @AfterAll
  static void stop() {
    PAGES.stop(0);
  }

  @Test
  void shouldShowEventsAndStreamsAsTheyChange() {
    String before = other.create("before");
    open();
    awaitStatus(before, "ACTIVE");

    String id = other.create("while-open");

    await().atMost(Browser.PATIENCE).until(() -> references().equals(List.of("while-open")));
    awaitStatus(id, "ACTIVE");
    server.api().post("v1/streams/" + id + "/pause", HttpApi.object());
    awaitStatus(id, "PAUSED");
    assertThat(browser.complaints()).isEmpty();
    browser.screenshot("dashboard");
  }

  @Test
  void shouldLetABalanceTickWithoutRenderingThePage() {
    String id = other.create("ticking");
    open();
    awaitStatus(id, "ACTIVE");
    long renders = renders();
    String balance = balance(id);

    await().atMost(Browser.PATIENCE).until(() -> !balance(id).equals(balance));

    assertThat(renders()).isEqualTo(renders);
    long now = System.currentTimeMillis() / 1000;
    assertThat(Long.parseLong(balance(id)))
        .as("10 a second since the start")
        .isBetween((now - HttpApi.START_TIME - 5) * 10, (now - HttpApi.START_TIME + 5) * 10);
  }

  @Test
  void shouldResumeAfterARestart() {
    open();
    other.create("first");
    await().atMost(Browser.PATIENCE).until(() -> references().contains("first"));

    server.stop();
    await()
        .atMost(Browser.PATIENCE)
        .until(() -> !browser.find("state").getAttribute("data-connected").equals("true"));
    server.restart();
    browser.run(
        "dispatchEvent(new Event('online'))"); // it need not wait as long as the server has said
    other.create("second");

    await().atMost(Browser.PATIENCE).until(() -> references().equals(List.of("second", "first")));
  }

  @Test
  void shouldRenderOnAServerWhereNothingConnects() throws Exception {
    Result rendered = run("node dist-ssr/server.js");
    assertThat(rendered.said).contains("Payment streams", ">closed<");
    assertThat(rendered.code).isZero();
  }

  /** In development StrictMode mounts everything, unmounts it, and mounts it again. */
  @Test
  void shouldKeepOneConnectionInStrictModeAndNoneAfterwards() {
    browser.open(URI.create(ORIGIN + "/strict-mode/?server=" + server.uri()));
    browser.awaitText("state", "open");
    assertThat(browser.run("return [counts.mounted, counts.unmounted]")).isEqualTo(List.of(2L, 1L));
    awaitConnections(1); // that of the page before may not be closed yet
    long delivered = stats("delivered");

    other.create("one");
    other.create("two");

    browser.awaitText("references", "two one");
    assertThat(stats("delivered") - delivered).as("two events to one connection").isEqualTo(2);

    browser.run("unmount()");
    browser.awaitText("state", "unmounted");
    awaitConnections(0);

    browser.run("mount()");
    browser.awaitText("state", "open");
    other.create("three");
    browser.awaitText("references", "three");
    awaitConnections(1);
    assertThat(browser.complaints()).isEmpty();
  }

  private void awaitConnections(long expected) {
    await("connections")
        .atMost(Browser.PATIENCE)
        .until(() -> stats("activeConnections") == expected);
  }

  private long stats(String name) {
    return server.api().get("v1/events/stats").json().path(name).asLong(-1);
  }

  private void open() {
    browser.open(URI.create(ORIGIN + "/?server=" + server.uri()));
    browser.awaitText("state", "open");
  }

  private List<String> references() {
    return browser.findAll("event").stream()
        .map(row -> row.getAttribute("data-reference"))
        .filter(Objects::nonNull)
        .toList();
  }

  private void awaitStatus(String stream, String status) {
    By card = By.cssSelector("[data-stream='" + stream + "'][data-status='" + status + "']");
    await(stream + " " + status).atMost(Browser.PATIENCE).until(() -> browser.count(card) == 1);
  }

  private String balance(String stream) {
    return (String)
        browser.run(
            "return document.querySelector(`[data-stream='${arguments[0]}'] output`).textContent",
            stream);
  }

  private long renders() {
    return (Long) browser.run("return performance.getEntriesByName('dashboard').length");
  }

  private record Result(int code, String said) {}

  private static Result run(String command) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("bash", "-c", command)
            .directory(DASHBOARD.toFile())
            .redirectErrorStream(true)
            .start();
    shell.getOutputStream().close();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(90, TimeUnit.SECONDS)).as(command).isTrue();
    return new Result(shell.exitValue(), said);
  }

  private static HttpServer listen() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(HttpExchange exchange, Path root) throws IOException {
    try (exchange) {
      String folder = exchange.getHttpContext().getPath();
      String path = exchange.getRequestURI().getPath().substring(folder.length());
      Path file = root.resolve(path.isEmpty() ? "index.html" : path).normalize();
      if (!file.startsWith(root) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(204, -1); // no icon, and no complaint about it
        return;
      }
      String name = file.getFileName().toString();
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      exchange.getResponseHeaders().set("Content-Type", type);
      byte[] body = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
