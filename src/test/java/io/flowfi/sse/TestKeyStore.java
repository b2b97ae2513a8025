package io.flowfi.sse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A key store (PKCS#12) with the key of {@code localhost}, by its address too, and a certificate of
 * its own, which nobody believes by itself.
 */
public final class TestKeyStore {
  public static final String PASSWORD = "for-this-test-only";

  private TestKeyStore() {}

  /** Makes one in a folder, by the JDK's {@code keytool}; valid for a day. */
  public static Path in(Path directory) throws IOException, InterruptedException {
    return in(directory, 1);
  }

  /**
   * @param days how long its certificate is valid
   */
  public static Path in(Path directory, int days) throws IOException, InterruptedException {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-validity",
                Integer.toString(days),
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("keytool has made no key");
    }
    return file;
  }
}
