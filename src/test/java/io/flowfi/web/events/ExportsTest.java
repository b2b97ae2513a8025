package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.limit.LocalSlots;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.wire.ProblemMapper;
import io.flowfi.web.wire.ProblemServlet;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.awaitility.Awaitility;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports on a real Tomcat, behind Jersey, of a log whose reads fail, wait or find more. */
@Timeout(60)
class ExportsTest {
  private static final int PAGE = HistoryQuery.MAX_LIMIT;
  private static final int EVENTS = 5 * PAGE + 7;

  @TempDir File base;
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final Log log = new Log();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A log in memory. */
  private static final class Log implements EventHistory {
    volatile LogIdentity identity = new LogIdentity("test");
    volatile long oldest = 1;
    volatile long head = EVENTS;
    volatile LongFunction<String> payload = seq -> "";

    /** Gets the position that a page begins after, before it is read. */
    volatile LongConsumer beforePage = after -> {};

    @Override
    public HistoryPage page(HistoryQuery query) {
      long after = query.after().map(LogPosition::value).orElse(0L);
      beforePage.accept(after);
      long end = query.before().map(LogPosition::value).orElse(Long.MAX_VALUE);
      List<LoggedEvent> events =
          LongStream.rangeClosed(Math.max(after + 1, oldest), Math.min(end - 1, head))
              .limit(query.limit() + 1L)
              .mapToObj(this::event)
              .toList();
      boolean more = events.size() > query.limit();
      return new HistoryPage(
          more ? events.subList(0, query.limit()) : events,
          0,
          false,
          more,
          new LogPosition(Math.max(after, Math.min(end - 1, head))),
          new LogBounds(new LogPosition(oldest), new LogPosition(head)));
    }

    private LoggedEvent event(long seq) {
      return new LoggedEvent(
          new LogPosition(seq),
          EventType.PROTOCOL_INITIALIZED,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          1_800_000_000,
          "{\"admin\":\"" + payload.apply(seq) + "\"}");
    }

    @Override
    public LogIdentity log() {
      return identity;
    }

    @Override
    public LogPosition placeBefore(long time) {
      throw new AssertionError("no time is asked for");
    }
  }

  /** What the real resource does with a request that is valid. */
  @Path("/")
  public static final class Resource {
    private final EventHistory history;
    private Exports exports;

    Resource(EventHistory history) {
      this.history = history;
    }

    /** Made by the first request, so that a test can choose its log. */
    private synchronized Exports exports() {
      if (exports == null) {
        exports = new Exports(history, new LocalSlots(Exports.limits(history.log())));
      }
      return exports;
    }

    @GET
    public Response export(
        @Context ContainerRequestContext request,
        @HeaderParam("User") String user,
        @HeaderParam("After") String after,
        @HeaderParam("Before") String before) {
      HistoryQuery query =
          new HistoryQuery(
              Optional.empty(),
              Optional.empty(),
              Set.of(),
              Optional.ofNullable(after).map(text -> LogCursor.parse("after", text).position()),
              Optional.ofNullable(before).map(text -> LogCursor.parse("before", text).position()),
              false,
              1,
              0);
      return exports()
          .begin(
              query,
              new ExportFormat.Lines(),
              Optional.ofNullable(user),
              ServletExchange.of(request));
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.getPath());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    var context = tomcat.addContext("", base.getPath());
    ServletContainer jersey =
        new ServletContainer(
            new ResourceConfig().register(new Resource(log)).register(ProblemMapper.class));
    context.addServletContainerInitializer(
        (classes, application) -> {
          for (Filter filter :
              List.of(new RequestIdFilter(), new ServletExchange.Keeper(), new ExportEnd())) {
            application
                .addFilter(filter.getClass().getName(), filter)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
          }
        },
        null);
    Tomcat.addServlet(context, "jersey", jersey);
    context.addServletMappingDecoded("/*", "jersey");
    // as in web.xml
    Tomcat.addServlet(context, "problem", new ProblemServlet());
    context.addServletMappingDecoded("/problem", "problem");
    ErrorPage page = new ErrorPage();
    page.setLocation("/problem");
    context.addErrorPage(page);
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /**
   * @param headers names and values in turn
   */
  private HttpResponse<InputStream> ask(String method, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  /** The whole body; fails if the connection is cut. */
  private static byte[] body(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      return body.readAllBytes();
    }
  }

