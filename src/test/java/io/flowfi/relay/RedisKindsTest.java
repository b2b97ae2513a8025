package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisRights;
import io.flowfi.servers.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The relay over each kind of Redis that a URL can name. */
@Timeout(60)
class RedisKindsTest {
  private static final Duration NEVER = RelaySettings.LONGEST_POLL;
  private static final String HOST = "127.0.0.1";

  @TempDir Path directory;
  private final SharedLog log = new SharedLog();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void needAnInstalledRedis() {
    RedisServer.needInstalled();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private RedisServer server(String... settings) {
    RedisServer server = RedisServer.start(settings);
    open.add(server);
    return server;
  }

  private RelayedNode node(String url, Optional<Path> authorities) {
    Channel channel =
        new RedisChannel(new RedisServers(RedisSettings.parse(url, authorities)), log.identity());
    RelayedNode node = new RelayedNode(log, Optional.of(channel), NEVER);
    open.add(node);
    return node;
  }

  private List<RelayedNode> connectedNodes(String url) {
    List<RelayedNode> nodes = List.of(node(url, Optional.empty()), node(url, Optional.empty()));
    nodes.forEach(RelayedNode::awaitConnected);
    return nodes;
  }

  private static void run(Path folder, String... command) throws Exception {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(said)).isZero();
  }

