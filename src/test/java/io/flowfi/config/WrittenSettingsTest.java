package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a support bundle says of the settings. */
class WrittenSettingsTest {
  private static final Pattern NAME =
      Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|SANDBOX)\"");

  /** Of the JVM and of Tomcat; {@code setenv.sh} reads them. */
  private static final Set<String> NOT_READ_HERE =
      Set.of("FLOWFI_GC", "FLOWFI_HEAP_MAX", "FLOWFI_HEAP_MIN", "FLOWFI_HEAP_YOUNG");

  @Test
  void shouldDecideForEveryVariableWhetherItMayHoldASecret() throws IOException {
    Set<String> read = new TreeSet<>(NOT_READ_HERE);
    try (var sources = Files.list(Path.of("src/main/java/io/flowfi/config"))) {
      for (Path source : sources.filter(path -> !path.endsWith("WrittenSettings.java")).toList()) {
        read.addAll(
            NAME.matcher(Files.readString(source))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet()));
      }
    }
    Set<String> decided = new TreeSet<>(WrittenSettings.SHOWN);
    decided.addAll(WrittenSettings.HIDDEN);
    assertThat(decided).isEqualTo(read).hasSizeGreaterThan(40);
    assertThat(WrittenSettings.SHOWN).doesNotContainAnyElementsOf(WrittenSettings.HIDDEN);
  }

  /** A URL may have a password in it, and what signs, opens or vouches is one. */
  @Test
  void shouldHideWhatMayHoldASecretByItsName() {
    assertThat(WrittenSettings.SHOWN)
        .filteredOn(
            name -> name.matches(".*(URL|URI|ENDPOINT|HEADERS|SECRET|SEED|PASSWORD|TOKEN|KEY).*"))
        .containsExactly("ADMIN_PUBLIC_KEY");
  }

  @Test
  void shouldShowOnlyWhatIsSetAndNoSecret() {
    Map<String, String> written =
        WrittenSettings.read(
            new Environment(
                Map.of(
                    "PORT", "3002",
                    "NODE_NAME", " ",
                    "JWT_SECRET", "this-one-is-secret",
                    "PATH", "/bin",
                    "AWS_SECRET_ACCESS_KEY", "of-somebody-else"),
                Map.of("PORT", "3003")));
    assertThat(written)
        .containsExactlyInAnyOrderEntriesOf(Map.of("PORT", "3003", "JWT_SECRET", "(set)"));
  }
}