  /** The body up to the cut. */
  private static byte[] cutBody(HttpResponse<InputStream> answer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream body = answer.body()) {
      assertThatThrownBy(() -> body.transferTo(bytes)).isInstanceOf(IOException.class);
    }
    return bytes.toByteArray();
  }

  private static List<Long> positions(byte[] lines) {
    return new String(lines, StandardCharsets.UTF_8)
        .lines()
        .map(
            line -> {
              assertThat(line).startsWith("{\"seq\":").endsWith("}}");
              return Long.parseLong(line.replaceFirst("\\{\"seq\":([0-9]+).*", "$1"));
            })
        .toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  /** Each page finds more, and the next export goes on where this one ended. */
  @Test
  void shouldEndWhereTheLogEndedAtItsBeginning() throws Exception {
    log.beforePage = after -> log.head += after > 0 ? PAGE : 0;
    HttpResponse<InputStream> first = ask("GET");
    assertThat(first.headers().firstValue("Log-Head")).hasValue(String.valueOf(EVENTS));
    assertThat(first.headers().firstValue("Log-Oldest")).hasValue("1");
    assertThat(positions(body(first))).isEqualTo(range(1, EVENTS));
    log.beforePage = after -> {};
    HttpResponse<InputStream> next = ask("GET", "After", String.valueOf(EVENTS));
    assertThat(positions(body(next))).isEqualTo(range(EVENTS + 1, log.head));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 900, 899",
    "0, 1007, 1006",
    "0, 1008, 1007",
    "0, 999999, 1007",
    "999, 1002, 1001"
  })
  void shouldEndBeforeWhatTheClientNames(String after, String before, long last) throws Exception {
    log.beforePage = position -> log.head += position > 0 ? PAGE : 0;
    HttpResponse<InputStream> answer = ask("GET", "After", after, "Before", before);
    assertThat(positions(body(answer))).isEqualTo(range(Long.parseLong(after) + 1, last));
  }

  @Test
  void shouldRejectAPositionBeyondTheLog() throws Exception {
    HttpResponse<InputStream> answer = ask("GET", "After", String.valueOf(EVENTS + 1));
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(new String(body(answer), StandardCharsets.UTF_8)).contains("the log ends at 1007");
  }

  /** Jersey would end the answer as if it were whole, and Tomcat would add a problem to it. */
  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void shouldCutTheConnectionIfAPageCannotBeRead(String encoding) throws Exception {
    // so long that a part is sent by then, even if it is packed
    log.payload =
        seq ->
            ThreadLocalRandom.current()
                .ints(20)
                .mapToObj(Integer::toHexString)
                .collect(Collectors.joining());
    log.beforePage = after -> failAt(after, 3 * PAGE, new LogUnavailableException("a test", null));
    HttpResponse<InputStream> answer = ask("GET", "Accept-Encoding", encoding);
    assertThat(answer.statusCode()).isEqualTo(200);
    byte[] body = cutBody(answer);
    if (encoding.equals("identity")) {
      // what Tomcat has not sent yet is lost with the connection
      List<Long> sent = positions(upToTheLastLine(body));
      assertThat(sent).isNotEmpty().isEqualTo(range(1, sent.size())).hasSizeLessThanOrEqualTo(600);
    } else {
      assertThatThrownBy(() -> unpack(body)).isInstanceOf(EOFException.class);
    }
    log.beforePage = after -> {};
    assertThat(positions(body(ask("GET")))).isEqualTo(range(1, EVENTS));
  }

  private static void failAt(long after, long place, RuntimeException failure) {
    if (after == place) {
      throw failure;
    }
  }

