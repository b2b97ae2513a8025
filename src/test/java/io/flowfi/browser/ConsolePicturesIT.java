package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.EventStream;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TestAddresses;
import io.flowfi.it.TomcatServer;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.WebElement;

/**
 * Takes the pictures of the documentation, {@code docs/images}, of a node that has followed a chain
 * and served clients for five minutes: {@code mvn verify -Dit.test=ConsolePicturesIT
 * -Dflowfi.screenshots=write}. Only by hand, as every run makes other pictures.
 */
@Timeout(900)
@EnabledIfSystemProperty(named = "flowfi.screenshots", matches = "write")
class ConsolePicturesIT {
  /** What a plot shows at least. */
  private static final Duration TRAFFIC = Duration.ofMinutes(5);

  private static final int MOST_CLIENTS = 60;

  private static final int ACTS = 9;

  private static final SimulatedChain CHAIN = new SimulatedChain();
  private static final SimulatedContract CONTRACT = new SimulatedContract(CHAIN, 21);
  private static final SimulatedRpc RPC = new SimulatedRpc(CHAIN);

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of(
                      "NODE_NAME",
                      "node-1",
                      "STREAM_CONTRACT_ID",
                      CHAIN.contractId(),
                      "SOROBAN_RPC_URL",
                      RPC.url().toString())));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final Deque<EventStream> clients = new ArrayDeque<>();
  private final ExecutorService people = Executors.newSingleThreadExecutor();
  private volatile boolean over;
  private final List<String> streams = new ArrayList<>();
  private final List<String> paid = new CopyOnWriteArrayList<>();

  @AfterAll
  static void stopTheChain() {
    CONTRACT.close();
    RPC.close();
  }

  /** Until it is over, so that the pictures show a node at work. */
  private void live() throws InterruptedException {
    CONTRACT.start(Duration.ofSeconds(5), 12);
    for (int round = 0; !over; round++) {
      if (round % 12 == 0) {
        comeAndGo(round / 12);
      }
      int commands = 1 + (int) Math.abs(6 * Math.sin(round / 120.0)) + round % 3;
      for (int i = 0; i < commands; i++) {
        command(round, i);
      }
      // people pause between their commands, and the plots are to have a shape
      TimeUnit.MILLISECONDS.sleep(250);
    }
    clients.forEach(EventStream::close);
  }

  private void comeAndGo(int visit) {
    String filter =
        switch (visit % 4) {
          case 1 -> "all=true";
          case 2 -> "streams=" + streams.get(streams.size() - 1);
          default -> "users=" + TestAddresses.account(1 + visit % 9);
        };
    clients.addLast(server.events().query(filter).open());
    if (clients.size() > MOST_CLIENTS || visit % 5 == 4) {
      clients.removeFirst().close();
    }
  }

  private void command(int round, int i) {
    ObjectNode stream =
        HttpApi.newStream(TestAddresses.account(1 + i % 9), TestAddresses.account(10 + round % 7))
            .put("ratePerSecond", String.valueOf(500 * (1 + round % 9)))
            .put("depositedAmount", String.valueOf(50_000_000 + round * 7_300_000L % 90_000_000))
            .put("startTime", Instant.now().getEpochSecond() - 600L * (1 + round % 20));
    String id = server.api().create(stream);
    streams.add(id);
    String act = Map.of(1, "withdraw", 4, "pause", 6, "cancel").get(streams.size() % ACTS);
    if (act != null) {
      String path = "v1/streams/" + id + "/" + act;
      assertThat(server.api().post(path, "{}").status()).as(path).isEqualTo(200);
    }
    if ("withdraw".equals(act)) {
      paid.add(id);
    }
  }

  @Test
  void shouldTakeThePicturesOfTheDocumentation() throws Exception {
    Instant began = Instant.now();
    Future<?> life =
        people.submit(
            () -> {
              live();
              return null;
            });
    await()
        .atMost(TRAFFIC.multipliedBy(2))
        .until(() -> life.isDone() || Instant.now().isAfter(began.plus(TRAFFIC)));
    desktop("overview", "overview", "light");
    desktop("overview", "overview-dark", "dark");
    desktop("connections", "connections", "light");
    desktop("streams/" + paid.get(paid.size() / 2), "streams", "light");
    desktop("events", "events", "light");
    JsonNode newest = server.api().get("v1/events?limit=1&order=desc").json();
    desktop("audit/event/" + newest.at("/events/0/seq").asText(), "audit", "light");
    desktop("indexer", "indexer", "light");
    desktop("nodes", "nodes", "light");
    browser.lookOnAPhone("dark");
    picture("overview", "overview-phone");
    assertThat(browser.complaints()).isEmpty();
    over = true;
    life.get();
    people.shutdown();
  }

  private void desktop(String view, String name, String scheme) {
    browser.look(1280, 1000, scheme);
    picture(view, name);
  }

  private void picture(String view, String name) {
    browser.open(URI.create("about:blank"));
    browser.open(server.uri().resolve("admin/#/" + view));
    browser.awaitText("feed", "live");
    await().atMost(Browser.PATIENCE).until(() -> browser.findAll("state-loading").isEmpty());
    browser.findAll("stream-events").forEach(WebElement::click);
    await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // what is live has come
    assertThat(browser.findAll("state-failed")).as(view + " works").isEmpty();
    // a server that others can reach has no such line
    browser.run("document.getElementById('open-mode').remove()");
    browser.picture(Path.of("docs/images/console-" + name + ".png"));
  }
}
