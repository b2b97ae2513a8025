package io.flowfi.web.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.auth.Caller;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.query.StreamParties;
import io.flowfi.query.StreamQueries;
import io.flowfi.web.wire.ProblemException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.stellar.sdk.KeyPair;

class AccessTest {
  private static final StreamId ID = new StreamId(7);
  private static final Address SENDER = account();
  private static final Address BEFORE = account();
  private static final Address AFTER = account();

  private final AtomicInteger reads = new AtomicInteger();
  private Address recipient = BEFORE;
  private boolean onChain = true;

  private final StreamQueries streams =
      (StreamQueries)
          Proxy.newProxyInstance(
              StreamQueries.class.getClassLoader(),
              new Class<?>[] {StreamQueries.class},
              (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("parties");
                reads.incrementAndGet();
                return Map.of(ID, new StreamParties(SENDER, recipient, onChain));
              });

  @Test
  void shouldKnowThePartiesThatAnAdministratorTookFromTheContract() {
    Access access = new Access(streams, false);
    see(access, BEFORE);

    recipient = AFTER;
    assertThatThrownBy(() -> see(access, BEFORE)).isInstanceOf(ProblemException.class);
    assertThatCode(() -> see(access, AFTER)).doesNotThrowAnyException();
    assertThatCode(() -> see(access, SENDER)).doesNotThrowAnyException();
  }

  @Test
  void shouldReadPartiesOnceWhereNobodyCanChangeThem() {
    onChain = false;
    Access access = new Access(streams, true);
    see(access, BEFORE);
    see(access, BEFORE);
    assertThat(reads).hasValue(1);
  }

  /** A contract counts its ids from 1, and may have this one next. */
  @Test
  void shouldNotRememberTheClaimOfAnIdThatTheContractMayGiveToOthers() {
    onChain = false;
    Access access = new Access(streams, false);
    see(access, BEFORE);
    recipient = AFTER;
    assertThatThrownBy(() -> see(access, BEFORE)).isInstanceOf(ProblemException.class);
  }

  private static void see(Access access, Address account) {
    access.toSee(new Caller(Optional.of(account), Set.of(), Optional.empty()), "streams", ID);
  }

  private static Address account() {
    return Address.parse("account", KeyPair.random().getAccountId());
  }
}
