package io.flowfi.indexer.rpc;

import io.flowfi.http.BoundedBody;
import io.flowfi.http.OutgoingHttp;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.threads.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP to one node: one POST at a time, its answer whole and in time, or a reason. {@link #close}
 * may be called by any thread and ends a request under way.
 */
final class HttpNode implements AutoCloseable {
  private static final String CLOSED = "it is not asked any more";

  private final RpcUrl url;
  private final Limits limits;
  private final InstantSource clock;
  private final DaemonThreads threads = new DaemonThreads("indexer-rpc");

  /** One thread: there is one request at a time. */
  private final ExecutorService executor = Executors.newSingleThreadExecutor(threads);

  private final HttpClient client;
  private volatile CompletableFuture<?> underWay;
  private volatile boolean closed;

  HttpNode(RpcUrl url, Limits limits, InstantSource clock) {
    this.url = url;
    this.limits = limits;
    this.clock = clock;
    this.client = OutgoingHttp.client(limits.connect(), executor);
  }

  /**
   * Sends a JSON document.
   *
   * @param patience at most this long, and never longer than an answer may take
   * @return the body of an answer with status 200
   * @throws ChainSourceException for anything else
   */
  InputStream post(byte[] json, Duration patience) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.uri())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    url.authorization().ifPresent(value -> request.header("Authorization", value));
    return body(answer(request.build(), patience));
  }

  private HttpResponse<InputStream> answer(HttpRequest request, Duration patience) {
    Duration time = patience.compareTo(limits.answer()) < 0 ? patience : limits.answer();
    CompletableFuture<HttpResponse<InputStream>> answer = send(request);
    underWay = answer;
    try {
      if (closed) {
        answer.cancel(true);
      }
      return answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw ChainSourceException.of(
          Kind.TOO_MUCH, "no whole answer within " + time.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted while it was asked", e);
    } catch (CancellationException e) {
      throw unreachable(CLOSED, e);
    } catch (ExecutionException e) {
      // a request that meets its end halfway fails in many ways
      throw closed ? unreachable(CLOSED, e) : failure(e.getCause());
    } finally {
      // ends the exchange and its connection if it is still under way
      answer.cancel(true);
      underWay = null;
    }
  }

  private CompletableFuture<HttpResponse<InputStream>> send(HttpRequest request) {
    try {
      return client.sendAsync(request, head -> new BoundedBody(limits.bodyBytes()));
    } catch (RejectedExecutionException e) {
      throw unreachable(CLOSED, e);
    }
  }

  private static ChainSourceException failure(Throwable why) {
    if (why instanceof BoundedBody.TooLargeException) {
      return ChainSourceException.of(Kind.TOO_MUCH, why.getMessage(), why);
    }
    if (why instanceof HttpConnectTimeoutException) {
      return unreachable("no connection in time", why);
    }
    if (why instanceof IOException) {
      return unreachable("no whole answer: " + why.getClass().getSimpleName(), why);
    }
    return ChainSourceException.of(Kind.UNUSABLE, "the request failed", why);
  }

  private InputStream body(HttpResponse<InputStream> answer) {
    int status = answer.statusCode();
    String message = "HTTP status " + status;
    switch (status) {
      case 200:
        return answer.body();
      case 429, 503:
        throw ChainSourceException.busy(message, retryAfter(answer));
      case 408, 504:
        throw ChainSourceException.of(Kind.TOO_MUCH, message, null);
      default:
        if (status >= 500) {
          throw unreachable(message, null);
        }
        String hint = status >= 300 && status < 400 ? ", a redirect, which is not followed" : "";
        throw ChainSourceException.of(Kind.UNUSABLE, message + hint, null);
    }
  }

  private Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .flatMap(header -> RetryAfter.parse(header, clock.instant()));
  }

  private static ChainSourceException unreachable(String message, Throwable cause) {
    return ChainSourceException.of(Kind.UNREACHABLE, message, cause);
  }

  @Override
  public void close() {
    closed = true;
    CompletableFuture<?> last = underWay;
    if (last != null) {
      last.cancel(true);
    }
    executor.shutdown();
    threads.awaitEnd();
  }
}
