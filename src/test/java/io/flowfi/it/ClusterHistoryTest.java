package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The model of the chaos test finds what it is for: each test has a right history with one thing
 * wrong in it.
 */
class ClusterHistoryTest {
  private final List<ClusterWriter.Done> commands = new ArrayList<>();
  private final List<ObjectNode> log = new ArrayList<>();

  /** What each follower gets. */
  private final List<SseFrame> ofAll = new ArrayList<>();

  private final List<SseFrame> ofAllElsewhere = new ArrayList<>();
  private final List<SseFrame> ofOne = new ArrayList<>();

  /** Two streams; the third and fourth command are under way together. */
  @BeforeEach
  void rightHistory() {
    command("1", "a", 1, 10, 20);
    command("2", "b", 1, 12, 22);
    command("1", "7", 2, 30, 40);
    command("1", "8", 3, 28, 45);
    command("2", "9", 2, 50, 60);
    add(1, "stream.created", data("1", 1).put("reference", "a").put("depositedAmount", "100"));
    add(2, "stream.created", data("2", 1).put("reference", "b").put("depositedAmount", "100"));
    add(3, "stream.topped_up", toppedUp("1", 2, "7", "107"));
    add(4, "stream.topped_up", toppedUp("1", 3, "8", "115"));
    add(5, "stream.topped_up", toppedUp("2", 2, "9", "109"));
    for (ObjectNode event : log) {
      SseFrame frame = frame(event);
      ofAll.add(frame);
      ofAllElsewhere.add(frame);
      if (event.at("/data/streamId").asText().equals("1")) {
        ofOne.add(frame);
      }
    }
    ofOne.add(heartbeat(5));
  }

  private void command(String stream, String mark, long version, long began, long answered) {
    commands.add(new ClusterWriter.Done(stream, mark, version, began, answered));
  }

  private static ObjectNode data(String stream, long version) {
    return HttpApi.object().put("streamId", stream).put("version", version);
  }

  private static ObjectNode toppedUp(String stream, long version, String amount, String deposited) {
    return data(stream, version).put("amount", amount).put("newDepositedAmount", deposited);
  }

  private void add(long position, String type, ObjectNode data) {
    log.add(event(position, type, data));
  }

  private static ObjectNode event(long position, String type, ObjectNode data) {
    return HttpApi.object().put("seq", position).put("type", type).set("data", data);
  }

  private static SseFrame frame(JsonNode event) {
    return SseFrame.parse(
        List.of(
            "event: " + event.path("type").asText(),
            "data: " + event.path("data"),
            "id: " + event.path("seq") + ".log"));
  }

  private static SseFrame heartbeat(long position) {
    return SseFrame.parse(
        List.of(
            "event: heartbeat", "data: {\"head\":" + position + "}", "id: " + position + ".log"));
  }

  private void check() {
    ClusterHistory history = new ClusterHistory();
    commands.forEach(history::add);
    history.check(
        List.copyOf(log),
        List.of(
            followed(history, Optional.empty(), ofAll),
            followed(history, Optional.empty(), ofAllElsewhere),
            followed(history, Optional.of("1"), ofOne)));
  }

  private static ClusterFollower followed(
      ClusterHistory history, Optional<String> stream, List<SseFrame> frames) {
    ClusterFollower follower =
        new ClusterFollower(
            List.of(1), history, stream, new CountDownLatch(1), new SplittableRandom(1));
    frames.forEach(follower::take);
    return follower;
  }

  private void assertFound(String what) {
    assertThatThrownBy(this::check).isInstanceOf(AssertionError.class).hasMessageContaining(what);
  }

