package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TicketsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final Caller ALICE = caller(1);
  private static final Caller BOB = caller(2);

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
  private final LocalTickets unused =
      new LocalTickets(now::get, nanos::get, LocalTickets.MAX_TOTAL);
  private final Tickets tickets = new Tickets(unused);

  private static Caller caller(int index) {
    return new Caller(
        Optional.of(new Address(TestAddresses.account(index))),
        Set.of(Caller.Role.SERVICE),
        Optional.of(NOW.plusSeconds(3600)));
  }

  private void assertWorthless(String ticket) {
    assertThatThrownBy(() -> tickets.redeem(ticket))
        .isInstanceOf(AuthException.Invalid.class)
        .hasMessageContaining("get a new one")
        .message()
        .satisfies(said -> assertThat(ticket.length() >= 43 && said.contains(ticket)).isFalse());
  }

  @Test
  void shouldStandForTheCallerOnce() {
    String ticket = tickets.issue(ALICE);
    assertThat(ticket).matches("[A-Za-z0-9_-]{43}");
    assertThat(tickets.redeem(ticket)).isEqualTo(ALICE);
    assertWorthless(ticket);
  }

  @Test
  void shouldBeOfNoUseAfterHalfAMinute() {
    String ticket = tickets.issue(ALICE);
    String other = tickets.issue(ALICE);
    now.set(NOW.plusMillis(29_999));
    assertThat(tickets.redeem(ticket)).isEqualTo(ALICE);
    now.set(NOW.plusSeconds(30));
    assertWorthless(other);
  }

  /** The time of day goes back; the half minute still passes. */
  @Test
  void shouldBeOfNoUseAfterHalfAMinuteWhateverTheClockIsSetTo() {
    String ticket = tickets.issue(ALICE);
    String other = tickets.issue(ALICE);
    now.set(NOW.minusSeconds(3600));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(30) - 1);
    assertThat(tickets.redeem(ticket)).isEqualTo(ALICE);
    nanos.addAndGet(1);
    assertWorthless(other);
  }

  @Test
  void shouldGiveTicketsAgainHalfAMinuteLaterThoughTheClockWasSetBack() {
    for (int i = 0; i < LocalTickets.MAX_PER_CALLER; i++) {
      tickets.issue(ALICE);
    }
    now.set(NOW.minusSeconds(3600));
    assertThatThrownBy(() -> tickets.issue(ALICE)).isInstanceOf(AuthException.TooMany.class);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
    assertThat(tickets.redeem(tickets.issue(ALICE))).isEqualTo(ALICE);
  }

  @Test
  void shouldNotBeMadeUp() {
    tickets.issue(ALICE);
    for (String made : List.of("", "x", "A".repeat(43), "A".repeat(10_000))) {
      assertWorthless(made);
    }
  }

  @Test
  void shouldGiveOneTicketToOneOfManyWhoTry() throws Exception {
    for (int round = 0; round < 20; round++) {
      String ticket = tickets.issue(ALICE);
      assertThat(
              Race.wins(
                  100,
                  () -> {
                    try {
                      tickets.redeem(ticket);
                      return true;
                    } catch (AuthException.Invalid late) {
                      return false;
                    }
                  }))
          .isEqualTo(1);
    }
    assertThat(unused.outstanding()).isZero();
  }

  @Test
  void shouldNeverBeTheSame() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String ticket = tickets.issue(ALICE);
      assertThat(seen.add(ticket)).isTrue();
      tickets.redeem(ticket);
    }
  }

  @Test
  void shouldNotLetOneCallerHoardThem() {
    List<String> hoard = new ArrayList<>();
    for (int i = 0; i < LocalTickets.MAX_PER_CALLER; i++) {
      hoard.add(tickets.issue(ALICE));
    }
    assertThatThrownBy(() -> tickets.issue(ALICE)).isInstanceOf(AuthException.TooMany.class);
    // others are not affected, and using a ticket makes room for one
    tickets.redeem(tickets.issue(BOB));
    tickets.redeem(hoard.get(50));
    tickets.issue(ALICE);
    assertThatThrownBy(() -> tickets.issue(ALICE)).isInstanceOf(AuthException.TooMany.class);
    now.set(NOW.plusSeconds(30));
    tickets.issue(ALICE);
    assertThat(unused.outstanding()).isEqualTo(1);
  }

  @Test
  void shouldBeFewEnoughForTheMemory() {
    Tickets few = new Tickets(new LocalTickets(now::get, nanos::get, 3));
    for (int i = 0; i < 3; i++) {
      few.issue(caller(i));
    }
    assertThatThrownBy(() -> few.issue(caller(4))).isInstanceOf(AuthException.Unavailable.class);
    now.set(NOW.plusSeconds(30));
    few.issue(caller(4));
  }

  /** Like nodes that share them. */
  @Test
  void shouldBeValidOnceInASharedStore() {
    Tickets elsewhere = new Tickets(unused);
    String ticket = tickets.issue(ALICE);
    assertThat(elsewhere.redeem(ticket)).isEqualTo(ALICE);
    assertWorthless(ticket);
  }

  @Test
  void shouldNeedAnAccount() {
    assertThatThrownBy(() -> tickets.issue(Caller.OPEN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
