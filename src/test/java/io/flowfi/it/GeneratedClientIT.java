package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that OpenAPI Generator makes from the served description compile, create a stream and
 * read it and its event. They run as processes of their own.
 */
class GeneratedClientIT {
  private static final Path SOURCES = Path.of("src/test/descriptions");
  private static final String DONE =
      "ACTIVE 170141183460469231731687303715884105727 stream.created";

  private static TomcatServer server;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = TomcatServer.start(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** What the server says of itself is what clients are made from, not a file beside it. */
  private Path served() throws IOException {
    Path description = folder.resolve("openapi.json");
    HttpApi.Answer answer = server.api().get("openapi.json");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    return Files.writeString(description, answer.body());
  }

  private void generate(String generator, Path into, String properties) throws Exception {
    NodeProject.run(
        List.of(
            java("java"),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            System.getProperty("flowfi.generator.jar"),
            "generate",
            "--generator-name=" + generator,
            "--input-spec=" + served(),
            "--output=" + into,
            "--global-property=apis,models,supportingFiles,apiDocs=false,modelDocs=false,"
                + "apiTests=false,modelTests=false",
            "--additional-properties=" + properties));
  }

  private static String java(String tool) {
    return Path.of(System.getProperty("java.home"), "bin", tool).toString();
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  @Test
  void shouldWorkInJava() throws Exception {
    Path client = folder.resolve("client");
    generate("java", client, "library=native,openApiNullable=false,useJakartaEe=true");
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String libraries =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> compile =
        new ArrayList<>(
            List.of(java("javac"), "-nowarn", "-proc:none", "-cp", libraries, "-d", classes + ""));
    files(client.resolve("src/main/java"), ".java").forEach(file -> compile.add(file.toString()));
    compile.add(SOURCES.resolve("CreateStream.java").toString());
    NodeProject.run(compile);
    assertThat(
            NodeProject.run(
                List.of(
                    java("java"),
                    "-cp",
                    classes + File.pathSeparator + libraries,
                    "CreateStream",
                    server.uri().toString())))
        .contains(DONE);
  }

  @Test
  void shouldWorkInTypeScript() throws Exception {
    Path packages = NodeProject.install(SOURCES, "the generated TypeScript client").folder();
    // without a package.json beside it: its imports name no endings, which only CommonJS allows
    for (String file : List.of("create-stream.ts", "tsconfig.json")) {
      Files.copy(SOURCES.resolve(file), folder.resolve(file));
    }
    generate("typescript-fetch", folder.resolve("generated"), "supportsES6=true");
    NodeProject.run(
        List.of(
            "node",
            packages.resolve("node_modules/typescript/bin/tsc").toString(),
            "--project",
            folder.toString()));
    assertThat(
            NodeProject.run(
                List.of(
                    "node",
                    folder.resolve("compiled/create-stream.js").toString(),
                    server.uri().toString())))
        .contains(DONE);
  }
}
