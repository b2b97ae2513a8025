package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** What a test does whose Java clients cannot be had. Maven asks no repository here. */
class JavaClientsIT {
  @TempDir Path folder;

  @BeforeEach
  void want() throws Exception {
    Files.writeString(
        folder.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <parent>
            <groupId>io.flowfi.clients</groupId>
            <artifactId>nobody-has-it</artifactId>
            <version>1</version>
            <relativePath/>
          </parent>
          <artifactId>follower</artifactId>
        </project>
        """);
  }

  @Test
  void shouldSkipATestWithoutThem() {
    assertThatThrownBy(() -> JavaClients.compile(folder, true, false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("unchecked is that Java clients come back");
  }

  @Test
  void shouldFailATestWithoutThemWhereTheyAreRequired() {
    assertThatThrownBy(() -> JavaClients.compile(folder, true, true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unchecked is that Java clients come back")
        .hasMessageContaining("nobody-has-it");
  }
}
