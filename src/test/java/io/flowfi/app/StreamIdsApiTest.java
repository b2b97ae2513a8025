package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An id names the same stream forever, whether the chain or this server assigned it. */
class StreamIdsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTRACT = TestAddresses.contract(5);
  private static final String OTHER = TestAddresses.contract(6);

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  /**
   * @param contract null for none
   */
  private void restart(String contract) {
    stop();
    server = null;
    Map<String, String> variables = new HashMap<>(Map.of("RATE_LIMIT", "off"));
    if (contract != null) {
      variables.put("STREAM_CONTRACT_ID", contract);
    }
    server = new ApiServer(directory, variables);
  }

  /**
   * @param id null lets the server choose
   */
  private HttpResponse<String> create(String id) throws Exception {
    ObjectNode body =
        JSON.createObjectNode()
            .put("sender", TestAddresses.account(1))
            .put("recipient", TestAddresses.account(2))
            .put("tokenAddress", TestAddresses.contract(0))
            .put("ratePerSecond", "10")
            .put("depositedAmount", "1000")
            .put("startTime", 0);
    if (id != null) {
      body.put("streamId", id);
    }
    return server.post("/v1/streams", body.toString());
  }

  private void assertCreated(String id, String wanted) throws Exception {
    HttpResponse<String> answer = create(wanted);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(JSON.readTree(answer.body()).path("streamId").asText()).isEqualTo(id);
  }

  /** Only the chain changes it; see AccessApiTest for who may make one. */
  private void assertClaimed(String id) throws Exception {
    assertCreated(id, id);
    HttpResponse<String> answer = server.post("/v1/streams/" + id + "/pause", "");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(JSON.readTree(answer.body()).path("detail").asText())
        .isEqualTo(
            "stream "
                + id
                + " is a claim: its id is one of the contract's, and it only changes on chain");
  }

  private void assertRefused(String contract, String why) {
    assertThatIllegalStateException()
        .isThrownBy(() -> restart(contract))
        .withMessageContaining("STREAM_CONTRACT_ID")
        .withMessageContaining(why);
  }

  @Test
  void shouldCountFromOneWhereNoContractIsFollowed() throws Exception {
    restart(null);
    assertCreated("1", null);
    assertCreated("0", "0");
    assertCreated("2", null);
  }

  @Test
  void shouldLeaveTheLowIdsToTheContract() throws Exception {
    restart(CONTRACT);
    assertCreated("1000000000000", null);
    assertClaimed("0");
    assertClaimed("1");
    assertClaimed("999999999999");
    assertCreated("1000000000001", "1000000000001");
    assertCreated("1000000000002", null);
    assertCreated("18446744073709551615", "18446744073709551615");

    restart(CONTRACT);
    assertCreated("1000000000003", null);
  }

  /** The contract may be followed again later, and its streams are still there. */
  @Test
  void shouldReserveThemForTheContractForever() throws Exception {
    restart(CONTRACT);
    restart(null);
    assertClaimed("7");
    assertCreated("1000000000000", null);
    assertRefused(OTHER, "must be " + CONTRACT + " or unset");
    restart(CONTRACT);
    assertCreated("1000000000001", null);
  }

  @Test
  void shouldRefuseToFollowAContractWhoseIdsAreTaken() throws Exception {
    restart(null);
    assertCreated("1", null);
    assertRefused(CONTRACT, "stream 1 was made here");
    restart(null);
    assertCreated("2", null);
  }

  @Test
  void shouldNameAllThatTakeIdsOfTheContractAndTheWayOut() throws Exception {
    restart(null);
    assertCreated("1", null);
    assertCreated("7", "7");
    assertCreated("1000000000000", "1000000000000");
    assertRefused(CONTRACT, "must be unset for this log: 2 streams (1, 7) were made here");
    assertRefused(CONTRACT, "to follow it, begin with an empty database");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "999999999999"})
  void shouldRefuseToFollowAContractOfWhichOneIdIsTaken(String id) throws Exception {
    restart(null);
    assertCreated(id, id);
    assertRefused(CONTRACT, "stream " + id + " was made here");
  }

  @Test
  void shouldFollowAContractLaterIfNoneOfItsIdsAreTaken() throws Exception {
    restart(null);
    assertCreated("1000000000000", "1000000000000");
    assertCreated("9223372036854775808", "9223372036854775808");
    restart(CONTRACT);
    assertCreated("1000000000001", null);
    assertClaimed("1");
  }
}
