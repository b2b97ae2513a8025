package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.auth.Caller;
import io.flowfi.it.TestAddresses;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.CommandTimeout;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the resource hands on with a request; that requests are answered rightly, others test. */
class EventsResourceTest {
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);

  private static final EventHistory EMPTY =
      new UnreadHistory() {
        @Override
        public HistoryPage page(HistoryQuery query) {
          LogBounds none = new LogBounds(new LogPosition(1), LogPosition.BEGINNING);
          return new HistoryPage(List.of(), 0, false, false, LogPosition.BEGINNING, none);
        }
      };

  private final LongPolls longPolls =
      new LongPolls(EMPTY, new LocalSlots(new ConnectionSettings(9, 9, 9)));
  private final EventsResource resource =
      new EventsResource(
          null,
          null,
          null,
          null,
          EMPTY,
          longPolls,
          new Exports(EMPTY, new LocalSlots(Exports.limits(EMPTY.log()))),
          new Access(fake(StreamQueries.class, (method, arguments) -> Map.of()), true),
          () -> LogPosition.BEGINNING,
          null,
          InstantSource.system());

  @AfterEach
  void answerWhoWaits() {
    longPolls.close();
  }

  private static <T> T fake(Class<T> port, BiFunction<String, Object[], Object> answer) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> answer.apply(method.getName(), arguments)));
  }

  /** A request of an account, and what was noted in it. */
  private static HttpServletRequest request(String account, Map<String, Object> attributes) {
    Caller caller =
        new Caller(Optional.of(Address.parse("account", account)), Set.of(), Optional.empty());
    attributes.put(CallerFilter.CALLER, caller);
    return fake(
        HttpServletRequest.class,
        (method, arguments) ->
            switch (method) {
              case "getAttribute" -> attributes.get(arguments[0]);
              case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
              case "getRemoteAddr" -> "192.0.2.1";
              case "getHeaders" -> Collections.emptyEnumeration();
              default -> throw new AssertionError(method);
            });
  }

  private static UriInfo uri(String... namesAndValues) {
    MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fake(UriInfo.class, (method, arguments) -> parameters);
  }

  private Response export(String account) {
    return resource.exportLines(
        uri(), new ServletExchange(request(account, new HashMap<>()), null));
  }

  @Test
  void shouldLetAnAccountHaveOnlySoManyExports() {
    export(ALICE);
    export(ALICE);
    assertThatThrownBy(() -> export(ALICE))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("this user has as many exports as one may have");
    assertThat(export(BOB).getStatus()).isEqualTo(200);
  }

  /** Tomcat's own time-out made answers get lost, see {@link CommandTimeout}. */
  @Test
  void shouldNoteThatARequestForAPageMayBeSuspended() {
    Map<String, Object> attributes = new HashMap<>();
    assertThat(resource.history(uri("after", "0", "wait", "30s"), request(ALICE, attributes)))
        .isNotCompleted();
    assertThat(attributes).containsKey(CommandTimeout.SUSPENDED_READ);
  }
}
