package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.Cluster;
import io.flowfi.it.EventStream;
import io.flowfi.it.TomcatServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a node of two, which share a PostgreSQL and a Redis. */
@Tag("alone")
@Timeout(240)
class ClusterConsoleIT {
  @RegisterExtension
  static final BrowserSession<Cluster> SESSION =
      new BrowserSession<>(
          () ->
              new Cluster(
                  List.of("node-1", "node-2"), Map.of("NODE_URL", "http://127.0.0.1:{port}")));

  private final List<TomcatServer> nodes =
      SESSION.server().members().stream().map(Cluster.Member::server).toList();
  private final Browser browser = SESSION.browser();

  private void open(String view) {
    browser.open(URI.create("about:blank"));
    browser.open(nodes.get(0).uri().resolve("admin/#/" + view));
    browser.awaitText("feed", "live");
  }

  private void awaitByNode(int first, int second) {
    browser.awaitText(
        "view",
        Pattern.compile(
                "Connections by node.*node-1 %d .*node-2 %d ".formatted(first, second),
                Pattern.DOTALL)
            .asPredicate(),
        "connections by node: %d and %d".formatted(first, second));
  }

  /** Of both, at the one that one happens to look at, while they come, go, and a node is away. */
  @Test
  void shouldShowTheConnectionsOfEachNode() {
    open("overview");
    try (EventStream here = nodes.get(0).events().query("all=true").open();
        EventStream there = nodes.get(1).events().query("all=true").open();
        EventStream alsoThere = nodes.get(1).events().query("streams=7").open()) {
      here.nextConnected();
      String client = there.nextConnected().json().path("clientId").asText();
      alsoThere.nextConnected();
      awaitByNode(1, 2);
      browser.screenshot("cluster-overview");

      open("nodes");
      browser.awaitText(
          "nodes-table", text -> text.contains("node-1") && text.contains("node-2"), "both");
      browser.awaitText("nodes-facts", text -> text.contains("3 of"), "connections of both");
      browser.screenshot("cluster-nodes");

      open("connections");
      browser.awaitText("summary", "3 connections and 1 console.");
      browser.type("search", client);
      await().until(() -> browser.findAll("table-row").size() == 1);
      assertThat(browser.text("table-row")).contains("node-2");
      browser.run("document.querySelector('[data-action=\"1\"]').click()");
      browser.click("confirm-yes");
      assertThat(there.nextEvent("reconnect").json().path("reason").asText())
          .as("closed by way of the other node")
          .isEqualTo("rotation");
    }
    open("overview");
    awaitByNode(0, 0);
    assertThat(browser.findAll("state-failed")).isEmpty();
    nodes.get(1).stop();
    open("nodes");
    browser.awaitText("nodes-table", text -> !text.contains("node-2"), "one node");
    nodes.get(1).restart();
    browser.awaitText("nodes-table", text -> text.contains("node-2"), "both again");
    open("overview");
    try (EventStream again = nodes.get(1).events().query("all=true").open()) {
      again.nextConnected();
      awaitByNode(0, 1);
    }
  }
}