  @Test
  void shouldTakeARightHistory() {
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void shouldFindALostEvent() {
    ofAll.remove(2);
    assertFound("is at 2 and got");
  }

  @Test
  void shouldFindALostEventOfAStream() {
    ofOne.remove(1);
    assertFound("the follower of stream 1 at 5");
  }

  @Test
  void shouldFindThatTheLastEventNeverCame() {
    ofAll.remove(4);
    assertFound("the follower of everything at 4");
  }

  @Test
  void shouldFindAHeartbeatThatSkipsAnEvent() {
    ofAll.set(2, heartbeat(3));
    assertFound("is at 2, and a node says");
  }

  @Test
  void shouldFindADoubledEvent() {
    ofAll.add(3, ofAll.get(2));
    assertFound("is at 3 and got");
  }

  @Test
  void shouldFindADoubledEventOfAStream() {
    ofOne.add(2, ofOne.get(1));
    assertFound("is at 3 and got");
  }

  @Test
  void shouldFindEventsOutOfOrder() {
    Collections.swap(ofAll, 2, 3);
    assertFound("is at 2 and got");
  }

  @Test
  void shouldFindEventsOfAStreamOutOfOrder() {
    Collections.swap(ofOne, 1, 2);
    assertFound("is at 4 and got");
  }

  @Test
  void shouldFindAnEventOfAnotherStream() {
    ofOne.add(1, ofAll.get(1));
    assertFound("the follower of stream 1 at 5");
  }

  /** Of another log: it stands at a position that this one has, too. */
  @Test
  void shouldFindWhatOneFollowerGotInPlaceOfAnEvent() {
    ofAll.set(3, frame(event(4, "stream.topped_up", toppedUp("1", 3, "80", "187"))));
    assertFound("two followers got different events at 4");
  }

  @Test
  void shouldFindWhatAllGotInPlaceOfAnEvent() {
    SseFrame foreign = frame(event(5, "stream.topped_up", toppedUp("2", 2, "90", "190")));
    ofAll.set(4, foreign);
    ofAllElsewhere.set(4, foreign);
    assertFound("what followers got of");
  }

  @Test
  void shouldFindAnEventThatIsNotInTheLog() {
    ofAll.add(frame(event(6, "stream.topped_up", toppedUp("2", 3, "10", "119"))));
    assertFound("the follower of everything at 6");
  }

  @Test
  void shouldFindAReset() {
    ofOne.add(
        SseFrame.parse(
            List.of("event: reset", "data: {\"reason\":\"unknown_position\"}", "id: 5.log")));
    assertFound("was reset");
  }

  @Test
  void shouldFindAnAcknowledgedCommandThatIsMissing() {
    command("2", "10", 3, 61, 62);
    assertFound("answered, and not in the log");
  }

  /** Under two keys, or in spite of its key. */
  @Test
  void shouldFindACommandThatIsInTheLogTwice() {
    add(6, "stream.topped_up", toppedUp("2", 3, "9", "118"));
    assertFound("each is there once");
  }

  @Test
  void shouldFindAnEventThatNobodyHasSent() {
    add(6, "stream.topped_up", toppedUp("2", 3, "10", "119"));
    assertFound("each is there once");
  }

  @Test
  void shouldFindAPositionThatIsLeftOut() {
    log.get(4).put("seq", 6);
    assertFound("expected: 5L");
  }

  @Test
  void shouldFindAVersionThatIsGivenTwice() {
    ((ObjectNode) log.get(3).path("data")).put("version", 2);
    assertFound("version of");
  }

  @Test
  void shouldFindAnAnswerThatTheLogDoesNotBearOut() {
    commands.set(4, new ClusterWriter.Done("2", "9", 3, 50, 60));
    assertFound("the answer to");
  }

  @Test
  void shouldFindAnAnswerAboutAnotherStream() {
    commands.set(4, new ClusterWriter.Done("1", "9", 2, 50, 60));
    assertFound("expected: \"2\"");
  }

  /** It was answered before the other was sent, so it must come before it. */
  @Test
  void shouldFindAnOrderThatNoClientCanHaveSeen() {
    commands.set(2, new ClusterWriter.Done("1", "7", 2, 46, 49));
    assertFound("comes before");
  }

  /** Not only with the next one of the stream. */
  @Test
  void shouldFindAnOrderThatIsWrongOverOthers() {
    commands.set(0, new ClusterWriter.Done("1", "a", 1, 46, 48));
    commands.set(2, new ClusterWriter.Done("1", "7", 2, 30, 90));
    assertFound("comes before");
  }

  /** Both are in the log, but the second was decided without the first. */
  @Test
  void shouldFindALostUpdate() {
    ((ObjectNode) log.get(3).path("data")).put("newDepositedAmount", "108");
    SseFrame frame = frame(log.get(3));
    ofAll.set(3, frame);
    ofAllElsewhere.set(3, frame);
    ofOne.set(2, frame);
    assertFound("what all commands up to");
  }
}
