package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.Driver;

/** Nodes on Tomcat whose log is in PostgreSQL. */
@Timeout(240)
class PostgresIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** One names the database itself, the other takes the data source of its Tomcat. */
  @Test
  void shouldWaitForTheDatabaseAndShareTheLog() throws Exception {
    try (PostgresServer database = TestStore.durablePostgres()) {
      String url = database.newDatabase();
      database.crash();
      try (TomcatServer one = TomcatServer.prepare(Map.of("DATABASE_URL", url));
          TomcatServer other = withDataSource(url)) {
        one.launch();
        await().atMost(LONG).ignoreExceptions().until(() -> status(one, "health/live") == 200);
        assertWaits(one);
        database.start();
        await().atMost(LONG).until(() -> status(one, "health/ready") == 200);
        other.restart();

        String stream =
            one.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
        assertThat(topUp(other, stream).path("version").asInt()).isEqualTo(2);
        assertThat(topUp(one, stream).path("version").asInt()).isEqualTo(3);

        database.crash();
        await().atMost(LONG).until(() -> status(one, "health/ready") == 503);
        assertThat(status(one, "health/live")).isEqualTo(200);
        database.start();
        for (TomcatServer node : new TomcatServer[] {one, other}) {
          await().atMost(LONG).until(() -> status(node, "health/ready") == 200);
        }
        assertThat(topUp(other, stream).path("version").asInt()).isEqualTo(4);
        assertThat(one.api().history()).hasSize(4);
        for (TomcatServer node : new TomcatServer[] {one, other}) {
          assertThat(node.stop()).isEqualTo(143); // as for every SIGTERM
        }
        assertThat(one.log()).doesNotContain("memory leak", "has failed to stop it");
        // it cannot listen with the container's driver, and says so once
        assertThat(other.log()).doesNotContain("receiving over notify works again");
      }
    }
  }

  private static void assertWaits(TomcatServer node) {
    HttpApi.Answer ready = node.api().get("health/ready");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.json().path("troubles").path("store").asText()).contains("waits for it");
    HttpApi.Answer other = node.api().get("v1/streams");
    assertThat(other.status()).isEqualTo(503);
    assertThat(other.header("Retry-After")).isEqualTo("5");
    assertThat(node.log().lines().filter(line -> line.contains("it does not answer"))).hasSize(1);
  }

  private static int status(TomcatServer node, String path) {
    return node.api().get(path).status();
  }

  private static JsonNode topUp(TomcatServer node, String stream) {
    HttpApi.Answer answer =
        node.api().post("v1/streams/" + stream + "/top-up", HttpApi.object().put("amount", "1"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  /** A Tomcat with a data source and its driver, as an operator sets it up. */
  private static TomcatServer withDataSource(String url) throws IOException {
    Path conf = Files.createDirectories(ServerProcess.newFolder("conf").resolve("conf"));
    Path ours = Path.of(ServerProcess.setting("flowfi.basedir"), "tomcat-conf");
    try (var files = Files.list(ours)) {
      for (Path file : files.toList()) {
        Files.copy(file, conf.resolve(file.getFileName()));
      }
    }
    Path context = conf.resolve("context.xml");
    String resource =
        """
        <Resource name="jdbc/flowfi" auth="Container" type="javax.sql.DataSource"
                  driverClassName="org.postgresql.Driver" url="jdbc:%s" username="flowfi"
                  connectionProperties="socketTimeout=20;connectTimeout=5;reWriteBatchedInserts=true"
                  maxTotal="30" maxIdle="30"/>
        </Context>"""
            .formatted(url.replace("flowfi@", "").replace("&", "&amp;"));
    Files.writeString(context, Files.readString(context).replace("</Context>", resource));
    TomcatServer server =
        TomcatServer.prepare(
            Map.of("DATABASE_URL", "jndi:jdbc/flowfi", "FLOWFI_CONF", conf.toString()));
    Path lib = Files.createDirectories(server.dataFolder().resolveSibling("base").resolve("lib"));
    Files.copy(
        Path.of(Driver.class.getProtectionDomain().getCodeSource().getLocation().getPath()),
        lib.resolve("postgresql.jar"));
    return server;
  }

  @Test
  void shouldEndAndSayWhatIsWrongWithTheDatabase() {
    String url = TestStore.postgres().newDatabase().replaceFirst("/test[0-9]+", "/absent");
    try (TomcatServer server = TomcatServer.prepare(Map.of("DATABASE_URL", url))) {
      assertThatThrownBy(server::restart).hasMessageContaining("Ended at start");
      assertThat(server.log().lines().filter(line -> line.contains("it does not exist; create it")))
          .hasSize(1);
      assertThat(server.log()).doesNotContain("\tat io.flowfi");
    }
  }
}
