package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exact bytes of answers off the hot path: their fields, the order of these, what is null. */
@Timeout(60)
class WireBytesTest {
  private static final String ONE = TestAddresses.account(1);
  private static final String TWO = TestAddresses.account(2);
  private static final String TOKEN = TestAddresses.contract(0);

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private void assertAnswer(String path, String expected) throws Exception {
    assertAnswer(server.get(path), expected);
  }

  /** Apostrophes stand for quotation marks, {@code #} for values that differ each time. */
  private static void assertAnswer(HttpResponse<String> answer, String expected) {
    String pattern = Pattern.quote(expected.replace('\'', '"')).replace("#", "\\E[^\",]+\\Q");
    assertThat(answer.body()).matches(pattern);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    boolean tagged = answer.headers().firstValue("ETag").isPresent();
    assertThat(answer.headers().firstValue("Cache-Control"))
        .hasValue(tagged ? "no-store, no-transform" : "no-store");
    int length = answer.body().getBytes(StandardCharsets.UTF_8).length;
    assertThat(answer.headers().firstValue("Content-Length")).hasValue(String.valueOf(length));
  }

  private static String stream(String id) {
    return ("{'streamId':'" + id + "','sender':'" + ONE + "','recipient':'" + TWO)
        + ("','tokenAddress':'" + TOKEN + "','ratePerSecond':'10','depositedAmount':'1000'")
        + ",'withdrawnAmount':'0','startTime':0,'endTime':100,'lastUpdateTime':1800000000,'status':'ACTIVE'"
        + ",'pausedAt':null,'totalPausedDuration':0,'claimableAmount':'1000','version':1"
        + ",'origin':'api'}";
  }

  private static String created(int seq) {
    return ("{'seq':"
            + seq
            + ",'type':'stream.created','timestamp':1800000000,'data':{'streamId':'")
        + (seq + "','sender':'" + ONE + "','recipient':'" + TWO + "','version':1")
        + (",'timestamp':1800000000,'origin':'api','tokenAddress':'" + TOKEN)
        + "','ratePerSecond':'10','depositedAmount':'1000','startTime':0}}";
  }

  @Test
  void shouldWriteWhatANodeSaysOfItself() throws Exception {
    server = new ApiServer(directory, Map.of("MAX_SSE_CONNECTIONS", "7"));
    assertAnswer("/health/live", "{'status':'up'}");
    assertAnswer("/health/ready", "{'status':'up'}");
    assertAnswer(
        "/health",
        "{'status':'up','version':'#','mode':'open','warning':'nobody is asked who they are, and"
            + " everybody who reaches this machine#s loopback may do everything: no proxy and no"
            + " tunnel to it; mvn -Psecured or JWT_SECRET ends this'}");
    assertAnswer(
        "/v1/events/stats",
        "{'activeConnections':0,'timestamp':'2027-01-15T08:00:00Z','maxConnections':7"
            + ",'longPolls':0,'activeIps':0,'perIpPeakConnections':0"
            + ",'connectionsByFilter':{'all':0,'stream':0,'user':0},'log':'#','head':0,'oldest':1"
            + ",'published':0,'delivered':0,'slowClients':0,'slowClientsClosed':0"
            + ",'auditEntriesLost':0,'ringEvents':0,'ringBytes':0,'uptimeSeconds':0}");
    server.node.real().store().close();
    assertAnswer("/health/ready", "{'status':'down','troubles':{'store':'cannot be read'}}");
  }

  @Test
  void shouldWriteStreamsAndTheirPast() throws Exception {
    server = new ApiServer(directory, Map.of());
    assertAnswer("/v1/streams", "{'streams':[],'limit':20,'hasMore':false,'nextCursor':null}");
    assertAnswer(
        "/v1/events",
        "{'events':[],'total':0,'totalIsCapped':false,'limit':50,'offset':0,'log':'#','oldest':1,'head':0"
            + ",'hasMore':false,'nextCursor':null}");
    server.create(ONE);
    server.create(ONE);
    assertAnswer("/v1/streams/1", stream("1"));
    assertAnswer(
        "/v1/streams?limit=1",
        "{'streams':[" + stream("2") + "],'limit':1,'hasMore':true,'nextCursor':'#'}");
    assertAnswer(
        "/v1/events?limit=1",
        ("{'events':[" + created(2) + "],'total':2,'totalIsCapped':false,'limit':1,'offset':0")
            + ",'log':'#','oldest':1,'head':2,'hasMore':true,'nextCursor':'#'}");
    assertAnswer(
        "/v1/streams/1/events?order=asc",
        ("{'events':[" + created(1) + "],'total':1,'totalIsCapped':false,'limit':50,'offset':0")
            + ",'log':'#','oldest':1,'head':2,'hasMore':false,'nextCursor':'#'}");
    assertAnswer(
        "/v1/users/" + TWO + "/events?limit=1&offset=1",
        ("{'events':[" + created(1) + "],'total':2,'totalIsCapped':false,'limit':1,'offset':1")
            + ",'log':'#','oldest':1,'head':2,'hasMore':false,'nextCursor':null}");
    assertAnswer(
        "/v1/streams/2/claimable?at=1799999999",
        "{'streamId':'2','at':1799999999,'claimableAmount':'1000','status':'ACTIVE'}");
    for (String path :
        new String[] {"/v1/users/" + ONE + "/summary", "/v1/streams/summary/" + ONE}) {
      assertAnswer(
          path,
          ("{'address':'" + ONE + "','at':1800000000,'asSender':[{'tokenAddress':'" + TOKEN)
              + "','status':'ACTIVE','streams':2,'depositedAmount':'2000','withdrawnAmount':'0'"
              + ",'claimableAmount':'2000'}],'asRecipient':[]}");
    }
    assertAnswer(
        server.post("/v1/events/filters", "{\"all\":true}"), "{'filter':'#','expiresIn':86400}");
  }

  /** A token is valid for half a minute after its end, because clocks may differ by that much. */
  @Test
  void shouldWriteTheSession() throws Exception {
    server = SecuredServer.start(directory);
    assertAnswer("/v1/auth/session", "{'signedIn':false,'walletLogin':true}");
    assertAnswer(
        server.get("/v1/auth/session", SecuredServer.as(SecuredServer.ADMIN)),
        ("{'signedIn':true,'walletLogin':true,'account':'" + SecuredServer.ADMIN)
            + "','roles':['admin'],'expires':'"
            + (SecuredServer.LATER.plusSeconds(30) + "','expiresIn':3630}"));
    assertAnswer(
        "/v1/auth?account=" + ONE,
        "{'transaction':'#','network_passphrase':'Test SDF Network ; September 2015'}");
    assertAnswer(
        server.send("POST", "/v1/auth/ticket", "", SecuredServer.as(SecuredServer.ADMIN)),
        "{'ticket':'#','expiresIn':30}");
  }
}
