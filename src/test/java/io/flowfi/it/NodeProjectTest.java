package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** What a test does whose packages cannot be had. */
class NodeProjectTest {
  @TempDir Path folder;
  private Path sources;

  /** The lock does not have what the project wants: npm fails at once, and asks no registry. */
  @BeforeEach
  void want() throws Exception {
    NodeProject.needNode("what a test does without its packages");
    sources = folder.resolve("node-project-test");
    write(
        "package.json",
        "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"left-pad\":\"1.3.0\"}}");
    write(
        "package-lock.json",
        "{\"name\":\"a\",\"version\":\"1.0.0\",\"lockfileVersion\":3,\"requires\":true,"
            + "\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1.0.0\"}}}");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(Files.createDirectories(sources).resolve(file), text);
  }

  @Test
  void shouldSkipATestWithoutItsPackages() {
    assertThatThrownBy(() -> NodeProject.install(sources, "the padding", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("unchecked is the padding");
  }

  @Test
  void shouldFailATestWithoutItsPackagesWhereTheyAreRequired() {
    assertThatThrownBy(() -> NodeProject.install(sources, "the padding", true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unchecked is the padding")
        .hasMessageContaining("npm");
  }
}
