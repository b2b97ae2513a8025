package io.flowfi.config;

import static io.flowfi.config.DeployFiles.COMPOSE;
import static io.flowfi.config.DeployFiles.DATA;
import static io.flowfi.config.DeployFiles.DEPLOY;
import static io.flowfi.config.DeployFiles.KUBERNETES;
import static io.flowfi.config.DeployFiles.UNIT;
import static io.flowfi.config.DeployFiles.WRITTEN;
import static io.flowfi.config.DeployFiles.compose;
import static io.flowfi.config.DeployFiles.first;
import static io.flowfi.config.DeployFiles.list;
import static io.flowfi.config.DeployFiles.map;
import static io.flowfi.config.DeployFiles.number;
import static io.flowfi.config.DeployFiles.seconds;
import static io.flowfi.config.DeployFiles.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.NodeProject;
import io.flowfi.servers.Needed;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The files under {@code docs/deploy} that no server here can run, as far as they can be read. */
class DeployFilesTest {
  @TempDir private Path folder;

  /** The names in these files are settings that the server reads. */
  @Test
  void shouldSetOnlyWhatTheServerReads() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Reader text = Files.newBufferedReader(KUBERNETES)) {
      for (Object document : new Yaml().loadAll(text)) {
        Map<?, ?> object = (Map<?, ?>) document;
        if ("ConfigMap".equals(object.get("kind"))) {
          ((Map<?, ?>) object.get("data")).keySet().forEach(name -> names.add((String) name));
        }
      }
    }
    for (Object service : (Iterable<?>) compose("services").values()) {
      Map<?, ?> settings = (Map<?, ?>) ((Map<?, ?>) service).get("environment");
      if (settings != null && settings.containsKey("NODE_NAME")) {
        settings.keySet().forEach(name -> names.add((String) name));
      }
    }
    Files.readAllLines(DEPLOY.resolve("systemd/flowfi.env")).stream()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> names.add(line.substring(0, line.indexOf('='))));
    assertThat(names).contains("JWT_SECRET", "DATABASE_URL", "DRAIN_DELAY");

    String read =
        sources(Path.of("src/main/java/io/flowfi/config"))
            + Files.readString(Path.of("tomcat-conf/setenv.sh"));
    assertThat(names).allMatch(name -> Pattern.compile("\\b" + name + "\\b").matcher(read).find());
  }

  /** Traefik cannot be had here: what its streams need, by its documentation. */
  @Test
  void shouldLetTraefikPassStreamsOn() throws IOException {
    Map<?, ?> fixed = yaml(DEPLOY.resolve("traefik/traefik.yml"));
    Map<?, ?> entry = map(fixed, "entryPoints", "https");
    assertThat(entry.get("address")).isEqualTo(":443");
    Map<?, ?> times = map(entry, "transport", "respondingTimeouts");
    assertThat(times.get("writeTimeout")).isEqualTo("0s");
    assertThat(times.get("readTimeout")).isEqualTo("0s");
    assertThat(map(entry, "forwardedHeaders").get("insecure")).isEqualTo(false);
    String dynamic = (String) map(fixed, "providers", "file").get("filename");
    Map<?, ?> routing =
        yaml(DEPLOY.resolve("traefik").resolve(Path.of(dynamic).getFileName().toString()));
    Map<?, ?> router = map(routing, "http", "routers", "flowfi");
    assertThat(router.containsKey("middlewares")).as("compression, buffers").isFalse();
    Map<?, ?> balancer =
        map(routing, "http", "services", (String) router.get("service"), "loadBalancer");
    assertThat(balancer.get("passHostHeader")).isEqualTo(true);
    assertThat(map(balancer, "responseForwarding").get("flushInterval")).isEqualTo("-1ms");
    Map<?, ?> transport =
        map(routing, "http", "serversTransports", (String) balancer.get("serversTransport"));
    assertThat(map(transport, "forwardingTimeouts").get("idleConnTimeout")).isEqualTo("60s");
  }

  /** Envoy cannot be had here either, but what it says of its own configuration can. */
  @Test
  void shouldBeAConfigurationAsEnvoyDescribesIt() throws Exception {
    NodeProject project =
        NodeProject.install(Path.of("src/test/deploy"), "the configuration of Envoy");
    String right = new ObjectMapper().writeValueAsString(yaml(DEPLOY.resolve("envoy.yaml")));
    assertThat(mistakes(project, right)).isEmpty();
    String wrong =
        right
            .replace("\"stat_prefix\":\"flowfi\",", "")
            .replace("\"stream_idle_timeout\"", "\"stream_idle_timout\"")
            .replace("\"timeout\":\"0s\"", "\"timeout\":\"0\"")
            .replace("\"STATIC\"", "\"STABLE\"")
            .replace("\"prefix\":\"/\"", "\"prefix\":\"/\",\"path\":\"/\"");
    assertThat(mistakes(project, wrong))
        .as("that it sees mistakes")
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).endsWith("stat_prefix is missing"),
            line -> assertThat(line).endsWith("HttpConnectionManager has no such field"),
            line -> assertThat(line).endsWith("timeout is no google.protobuf.Duration: \"0\""),
            line -> assertThat(line).endsWith("ORIGINAL_DST: STABLE"),
            line -> assertThat(line).endsWith("has both prefix and path"));
  }

  private List<String> mistakes(NodeProject project, String json) throws Exception {
    Path file = Files.writeString(folder.resolve("envoy.json"), json);
    String script = project.folder().resolve("envoy.mjs").toString();
    return NodeProject.run(List.of("node", script, file.toString())).lines().toList();
  }

  @Test
  void shouldLetEnvoyPassStreamsOn() throws IOException {
    Map<?, ?> all = map(yaml(DEPLOY.resolve("envoy.yaml")), "static_resources");
    Map<?, ?> chain = first(first(all, "listeners"), "filter_chains");
    Map<?, ?> manager = map(first(chain, "filters"), "typed_config");
    assertThat(manager.get("use_remote_address")).isEqualTo(true);
    assertThat(manager.get("xff_num_trusted_hops")).isEqualTo(0);
    Map<?, ?> host = first(map(manager, "route_config"), "virtual_hosts");
    Map<?, ?> route = map(first(host, "routes"), "route");
    assertThat(route.get("timeout")).isEqualTo("0s");
    assertThat(first(manager, "http_filters").get("name")).isEqualTo("envoy.filters.http.router");
    Map<?, ?> cluster = first(all, "clusters");
    assertThat(cluster.get("name")).isEqualTo(route.get("cluster"));
    Map<?, ?> most = first(map(cluster, "circuit_breakers"), "thresholds");
    assertThat((Integer) most.get("max_requests")).isGreaterThanOrEqualTo(10_000);
    assertThat((Integer) most.get("max_connections")).isGreaterThanOrEqualTo(10_000);
    String options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    Map<?, ?> upstream = map(cluster, "typed_extension_protocol_options", options);
    assertThat(map(upstream, "common_http_protocol_options").get("idle_timeout")).isEqualTo("60s");
  }

  /**
   * The server keeps an idle connection for 75 s; a proxy that keeps it longer sends into its end.
   */
  @Test
  void shouldCloseIdleConnectionsBeforeTheServerDoes() throws IOException {
    assertThat(DEPLOY.resolve("Caddyfile")).content().containsPattern("(?m)^\\s*keepalive 60s\\b");
    assertThat(DEPLOY.resolve("httpd.conf")).content().containsPattern("(?m)ProxyPass .* ttl=60$");
    assertThat(DEPLOY.resolve("trafficserver/records.config"))
        .content()
        .containsPattern(
            "(?m)^CONFIG proxy\\.config\\.http\\.keep_alive_no_activity_timeout_out INT 60$");
    // nginx closes them after 60 s if nothing else is said; without these lines it keeps none
    assertThat(DEPLOY.resolve("nginx.conf"))
        .content()
        .containsPattern("(?m)^\\s*keepalive \\d+;")
        .containsPattern("(?m)^\\s*proxy_http_version\\s+1\\.1;")
        .containsPattern("(?m)^\\s*proxy_set_header\\s+Connection\\s+\"\";")
        .doesNotContain("keepalive_timeout");
  }

  /** Left alone it closes them after 30 s, and most proxies keep them for 60. */
  @Test
  void shouldLetPayaraKeepIdleConnectionsForAsLongAsTomcat() throws IOException {
    assertThat(DEPLOY.resolve("payara/preboot.txt"))
        .content()
        .containsPattern("(?m)protocol\\.http-listener\\.http\\.timeout-seconds=75$");
  }

  /** What the files mount or run is there. */
  @Test
  void shouldNameOnlyFilesThatAreThere() throws IOException {
    Map<?, ?> services = compose("services");
    Map<?, ?> volumes = compose("volumes");
    List<String> mounted =
        services.values().stream()
            .flatMap(service -> list(((Map<?, ?>) service).get("volumes")))
            .map(volume -> ((String) volume).split(":")[0])
            .toList();
    assertThat(mounted).isNotEmpty();
    for (String source : mounted) {
      if (!source.startsWith(".")) {
        assertThat(volumes.containsKey(source)).as(source).isTrue();
      } else if (!source.equals("./events.pem")) { // the user's own
        assertThat(COMPOSE.resolveSibling(source)).exists();
      }
    }
    String dockerfile = Files.readString(DEPLOY.resolve("docker/Dockerfile"));
    assertThat(dockerfile).contains("docs/deploy/install.sh");
    assertThat(services.keySet().toString()).contains("node1", "node2", "node3");
  }

  /** An image of tomorrow must not change what is deployed today. */
  @Test
  void shouldPinEveryImage() throws IOException {
    Pattern image = Pattern.compile("(?m)^(?:FROM|\\s*image:)\\s+(\\S+)");
    for (Path file : List.of(COMPOSE, KUBERNETES, DEPLOY.resolve("docker/Dockerfile"))) {
      List<String> images =
          image.matcher(Files.readString(file)).results().map(m -> m.group(1)).toList();
      assertThat(images).as(file.toString()).isNotEmpty();
      // with two numbers or one the registry moves them
      assertThat(images)
          .allMatch(
              name ->
                  name.equals("flowfi")
                      || name.matches(".+:v?[0-9]+\\.[0-9]+\\.[0-9]+[^:]*")
                      || name.matches("(postgres|debian):[0-9]+\\.[0-9]+(-[a-z]+)?"));
    }
  }

  /** With nothing in it that the node does not need. */
  @Test
  void shouldRunInASlimImage() throws IOException {
    String file = Files.readString(DEPLOY.resolve("docker/Dockerfile"));
    String last = file.substring(file.lastIndexOf("\nFROM "));
    assertThat(last).matches("(?s)\nFROM \\S+-slim\n.*").contains("USER 10001:10001");
    assertThat(last).doesNotContain("apt-get");
  }

  /** All three give a node the time that its settings say it takes. */
  @Test
  void shouldWaitForANodeThatDrains() throws IOException {
    Map<?, ?> node = (Map<?, ?>) compose("services").get("node2");
    Map<?, ?> settings = (Map<?, ?>) node.get("environment");
    assertThat(seconds(node.get("stop_grace_period")))
        .isGreaterThan(
            seconds(settings.get("DRAIN_DELAY")) + seconds(settings.get("DRAIN_WINDOW")) + 5);

    String kubernetes = Files.readString(KUBERNETES);
    assertThat(number(kubernetes, "terminationGracePeriodSeconds: (\\d+)"))
        .isGreaterThan(
            number(kubernetes, "DRAIN_DELAY: (\\d+)s")
                + number(kubernetes, "DRAIN_WINDOW: (\\d+)s")
                + 5);
  }

  @Test
  void shouldLetTheUnitWriteOnlyWhereItMay() throws IOException {
    List<String> unit = Files.readAllLines(DEPLOY.resolve(UNIT));
    assertThat(unit)
        .contains(
            "ReadWritePaths=" + String.join(" ", WRITTEN),
            "ProtectSystem=strict",
            "StateDirectory=flowfi",
            "Environment=FLOWFI_DATA_DIR=" + DATA,
            "User=flowfi",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=");
  }

  /** Whoever breaks in gets no rights, and no secret that the process does not have. */
  @ParameterizedTest
  @ValueSource(strings = {UNIT, "payara/flowfi-payara.service"})
  void shouldGiveTheServiceNoRightsAndTimeToDrain(String file) throws IOException {
    List<String> unit = Files.readAllLines(DEPLOY.resolve(file));
    assertThat(unit)
        .contains(
            "User=flowfi",
            "Group=flowfi",
            "EnvironmentFile=/etc/flowfi/flowfi.env",
            "Environment=FLOWFI_DATA_DIR=" + DATA,
            "StateDirectoryMode=0700",
            "UMask=0077",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "PrivateTmp=yes",
            "CapabilityBoundingSet=",
            "AmbientCapabilities=",
            "KillSignal=SIGTERM",
            "SuccessExitStatus=143",
            "Restart=on-failure");
    assertThat(unit).noneMatch(line -> line.matches("Environment=.*(SECRET|SEED|_URL).*"));
    String all = String.join("\n", unit);
    Map<?, ?> node = map(compose("services"), "node1", "environment");
    assertThat(number(all, "TimeoutStopSec=(\\d+)"))
        .isGreaterThan(seconds(node.get("DRAIN_DELAY")) + seconds(node.get("DRAIN_WINDOW")) + 5);
    assertThat(number(all, "LimitNOFILE=(\\d+)")).isGreaterThan(20_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {UNIT, "payara/flowfi-payara.service"})
  void shouldBeAUnitThatSystemdAccepts(String file) throws Exception {
    Path tool = Path.of("/usr/bin/systemd-analyze");
    Needed.need(Files.isExecutable(tool), "no systemd-analyze: the unit is unchecked");
    Path start = Files.writeString(folder.resolve("start"), "#!/bin/sh\n");
    assertThat(start.toFile().setExecutable(true)).isTrue();
    Path unit = folder.resolve("flowfi.service");
    Files.writeString(
        unit,
        Files.readString(DEPLOY.resolve(file))
            .replaceFirst("(?m)^ExecStart=\\S+", "ExecStart=" + start));
    Path said = folder.resolve("said");
    Process verify =
        new ProcessBuilder(tool.toString(), "verify", unit.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(verify.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(said)).isEmpty();
    assertThat(verify.exitValue()).isZero();
  }

  private static String sources(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
