package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenModeFilterTest {
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Map<String, Object> set = new HashMap<>();

  /** Whether the filter lets a client of this address through. */
  private boolean passes(String address) throws Exception {
    HttpServletRequest request =
        (HttpServletRequest)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getRemoteAddr" -> address;
                      case "getRequestURI" -> "/v1/streams";
                      case "getServerName" -> "localhost";
                      case "getProtocol" -> "HTTP/1.1";
                      case "getHeaderNames" -> Collections.emptyEnumeration();
                      case "getHeader", "getAttribute" -> null;
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    boolean[] passed = new boolean[1];
    new OpenModeFilter().doFilter(request, response(), (in, out) -> passed[0] = true);
    return passed[0];
  }

  private HttpServletResponse response() {
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getOutputStream" -> new Output();
                  case "setHeader" -> set.put((String) arguments[0], arguments[1]);
                  default -> {
                    set.put(method.getName(), arguments[0]);
                    yield null;
                  }
                });
  }

  private final class Output extends ServletOutputStream {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(int b) {
      body.write(b);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1"})
  void shouldAnswerClientsOnThisMachine(String address) throws Exception {
    assertThat(passes(address)).isTrue();
    assertThat(set).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fe80::1", "0.0.0.0"})
  void shouldRefuseEverybodyElse(String address) throws Exception {
    assertThat(passes(address)).isFalse();
    assertThat(set).containsEntry("setStatus", 403);
  }

  @Test
  void shouldSayWhy() throws Exception {
    passes("192.0.2.1");
    JsonNode problem = new ObjectMapper().readTree(body.toByteArray());
    assertThat(set).containsEntry("setContentType", "application/problem+json");
    assertThat(problem.path("status").asInt()).isEqualTo(403);
    assertThat(problem.path("detail").asText()).contains("open mode");
    assertThat(problem.path("instance").asText()).isEqualTo("/v1/streams");
  }
}