  private static byte[] upToTheLastLine(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] unpack(byte[] body) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
  }

  @Test
  void shouldCutTheConnectionIfEventsAreRemovedBeforeTheyAreRead() throws Exception {
    log.beforePage = after -> log.oldest = after > 0 ? after + 2 : 1;
    cutBody(ask("GET"));
  }

  @Test
  void shouldAnswerWithAProblemIfTheFirstPageCannotBeRead() throws Exception {
    log.beforePage = after -> failAt(after, 0, new LogUnavailableException("a test", null));
    for (int i = 0; i < 20; i++) {
      assertThat(ask("GET").statusCode()).isEqualTo(503); // and no slot is lost
    }
  }

  /** A few kilobytes that Jersey has not passed on yet. */
  @Test
  void shouldAnswerWithAProblemAsLongAsNothingIsSent() throws Exception {
    log.beforePage = after -> failAt(after, 3 * PAGE, new LogUnavailableException("a test", null));
    HttpResponse<InputStream> answer = ask("GET", "Accept-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(answer.headers().firstValue("Log-Head")).isEmpty();
    assertThat(new String(body(answer), StandardCharsets.UTF_8)).contains("about:blank");
  }

  @Test
  void shouldPackIfAsked() throws Exception {
    HttpResponse<InputStream> answer = ask("GET", "Accept-Encoding", "br, gzip;q=0.5");
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    byte[] packed = body(answer);
    assertThat(packed.length).isLessThan(PAGE * 20);
    assertThat(positions(unpack(packed))).isEqualTo(range(1, EVENTS));
    assertThat(Exports.takesGzip(List.of("br", "deflate, x-gzip"))).isTrue();
    assertThat(Exports.takesGzip(List.of("GZIP; q=0.001"))).isTrue();
    assertThat(Exports.takesGzip(List.of("gzip;q=0", "identity"))).isFalse();
    assertThat(Exports.takesGzip(List.of("gzip; q=0.000"))).isFalse();
    assertThat(Exports.takesGzip(List.of("ungzip"))).isFalse();
    assertThat(Exports.takesGzip(List.of())).isFalse();
  }

  /** A HEAD writes no body: its slot must come back all the same. */
  @Test
  void shouldReturnTheSlotOfEveryRequest() throws Exception {
    for (int i = 0; i < 20; i++) {
      HttpResponse<InputStream> head = ask("HEAD", "User", "alice");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValue("Log-Head")).hasValue(String.valueOf(EVENTS));
      assertThat(positions(body(ask("GET", "User", "alice")))).hasSize(EVENTS);
    }
  }

  @Test
  void shouldMakeOnlySoManyAtOnce() throws Exception {
    fill(Exports.MOST);
  }

  /** Both together would hold every thread of the container. */
  @Test
  void shouldMakeFewerAtOnceInTheSandbox() throws Exception {
    log.identity = LogIdentity.random(LogPurpose.SANDBOX);
    int most = Exports.limits(log.identity).total();
    assertThat(most).isEqualTo(Math.max(1, Exports.MOST / 4));
    fill(most);
  }

  private void fill(int most) throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    log.beforePage =
        after -> {
          if (after > 0) {
            await(goOn);
          }
        };
    List<HttpResponse<InputStream>> open = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      HttpResponse<InputStream> answer = ask("GET", "User", "user-" + i / 2);
      assertThat(answer.statusCode()).isEqualTo(200);
      open.add(answer);
      if (i == 1 && most > 2) {
        assertRefused(429, "this user has as many exports as one may have", "user-0");
      }
    }
    assertRefused(503, "the server has as many exports as it can hold", "another");
    goOn.countDown();
    for (HttpResponse<InputStream> answer : open) {
      assertThat(positions(body(answer))).hasSize(EVENTS);
    }
    // the slot is returned right after the end of the answer
    Awaitility.await().until(() -> ask("HEAD", "User", "another").statusCode() == 200);
  }

  private void assertRefused(int status, String detail, String user) throws Exception {
    HttpResponse<InputStream> refused = ask("GET", "User", user);
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
    assertThat(new String(body(refused), StandardCharsets.UTF_8)).contains(detail);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
