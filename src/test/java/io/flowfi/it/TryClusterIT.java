package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.servers.Needed;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What {@code mvn -Pcluster} starts, and what it prints. */
@Timeout(300)
@EnabledIfSystemProperty(
    named = "flowfi.rolling.clients",
    matches = "[0-9]{4,}",
    disabledReason = "three nodes only to see that they start: with -Prolling")
class TryClusterIT {
  private static final Pattern NODE =
      Pattern.compile("node +(http://127.0.0.1:[0-9]+/) +\\(process ([0-9]+)\\)");

  private static final Pattern BALANCER = Pattern.compile("balancer +(http://127.0.0.1:[0-9]+/)");
  private static final Pattern TOKEN = Pattern.compile("admin +G[A-Z2-7]{55} +(eyJ\\S+)");

  /** Through HAProxy, and from node to node. */
  @Test
  void shouldStartNodesOfOneLogAndEndThem() {
    Needed.need(Balancer.isInstalled(), "haproxy is not installed");
    List<ProcessHandle> nodes;
    try (BackgroundCommand cluster = BackgroundCommand.startTrial(TryCluster.class)) {
      await()
          .atMost(Duration.ofMinutes(4))
          .until(() -> cluster.output().contains("Ctrl-C ends everything"));
      String said = cluster.output();
      List<MatchResult> lines = NODE.matcher(said).results().toList();
      assertThat(lines).as(said).hasSize(3);
      nodes = lines.stream().map(line -> process(line.group(2))).toList();
      assertThat(nodes).allMatch(ProcessHandle::isAlive);
      String[] token = {"Authorization", "Bearer " + first(TOKEN, said)};
      HttpApi writer = new HttpApi(URI.create(lines.get(0).group(1)));
      HttpApi.Answer created =
          writer.post(
              "v1/streams",
              HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
                  .put("reference", "of the first node"),
              token);
      assertThat(created.status()).as(created.body()).isEqualTo(201);
      for (String node :
          List.of(lines.get(1).group(1), lines.get(2).group(1), first(BALANCER, said))) {
        HttpApi api = new HttpApi(URI.create(node));
        await()
            .ignoreExceptions() // the balancer may not have looked at its nodes yet
            .untilAsserted(
                () ->
                    assertThat(api.get("v1/events?limit=1", token).body())
                        .as(node)
                        .contains("of the first node"));
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static ProcessHandle process(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static String first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().orElseThrow().group(1);
  }
}
