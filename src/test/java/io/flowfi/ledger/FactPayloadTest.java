package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogPurpose;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.Parties;
import io.flowfi.payment.StreamEvent;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamFixture;
import io.flowfi.payment.StreamId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written of a fact makes the same fact again. */
class FactPayloadTest {
  private static final StreamId ID = StreamFixture.ID;
  private static final Address SENDER = StreamFixture.SENDER;
  private static final Address RECIPIENT = StreamFixture.RECIPIENT;
  private static final Address TOKEN = StreamFixture.TOKEN;
  private static final Parties BOTH = Parties.of(SENDER, RECIPIENT);
  private static final Amount HUNDRED = Amount.of(100);

  /** One of each kind, and what may be missing. */
  private static List<StreamFact> facts() {
    return List.of(
        new StreamFact.Created(ID, SENDER, RECIPIENT, TOKEN, HUNDRED, Amount.of(7), 20, true),
        new StreamFact.Created(ID, SENDER, RECIPIENT, TOKEN, HUNDRED, Amount.of(7), 20, false),
        new StreamFact.ToppedUp(ID, BOTH, HUNDRED, Amount.of(1100)),
        new StreamFact.Withdrawn(ID, Parties.ofRecipient(RECIPIENT), HUNDRED),
        new StreamFact.Paused(ID, Parties.ofSender(SENDER), 40),
        new StreamFact.Resumed(ID, BOTH, 140),
        new StreamFact.Cancelled(ID, BOTH, HUNDRED, Amount.of(900)),
        new StreamFact.Completed(ID, BOTH, Amount.of(1000)),
        new StreamFact.FeeCollected(ID, Parties.NONE, SENDER, Amount.of(3), TOKEN),
        new StreamFact.RateModified(ID, BOTH, Amount.of(10), Amount.of(20), 100, 50),
        new StreamFact.Closed(ID, SENDER, 50),
        new StreamFact.Changed(ID, Parties.NONE, "dispute_requested", "{\"a\":[1,null]}"));
  }

  private static Optional<StreamFact> read(EventType type, String payload)
      throws JsonProcessingException {
    return FactPayload.read(type, new ObjectMapper().readTree(payload));
  }

  @ParameterizedTest
  @MethodSource("facts")
  void shouldReadTheFactThatWasWritten(StreamFact fact) throws JsonProcessingException {
    StreamEvent event = FactRules.apply(Optional.empty(), fact, 1, 50).events().get(0);
    assertThat(read(fact.type(), EventPayload.write(event, LogPurpose.REAL))).hasValue(fact);
  }

  /** Fails for a fact or a type of event that is forgotten here or in the reader. */
  @Test
  void shouldKnowEveryFact() {
    Set<Class<?>> kinds = new HashSet<>();
    facts().forEach(fact -> kinds.add(fact.getClass()));
    assertThat(kinds).isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));

    Stream<EventType> facts = facts().stream().map(StreamFact::type).distinct();
    Stream<EventType> wholeStates =
        Stream.of(EventType.STREAM_CORRECTED, EventType.STREAM_RECONCILED);
    assertThat(Stream.concat(facts, wholeStates))
        .as("a type is of a fact, or its events tell the whole state")
        .containsExactlyInAnyOrderElementsOf(
            EventType.known().stream()
                .filter(type -> type.wireName().startsWith("stream."))
                .toList());
  }

  @Test
  void shouldFindNoFactInAnEventOfALaterVersion() throws JsonProcessingException {
    assertThat(read(EventType.named("stream.split"), "{\"streamId\":\"7\"}")).isEmpty();
  }
}
