package io.flowfi.config;

import static io.flowfi.config.DeployFiles.COMPOSE;
import static io.flowfi.config.DeployFiles.DATA;
import static io.flowfi.config.DeployFiles.DEPLOY;
import static io.flowfi.config.DeployFiles.IMAGE;
import static io.flowfi.config.DeployFiles.NODES;
import static io.flowfi.config.DeployFiles.USER;
import static io.flowfi.config.DeployFiles.WRITTEN;
import static io.flowfi.config.DeployFiles.compose;
import static io.flowfi.config.DeployFiles.first;
import static io.flowfi.config.DeployFiles.list;
import static io.flowfi.config.DeployFiles.map;
import static io.flowfi.config.DeployFiles.run;
import static io.flowfi.config.DeployFiles.writtenAndData;
import static io.flowfi.config.DeployFiles.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image and {@code compose.yaml}, as far as they can be tried without an engine. */
class ComposeFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void shouldRunTheImageAsAUserWhoWritesOnlyWhereHeMay() throws IOException {
    String image = Files.readString(IMAGE);
    assertThat(image).containsPattern("(?m)^USER " + USER + ":" + USER + "$");
    assertThat(image.indexOf("USER ")).isLessThan(image.indexOf("ENTRYPOINT"));
    assertThat(JSON.readTree(instruction("VOLUME")))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrderElementsOf(writtenAndData());
    for (String name : NODES) {
      Map<?, ?> node = map(compose("services"), name);
      assertThat(node.get("read_only")).as(name).isEqualTo(true);
      assertThat(node.get("cap_drop")).as(name).isEqualTo(List.of("ALL"));
      assertThat(node.get("security_opt")).isEqualTo(List.of("no-new-privileges:true"));
      assertThat(node.get("tmpfs"))
          .isEqualTo(WRITTEN.stream().map(path -> path + ":uid=" + USER + ",gid=" + USER).toList());
      assertThat(node.get("volumes")).isEqualTo(List.of(name + ":" + DATA));
      assertThat(node.containsKey("ports")).as("only HAProxy is reached from outside").isFalse();
    }
  }

  /** The health check of the image, before a server that is ready, one that is not, and none. */
  @Test
  void shouldTellFromOutsideWhetherTheImageIsReady() throws Exception {
    String check = instruction("HEALTHCHECK");
    List<String> command = new ArrayList<>();
    JSON.readTree(check.substring(check.indexOf("CMD ") + "CMD ".length()))
        .forEach(word -> command.add(word.asText()));
    for (int status : new int[] {200, 503}) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      server.createContext(
          "/health/ready",
          exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      server.start();
      int port = server.getAddress().getPort();
      try {
        assertThat(healthy(command, port)).as("%s", status).isEqualTo(status == 200);
      } finally {
        server.stop(0);
      }
      assertThat(healthy(command, port)).as("nobody answers").isFalse();
    }
  }

  private boolean healthy(List<String> command, int port) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("health").toFile());
    builder.environment().put("PORT", Integer.toString(port));
    Process check = builder.start();
    assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return check.exitValue() == 0;
  }

  /** Grafana has a data source and the dashboard without a hand. */
  @Test
  void shouldStartGrafanaWithItsDashboard() throws IOException {
    Map<?, ?> grafana = map(compose("services"), "grafana");
    Map<String, String> mounted =
        list(grafana.get("volumes"))
            .map(volume -> ((String) volume).split(":"))
            .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
    String settings = "/etc/grafana/provisioning/";
    Map<?, ?> source =
        first(yaml(mounted(mounted, settings + "datasources/flowfi.yml")), "datasources");
    assertThat(source.get("type")).isEqualTo("prometheus");
    assertThat(source.get("isDefault")).isEqualTo(true);
    assertThat(source.get("url")).isEqualTo("http://prometheus:9090");
    assertThat(compose("services").containsKey("prometheus")).isTrue();
    Map<?, ?> provider =
        first(yaml(mounted(mounted, settings + "dashboards/flowfi.yml")), "providers");
    assertThat(provider.get("type")).isEqualTo("file");
    Path dashboard = mounted(mounted, map(provider, "options").get("path") + "/flowfi.json");
    assertThat(dashboard).isEqualTo(Path.of("docs/operations/dashboard.json"));
    JsonNode variable = JSON.readTree(Files.readString(dashboard)).at("/templating/list/0");
    assertThat(variable.path("type").asText()).as("any data source").isEqualTo("datasource");
    assertThat(variable.path("query").asText()).isEqualTo(source.get("type"));
  }

  @Test
  void shouldBeAConfigurationThatHaproxyAccepts() throws Exception {
    Path certificate = folder.resolve("events.pem");
    run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=events",
        "-keyout",
        folder.resolve("key").toString(),
        "-out",
        folder.resolve("certificate").toString());
    Files.writeString(
        certificate,
        Files.readString(folder.resolve("certificate")) + Files.readString(folder.resolve("key")));
    String proxy = Files.readString(DEPLOY.resolve("docker/haproxy.cfg"));
    assertThat(proxy).contains("/etc/ssl/private/events.pem");
    Path here =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            proxy.replace("/etc/ssl/private/events.pem", certificate.toString()));
    run(folder, "haproxy", "-c", "-f", here.toString());
    for (String name : NODES) {
      assertThat(proxy).contains("server " + name + " " + name + ":3001\n");
    }
  }

  @Test
  void shouldBeAConfigurationThatPrometheusAccepts() throws Exception {
    String settings = Files.readString(DEPLOY.resolve("docker/prometheus.yml"));
    Map<?, ?> prometheus = map(compose("services"), "prometheus");
    assertThat(list(prometheus.get("volumes")).map(volume -> (String) volume))
        .contains("../../operations:/etc/prometheus/flowfi:ro");
    assertThat(settings).contains("- /etc/prometheus/flowfi/*.rules.yml");
    Path rules = Path.of("docs/operations").toAbsolutePath();
    Path here =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            settings.replace("/etc/prometheus/flowfi", rules.toString()));
    assertThat(run(folder, "promtool", "check", "config", here.toString())).contains("rules found");
    String port = (String) map(compose("services"), "node1", "environment").get("METRICS_PORT");
    for (String name : NODES) {
      assertThat(settings).contains('"' + name + ":" + port + '"');
    }
  }

  /** What follows this word in the Dockerfile, in one line. */
  private static String instruction(String word) throws IOException {
    String image = Files.readString(IMAGE).replace("\\\n", "");
    return image
        .lines()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  private static Path mounted(Map<String, String> sources, String target) {
    assertThat(sources).containsKey(target);
    return COMPOSE.resolveSibling(sources.get(target)).normalize();
  }
}
