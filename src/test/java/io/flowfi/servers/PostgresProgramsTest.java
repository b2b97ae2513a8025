package io.flowfi.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresProgramsTest {
  /** The head of an ELF file for a machine that no processor is (0xfeed). */
  private static final byte[] FOREIGN = {
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, (byte) 0xed, (byte) 0xfe, 1, 0
  };

  private static final byte[] RUNS =
      "#!/bin/sh\necho 'postgres (PostgreSQL) 18.0'\n".getBytes(UTF_8);
  private static final byte[] FAILS = "#!/bin/sh\nexit 1\n".getBytes(UTF_8);

  @TempDir Path root;

  private Path folder(String version, byte[] postgres) throws IOException {
    Path bin = Files.createDirectories(root.resolve(version).resolve("bin"));
    Path program = Files.write(bin.resolve("postgres"), postgres);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  @Test
  void shouldTakeThoseThatAreInstalledWhereThoseOfMavenCentralDoNotRun() throws IOException {
    Path foreign = folder("foreign", FOREIGN);
    Path failing = folder("failing", FAILS);
    Path good = folder("15", RUNS);
    Path alsoGood = folder("14", RUNS);
    assertThat(PostgresPrograms.firstThatRuns(Stream.of(good, alsoGood))).hasValue(good);
    assertThat(PostgresPrograms.firstThatRuns(Stream.of(foreign, failing, good))).hasValue(good);
    assertThat(PostgresPrograms.firstThatRuns(Stream.of(foreign, failing, root))).isEmpty();
  }

  @Test
  void shouldFindTheNewestInstalledServerFirst() throws IOException {
    Path older = folder("9", RUNS);
    Path newer = folder("15", RUNS);
    Files.createDirectories(root.resolve("18/bin")); // the clients only
    Files.createDirectories(root.resolve("common/bin"));
    assertThat(PostgresPrograms.installed(root)).containsExactly(newer, older);
    assertThat(PostgresPrograms.installed(root.resolve("nothing"))).isEmpty();
  }
}
