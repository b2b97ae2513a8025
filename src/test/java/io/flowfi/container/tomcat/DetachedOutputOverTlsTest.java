package io.flowfi.container.tomcat;

import io.flowfi.container.OutputMode;
import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreamContract;
import io.flowfi.sse.RawClient;
import io.flowfi.sse.TestKeyStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The path through Tomcat's buffers, which encryption needs. */
class DetachedOutputOverTlsTest extends EventStreamContract {
  @TempDir static Path directory;
  private static Path keys;
  private EmbeddedTomcat tomcat;

  @BeforeAll
  static void makeKeys() throws IOException, InterruptedException {
    keys = TestKeyStore.in(directory);
  }

  @Override
  protected int startContainer() throws Exception {
    tomcat = new EmbeddedTomcat(streams, OutputMode.DETACHED, DetachedOutputOverTlsTest::encrypt);
    return tomcat.port();
  }

  private static void encrypt(Connector connector) {
    connector.setScheme("https");
    connector.setSecure(true);
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig host = new SSLHostConfig();
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    certificate.setCertificateKeystoreFile(keys.toString());
    certificate.setCertificateKeystorePassword(TestKeyStore.PASSWORD);
    host.addCertificate(certificate);
    connector.addSslHostConfig(host);
  }

  @Override
  protected void stopContainer() throws Exception {
    tomcat.stop();
  }

  @Override
  protected RawClient connect(int receiveBuffer) throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      try (var in = Files.newInputStream(keys)) {
        trusted.load(in, TestKeyStore.PASSWORD.toCharArray());
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      Socket plain = new Socket();
      if (receiveBuffer > 0) {
        plain.setReceiveBufferSize(receiveBuffer);
      }
      plain.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
      return new RawClient(context.getSocketFactory().createSocket(plain, "localhost", port, true));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
