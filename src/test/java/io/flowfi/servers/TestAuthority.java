package io.flowfi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority of the tests' own that gives out certificates; made by {@code openssl}. */
public final class TestAuthority {
  private static final String KEY = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

  private final Path folder;

  private TestAuthority(Path folder) {
    this.folder = folder;
  }

  /**
   * @param folder a new one is made with this name
   */
  public static TestAuthority create(Path folder) {
    try {
      TestAuthority authority = new TestAuthority(Files.createDirectory(folder));
      authority.openssl(
          "req -x509" + KEY + " -days 2 -keyout ca.key -out ca.pem -subj /CN=authority");
      return authority;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The authority's own certificate, as PEM. */
  public Path certificate() {
    return folder.resolve("ca.pem");
  }

  /**
   * Gives out a certificate: the files {@code NAME.pem}, and its key as {@code NAME.key} (PEM),
   * {@code NAME.pk8} (PKCS#8 as DER), and with the certificate {@code NAME.p12}, whose password is
   * {@code secret}.
   *
   * @param name the subject's
   * @param alternative what it is valid for, such as {@code IP:127.0.0.1}
   * @return the certificate
   */
  public Path issue(String name, String alternative) {
    try {
      Files.writeString(folder.resolve("extension"), "subjectAltName=" + alternative);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    openssl("req -new" + KEY + " -keyout NAME.key -out NAME.csr -subj /CN=NAME", name);
    openssl(
        "x509 -req -in NAME.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
            + " -extfile extension -out NAME.pem",
        name);
    openssl("pkcs8 -topk8 -inform PEM -in NAME.key -outform DER -nocrypt -out NAME.pk8", name);
    openssl(
        "pkcs12 -export -in NAME.pem -inkey NAME.key -name user -passout pass:secret -out NAME.p12",
        name);
    return folder.resolve(name + ".pem");
  }

  private void openssl(String arguments, String name) {
    openssl(arguments.replace("NAME", name));
  }

  private void openssl(String arguments) {
    try {
      Path said = folder.resolve("said");
      Process process =
          new ProcessBuilder(("openssl " + arguments).split(" "))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(Files.readString(said));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
