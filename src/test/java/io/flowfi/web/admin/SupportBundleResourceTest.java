package io.flowfi.web.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.flowfi.web.admin.SupportBundleResource.Part;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SupportBundleResourceTest {
  private static Map<String, String> bundle(SupportBundleResource resource) {
    HttpServletRequest request =
        (HttpServletRequest)
            Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> null);
    Map<String, String> files = new LinkedHashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(
            new ByteArrayInputStream((byte[]) resource.bundle(request).getEntity()))) {
      for (ZipEntry file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
        files.put(file.getName(), new String(zip.readAllBytes(), UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** A dump of the threads stops all of them, so nobody may ask for many at once. */
  @Test
  void shouldWriteOneAtATime() throws Exception {
    CountDownLatch writes = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SupportBundleResource resource =
        new SupportBundleResource(
            List.of(
                new Part(
                    "slow",
                    out -> {
                      writes.countDown();
                      goOn.await();
                    })));
    CompletableFuture<Map<String, String>> first =
        CompletableFuture.supplyAsync(() -> bundle(resource));
    try {
      assertThat(writes.await(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> bundle(resource))
          .hasMessageContaining("another support bundle is being written")
          .asInstanceOf(type(ProblemException.class))
          .satisfies(
              problem -> {
                assertThat(problem.problem().status()).isEqualTo(503);
                assertThat(problem.retryAfterSeconds()).isEqualTo(5);
              });
    } finally {
      goOn.countDown();
    }
    assertThat(first.get(10, TimeUnit.SECONDS)).containsOnlyKeys("slow");
    await().untilAsserted(() -> assertThat(bundle(resource)).containsOnlyKeys("slow"));
  }

  /** What a part throws may name what nobody is to see, such as the address of the database. */
  @Test
  void shouldSayOfAPartThatFailsOnlyThatItDid() {
    SupportBundleResource resource =
        new SupportBundleResource(
            List.of(
                new Part(
                    "bad",
                    out -> {
                      throw new IllegalStateException("postgresql://flowfi:hunter22@db");
                    }),
                new Part("good", out -> out.write("well".getBytes(UTF_8)))));
    assertThat(bundle(resource))
        .containsExactly(
            Map.entry("bad", "cannot be read: IllegalStateException"), Map.entry("good", "well"));
  }
}
