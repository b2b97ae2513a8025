package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What somebody gets who looks for a fault. */
@Timeout(60)
class SupportBundleApiTest {
  private static final Logger LOG = LoggerFactory.getLogger(SupportBundleApiTest.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BUNDLE = "/v1/admin/support-bundle";
  private static final String OTHER_SECRET = "the secret that is being changed";
  private static final String IN_URL = "in-the-url-4c1f";

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private void start() {
    server =
        SecuredServer.start(
            directory,
            "JWT_SECRET_PREVIOUS",
            OTHER_SECRET,
            "JWT_JWKS_URL",
            "http://user:" + IN_URL + "@127.0.0.1:1/keys",
            "STREAM_CONTRACT_ID",
            TestAddresses.contract(1),
            "SOROBAN_RPC_URL",
            "http://127.0.0.1:1/" + IN_URL,
            "NODE_NAME",
            "node-of-the-test");
  }

  /** The files of the zip, by name. */
  private Map<String, String> bundle() throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + BUNDLE))
                    .version(
                        HttpClient.Version.HTTP_1_1) // else Grizzly upgrades, and loses the type
                    .headers(SecuredServer.as(SecuredServer.ADMIN))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/zip");
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename=\"flowfi-support.zip\"");
    Map<String, String> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
      for (ZipEntry file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
        files.put(file.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  @Test
  void shouldHoldEverythingButSecrets() throws Exception {
    start();
    LOG.warn("it creaks {}", "here");
    Map<String, String> files = bundle();
    assertThat(files.keySet())
        .containsExactly(
            "versions.json",
            "settings.json",
            "health.json",
            "stats.json",
            "metrics.txt",
            "threads.txt",
            "log.jsonl");
    JsonNode settings = JSON.readTree(files.get("settings.json"));
    assertThat(settings.path("NODE_NAME").asText()).isEqualTo("node-of-the-test");
    assertThat(settings.path("SEP10_HOME_DOMAIN").asText()).isEqualTo("example.com");
    for (String hidden :
        List.of(
            "JWT_SECRET",
            "JWT_SECRET_PREVIOUS",
            "JWT_JWKS_URL",
            "SEP10_SIGNING_SEED",
            "SOROBAN_RPC_URL")) {
      assertThat(settings.path(hidden).asText()).as(hidden).isEqualTo("(set)");
    }
    JsonNode versions = JSON.readTree(files.get("versions.json"));
    assertThat(versions.path("java.version").asText())
        .isEqualTo(System.getProperty("java.version"));
    assertThat(versions.fieldNames())
        .toIterable()
        .as("no arguments of the JVM, no other property: they may hold secrets")
        .containsExactly(
            "at",
            "node",
            "flowfi",
            "mode",
            "uptimeSeconds",
            "java.version",
            "java.vendor",
            "java.vm.name",
            "java.vm.version",
            "os.name",
            "os.version",
            "os.arch",
            "file.encoding",
            "user.timezone",
            "processors",
            "maxHeapBytes");
    assertThat(JSON.readTree(files.get("health.json")).path("broken").asBoolean(true)).isFalse();
    assertThat(JSON.readTree(files.get("stats.json")).at("/cluster/nodes/0/id").asText())
        .isEqualTo(server.node.id());
    assertThat(files.get("metrics.txt")).contains("flowfi_ready ");
    assertThat(files.get("threads.txt")).contains("flowfi-audit").contains("io.flowfi.audit.");
    List<String> lines = files.get("log.jsonl").lines().toList();
    assertThat(lines).anyMatch(line -> line.contains("\"message\":\"it creaks here\""));
    for (String line : lines) {
      assertThat(JSON.readTree(line).path("logger").asText()).startsWith("io.flowfi");
    }
    String all = String.join("\n", files.values());
    assertThat(
            List.of(
                TestTokens.SECRET,
                OTHER_SECRET,
                IN_URL,
                new String(SecuredServer.SERVER_KEY.getSecretSeed()),
                SecuredServer.token(SecuredServer.ADMIN)))
        .noneMatch(all::contains);
  }

  @Test
  void shouldTellWhatItCanWhileTheStoreHasFailed() throws Exception {
    start();
    server.node.real().store().close();
    Map<String, String> files = bundle();
    assertThat(files.get("stats.json")).startsWith("cannot be read: ");
    assertThat(JSON.readTree(files.get("health.json")).path("troubles").has("store")).isTrue();
    assertThat(files.get("log.jsonl")).contains("stats.json of the support bundle");
  }

  @Test
  void shouldBeForAdministratorsAndRecorded() throws Exception {
    start();
    assertThat(server.get(BUNDLE, SecuredServer.as(SecuredServer.ALICE)).statusCode())
        .isEqualTo(403);
    bundle();
    bundle(); // the one before has ended
    server.close();
    try (var files = Files.list(directory.resolve("audit"))) {
      assertThat(Files.readString(files.findFirst().orElseThrow()))
          .containsPattern(
              SecuredServer.ADMIN + "[^\n]*" + BUNDLE + "\",\"status\":200,\"details\"");
    }
  }
}
