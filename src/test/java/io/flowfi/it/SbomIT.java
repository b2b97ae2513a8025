package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The list of everything in the WAR, for security scanners. */
class SbomIT {
  private static final Path WAR = Path.of(ServerProcess.setting("flowfi.war"));

  /** The plugin makes the list only online; otherwise the file may be an old one. */
  private static void assumeMade() {
    assumeFalse(
        ServerProcess.setting("flowfi.maven").equals("offline=true"),
        "SKIPPED: mvn -o makes no bill of materials");
  }

  @Test
  void shouldListEveryLibraryOfTheWar() throws IOException {
    assumeMade();
    JsonNode bom = new ObjectMapper().readTree(WAR.resolveSibling("bom.json").toFile());
    assertThat(bom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : bom.path("components")) {
      assertThat(component.path("purl").asText()).startsWith("pkg:maven/");
      listed.add(component.path("name").asText() + "-" + component.path("version").asText());
    }
    assertThat(libraries()).isNotEmpty().isSubsetOf(listed);
  }

  /** Its servers cannot be loaded without OkHttp: the client of the RPC is our own. */
  @Test
  void shouldHoldOfTheStellarSdkNoClient() throws IOException {
    assertThat(libraries()).anyMatch(name -> name.startsWith("stellar-sdk-"));
    assertThat(libraries()).noneMatch(name -> name.matches("(okhttp|okio|toml4j|kotlin-).*"));
  }

  private static Set<String> libraries() throws IOException {
    Set<String> names = new TreeSet<>();
    try (ZipFile war = new ZipFile(WAR.toFile())) {
      war.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith("WEB-INF/lib/") && name.endsWith(".jar"))
          .map(name -> name.substring("WEB-INF/lib/".length(), name.length() - ".jar".length()))
          .forEach(names::add);
    }
    return names;
  }
}
