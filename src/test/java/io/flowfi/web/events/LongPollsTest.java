package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.SlotCounts;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.web.wire.ProblemException;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code LongPollApiTest} tests what is answered; this is about the threads that answer. */
@Timeout(60)
class LongPollsTest {
  private static final EventHistory EMPTY = new UnreadHistory();

  private final LongPolls polls = polls(EMPTY);

  private static LongPolls polls(EventHistory history) {
    return new LongPolls(history, new LocalSlots(new ConnectionSettings(100, 100, 100)));
  }

  private CompletionStage<HistoryAnswer> await(Duration time) {
    return await(polls, time);
  }

  private static HistoryAnswer nothing() {
    return new HistoryAnswer(
        List.of(), 0, false, 50, 0, "test", 1, 0, false, null, Optional.empty());
  }

  private static CompletionStage<HistoryAnswer> await(LongPolls polls, Duration time) {
    return await(polls, nothing(), time);
  }

  private static CompletionStage<HistoryAnswer> await(
      LongPolls polls, HistoryAnswer nothing, Duration time) {
    return polls.await(
        HistoryRequest.of(new MultivaluedHashMap<>(), EMPTY),
        () -> {},
        nothing,
        time,
        "192.0.2.1",
        Optional.empty());
  }

  /** Whoever answers writes the page, if it is long. */
  @Test
  void shouldAnswerThoughOthersTakeNothingOfTheirAnswers() throws Exception {
    CountDownLatch take = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> writings = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        writings.add(
            await(Duration.ofMillis(200)).thenApply(page -> taken(take)).toCompletableFuture());
      }
      assertThat(
              await(Duration.ofMillis(200)).toCompletableFuture().get(5, TimeUnit.SECONDS).events())
          .isEmpty();
      assertThat(writings).noneMatch(CompletableFuture::isDone);
    } finally {
      take.countDown();
      polls.close();
    }
    assertThat(writings).allMatch(writing -> writing.getNow(false));
  }

  private static boolean taken(CountDownLatch take) {
    try {
      return take.await(40, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static LoggedEvent event() {
    return new LoggedEvent(
        new LogPosition(1),
        EventType.STREAM_CREATED,
        Optional.of(new StreamId(1)),
        Optional.empty(),
        Optional.empty(),
        0,
        "{}");
  }

  private static EventHistory historyOf(LoggedEvent event) {
    return new UnreadHistory() {
      @Override
      public HistoryPage page(HistoryQuery query) {
        LogBounds bounds = new LogBounds(event.position(), event.position());
        return new HistoryPage(List.of(event), 1, false, false, event.position(), bounds);
      }
    };
  }

  /** The request has read the log before the event, and waits only after the event was told. */
  @Test
  void shouldSeeAnEventThatCrossesTheRequest() throws Exception {
    LoggedEvent event = event();
    LongPolls crossed = polls(historyOf(event));
    try {
      crossed.published(List.of(event));
      HistoryAnswer answer =
          await(crossed, Duration.ofSeconds(50)).toCompletableFuture().get(20, TimeUnit.SECONDS);
      assertThat(answer.events()).extracting(HistoryAnswer.Event::seq).containsExactly(1L);
    } finally {
      crossed.close();
    }
  }

  @Test
  void shouldKeepNothingOfRequestsThatAreAnswered() throws Exception {
    WeakReference<Object> answered = new WeakReference<>(answered());
    assertThat(polls.count()).isZero();
    Awaitility.await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(answered.get()).isNull();
            });
    polls.close();
  }

  /** What the request has left with those who answer it. */
  private Object answered() throws Exception {
    HistoryAnswer nothing = nothing();
    HistoryAnswer answer =
        await(polls, nothing, Duration.ofMillis(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(answer).isSameAs(nothing);
    return nothing;
  }

  @Test
  void shouldGiveTheLastAnswersBeforeItEnds() {
    CompletableFuture<HistoryAnswer> last = await(Duration.ofSeconds(30)).toCompletableFuture();
    polls.close();
    assertThat(last).isCompleted();
    assertThat(polls.count()).isZero();
  }

  /** Its timer is for half a minute from now, and would keep it as long. */
  @Test
  void shouldKeepNothingOfRequestsThatAnEventAnswered() throws Exception {
    LongPolls answering = polls(historyOf(event()));
    try {
      answering.published(List.of(event()));
      WeakReference<Object> answered = new WeakReference<>(answeredByAnEvent(answering));
      Awaitility.await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(answered.get()).isNull();
              });
    } finally {
      answering.close();
    }
  }

  /** What the request has left with those who answer it. */
  private static Object answeredByAnEvent(LongPolls answering) throws Exception {
    AtomicBoolean looked = new AtomicBoolean();
    Runnable stillVisible = () -> looked.set(true);
    HistoryAnswer answer =
        answering
            .await(
                HistoryRequest.of(new MultivaluedHashMap<>(), EMPTY),
                stillVisible,
                nothing(),
                Duration.ofSeconds(30),
                "192.0.2.1",
                Optional.empty())
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    assertThat(answer.events()).hasSize(1);
    assertThat(looked).isTrue();
    return looked;
  }

  /** Nobody would answer it any more. */
  @Test
  void shouldRefuseRequestsAfterItsEnd() {
    polls.close();
    assertThatThrownBy(() -> await(Duration.ofSeconds(30)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("the server is stopping");
  }

  @Test
  void shouldAnswerARequestThatComesWhileItEnds() {
    Slots slots = new LocalSlots(new ConnectionSettings(100, 100, 100));
    AtomicReference<LongPolls> ending = new AtomicReference<>();
    ending.set(
        new LongPolls(
            EMPTY,
            new Slots() {
              @Override
              public Runnable take(String network, Optional<String> user) {
                ending.get().close();
                return slots.take(network, user);
              }

              @Override
              public SlotCounts counts() {
                return slots.counts();
              }
            }));
    assertThat(await(ending.get(), Duration.ofSeconds(30)).toCompletableFuture()).isCompleted();
    assertThat(ending.get().count()).isZero();
  }
}