  /** A certificate that it signs itself, for one name. */
  private Path certificate(String name) throws Exception {
    Path folder = Files.createDirectory(directory.resolve(name));
    run(
        folder,
        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                + " -keyout key.pem -out cert.pem -subj /CN=redis -addext subjectAltName="
                + name)
            .split(" "));
    return folder.resolve("cert.pem");
  }

  private RedisServer tls(Path certificate) {
    int port = RedisServer.freePort();
    RedisServer server =
        RedisServer.startTls(
            port, certificate, certificate.resolveSibling("key.pem"), "--requirepass", "p@ss");
    open.add(server);
    return server;
  }

  @Test
  void shouldUseTlsWithACertificateThatItIsToldToTrust() throws Exception {
    Path certificate = certificate("IP:127.0.0.1");
    RedisServer server = tls(certificate);
    String url = "rediss://:p%40ss@" + HOST + ":" + server.port();
    RelayedNode first = node(url, Optional.of(certificate));
    RelayedNode second = node(url, Optional.of(certificate));
    first.awaitConnected();
    second.awaitConnected();
    first.commit(3);
    second.awaitAll();
  }

  @Test
  void shouldNotUseTlsWithAnotherCertificateOrForAnotherHost() throws Exception {
    Path certificate = certificate("IP:127.0.0.2");
    RedisServer server = tls(certificate);
    String url = "rediss://:p%40ss@" + HOST + ":" + server.port();
    RedisServers untrusted = new RedisServers(RedisSettings.parse(url, Optional.empty()));
    RedisServers another =
        new RedisServers(RedisSettings.parse(url, Optional.of(certificate("IP:127.0.0.1"))));
    RedisServers otherHost = new RedisServers(RedisSettings.parse(url, Optional.of(certificate)));
    for (RedisServers servers : List.of(untrusted, another, otherHost)) {
      assertThatThrownBy(() -> servers.connect(new byte[1]))
          .hasRootCauseInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void shouldLogInAsAUserOfAnAclWithTheDocumentedRights() {
    RedisServer server = server();
    try (Jedis admin = new Jedis(HOST, server.port())) {
      admin.aclSetUser("flowfi", RedisRights.relay(">pw&/1"));
      admin.aclSetUser("default", "off");
    }
    List<RelayedNode> nodes =
        connectedNodes("redis://flowfi:pw&%2F1@" + HOST + ":" + server.port() + "/0");
    nodes.get(0).commit(2);
    nodes.get(1).awaitAll();
  }

  private RedisServer sentinel(RedisServer named) {
    RedisServer sentinel = RedisServer.sentinel("payments", named.port());
    open.add(sentinel);
    return sentinel;
  }

  @Test
  void shouldFollowSentinelsToTheNewMaster() {
    RedisServer master = server();
    RedisServer replica = server("--replicaof", HOST + " " + master.port());
    RedisServer sentinel = sentinel(master);
    try (Jedis asked = new Jedis(HOST, sentinel.port())) {
      await()
          .atMost(RelayedNode.PATIENCE)
          .until(() -> !asked.sentinelReplicas("payments").isEmpty());
    }
    List<RelayedNode> nodes =
        connectedNodes(
            "redis-sentinel://" + HOST + ":1," + HOST + ":" + sentinel.port() + "/payments");
    nodes.get(0).commit(2);
    nodes.get(1).awaitAll();

    master.kill();
    await().atMost(RelayedNode.PATIENCE).until(() -> isMaster(replica));
    nodes.forEach(
        node -> await().atMost(RelayedNode.PATIENCE).until(() -> node.statistics().connected()));
    nodes.get(1).commit(2);
    nodes.get(0).awaitAll();
    nodes.get(1).awaitAll();
  }

  /** By the rules for its clients: it may not know yet that the server is no master any more. */
  @Test
  void shouldNotBelieveASentinelThatNamesAReplica() {
    RedisServer master = server();
    RedisServer replica = server("--replicaof", HOST + " " + master.port());
    RedisServer sentinel = sentinel(replica);
    RedisServers servers =
        new RedisServers(
            RedisSettings.parse(
                "redis-sentinel://" + HOST + ":" + sentinel.port() + "/payments",
                Optional.empty()));
    assertThatThrownBy(() -> servers.connect(new byte[1])).hasMessageContaining("is no master");
  }

  @Test
  void shouldLogInToSentinelsThatDemandThePassword() {
    RedisServer master = server("--requirepass", "pw");
    RedisServer sentinel =
        RedisServer.sentinel(
            "payments", master.port(), "sentinel auth-pass payments pw", "requirepass pw");
    open.add(sentinel);
    List<RelayedNode> nodes =
        connectedNodes("redis-sentinel://:pw@" + HOST + ":" + sentinel.port() + "/payments/3");
    nodes.get(0).commit(2);
    nodes.get(1).awaitAll();
    assertThatThrownBy(
            () ->
                new RedisServers(
                        RedisSettings.parse(
                            "redis-sentinel://" + HOST + ":" + sentinel.port() + "/payments",
                            Optional.empty()))
                    .connect(new byte[1]))
        .hasMessageContaining("NOAUTH");
  }

  /** With a connection of its own: the Sentinel ends those of clients when it makes a master. */
  private static boolean isMaster(RedisServer server) {
    try (Jedis asked = new Jedis(HOST, server.port())) {
      return asked.role().get(0).equals("master");
    }
  }

  @Test
  void shouldUseAShardedChannelInAClusterAndFollowItsSlot() {
    List<RedisServer> masters = RedisServer.cluster(3);
    open.addAll(masters);
    int slot = JedisClusterCRC16.getSlot("flowfi:log:" + log.identity());
    int owner = slot / RedisServer.clusterRange(3);
    List<RelayedNode> nodes =
        connectedNodes(
            "redis-cluster://" + HOST + ":1," + HOST + ":" + masters.get((owner + 1) % 3).port());
    nodes.get(0).commit(2);
    nodes.get(1).awaitAll();
    try (Jedis jedis = new Jedis(HOST, masters.get(owner).port())) {
      assertThat(jedis.sendCommand(Command.PUBSUB, "SHARDCHANNELS"))
          .as("the channel is sharded")
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .hasSize(1);
    }

    RedisServer next = masters.get((owner + 2) % 3);
    String id;
    try (Jedis jedis = new Jedis(HOST, next.port())) {
      id = jedis.clusterMyId();
    }
    masters.stream()
        .sorted((a, b) -> Boolean.compare(b == next, a == next))
        .forEach(
            master -> {
              try (Jedis jedis = new Jedis(HOST, master.port())) {
                jedis.clusterSetSlotNode(slot, id);
              }
            });
    nodes.forEach(
        node ->
            await()
                .atMost(RelayedNode.PATIENCE)
                .until(() -> node.statistics().connects() > 1 && node.statistics().connected()));
    nodes.get(1).commit(2);
    nodes.get(0).awaitAll();
    nodes.get(1).awaitAll();
  }
}
