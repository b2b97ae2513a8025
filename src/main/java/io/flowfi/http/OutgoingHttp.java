package io.flowfi.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Clients for requests to other servers. The JVM's settings choose a proxy. Redirects are not
 * followed: they could lead anywhere, with our credentials.
 */
public final class OutgoingHttp {
  private OutgoingHttp() {}

  /**
   * A client. Its own thread lives until the client is collected, and must not keep the
   * application's class loader until then.
   *
   * @param connect how long a connection may take
   * @param executor runs what the client has to do; its threads would outlive us
   */
  public static HttpClient client(Duration connect, Executor executor) {
    Thread current = Thread.currentThread();
    ClassLoader loader = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      return HttpClient.newBuilder()
          // no request to upgrade to HTTP/2, which some proxies stumble over
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(connect)
          .executor(executor)
          .build();
    } finally {
      current.setContextClassLoader(loader);
    }
  }
}
