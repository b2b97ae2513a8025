package io.flowfi.servers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * The folders of PostgreSQL's programs on this machine: those of Maven Central, which are for one
 * kind of processor, and those that are installed, which have the programs of an operator too.
 */
final class PostgresPrograms {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  /** Of Maven Central, once they were needed; if they do not run here, they are deleted. */
  private static Path unpacked;

  private static Path preferred;

  private PostgresPrograms() {}

  /** Those of Maven Central where they run, otherwise those that are installed. */
  static synchronized Path preferred() {
    if (preferred == null) {
      if (unpacked == null && PostgresPrograms.class.getResource(ARCHIVE) != null) {
        unpacked = unpack();
      }
      preferred =
          firstThatRuns(Stream.concat(Stream.ofNullable(unpacked), installed(INSTALLED).stream()))
              .orElseThrow(() -> new IllegalStateException("there is no PostgreSQL to test with"));
      if (!areOfMavenCentral()) {
        deleteUnpacked();
      }
    }
    return preferred;
  }

  /** Whether the version of the tests is that of the build, and not the one that is installed. */
  static synchronized boolean areOfMavenCentral() {
    return preferred().equals(unpacked);
  }

  /** The newest server that is installed, with the programs of the same version beside it. */
  static Optional<Path> installed() {
    return firstThatRuns(installed(INSTALLED).stream());
  }

  /** The newest first; where only the clients of a version are installed, it is left out. */
  static List<Path> installed(Path root) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(root)) {
      return versions
          .filter(version -> version.getFileName().toString().matches("[0-9]{1,4}"))
          .sorted(
              Comparator.comparing((Path version) -> number(version.getFileName().toString()))
                  .reversed())
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int number(String version) {
    return Integer.parseInt(version);
  }

  /** A program of another processor or another C library is there, but does not start. */
  static Optional<Path> firstThatRuns(Stream<Path> folders) {
    return folders.filter(PostgresPrograms::run).findFirst();
  }

  private static boolean run(Path bin) {
    try {
      Process process =
          new ProcessBuilder(bin.resolve("postgres").toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException doesNotStart) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path unpack() {
    Path folder = PostgresServer.newFolder("flowfi-postgres-programs");
    Path tar = folder.resolve("postgres.tar");
    try (InputStream archive =
            new XZInputStream(PostgresPrograms.class.getResourceAsStream(ARCHIVE));
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
      archive.transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PostgresServer.runAs(List.of(), "tar", "-xf", tar.toString(), "-C", folder.toString());
    try {
      Files.delete(tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.resolve("bin");
  }

  static synchronized void deleteUnpacked() {
    if (unpacked != null) {
      PostgresServer.delete(unpacked.getParent());
      unpacked = null;
    }
  }
}
