package io.flowfi.auth;

import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;

/**
 * Reads over HTTP, and looks at the server's certificate on the way: when it expires, nobody can
 * log in here any more, and the operator should hear of it before. One read at a time.
 */
final class KeySetHttp extends DefaultResourceRetriever {
  private volatile Optional<Instant> certificateEnds = Optional.empty();

  KeySetHttp(int timeoutMillis, int maxBytes) {
    super(timeoutMillis, timeoutMillis, maxBytes);
  }

  /** Empty without TLS, or before the first read. */
  Optional<Instant> certificateEnds() {
    return certificateEnds;
  }

  @Override
  protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
    HttpURLConnection connection = super.openHTTPConnection(url);
    if (connection instanceof HttpsURLConnection secured) {
      // the caller sets these only afterwards
      connection.setConnectTimeout(getConnectTimeout());
      connection.setReadTimeout(getReadTimeout());
      connection.connect();
      for (Certificate certificate : secured.getServerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          certificateEnds = Optional.of(x509.getNotAfter().toInstant());
          break; // the server's own comes first
        }
      }
    }
    return connection;
  }
}
