package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a log may follow, in both databases: an id names the same stream forever. */
@ParameterizedClass
@EnumSource(TestStore.class)
class FollowedContractTest {
  private static final Address CONTRACT = new Address(TestAddresses.contract(3));
  private static final Address OTHER = new Address(TestAddresses.contract(4));
  private static final StreamId FIRST = StreamNumbering.BESIDE_CONTRACT.first();

  @Parameter TestStore kind;
  @TempDir Path directory;

  private StreamNumbering follow(Address contract, String network) {
    try (SqlStore store = kind.open(directory)) {
      return store.follow(Optional.ofNullable(contract), network);
    }
  }

  /** By a ledger that was told of no contract, as that of a node that was there before. */
  private StreamId create(Optional<StreamId> id) {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      return fixture.run(LedgerFixture.create(id, 1, 2)).stream().id();
    }
  }

  private void assertRefused(Address contract, String network, String why) {
    assertThatIllegalStateException()
        .isThrownBy(() -> follow(contract, network))
        .withMessageContaining(why);
  }

  @Test
  void shouldKeepTheContractsIdsFreeOfWhoeverWrites() {
    assertThat(follow(null, "n")).isEqualTo(StreamNumbering.ALONE);
    assertThat(follow(CONTRACT, "n")).isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    assertThat(create(Optional.empty())).isEqualTo(FIRST);
    assertThat(follow(CONTRACT, "n")).isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    assertThat(create(Optional.empty())).isEqualTo(new StreamId(FIRST.bits() + 1));
  }

  @Test
  void shouldFollowOneContractOfOneNetworkForever() {
    follow(CONTRACT, "n");
    assertRefused(OTHER, "n", "STREAM_CONTRACT_ID must be " + CONTRACT + " or unset");
    assertRefused(CONTRACT, "another", "STELLAR_NETWORK_PASSPHRASE must be \"n\"");
    assertRefused(CONTRACT, "another", "\"another\" gives the same ids to others");
    assertThat(follow(null, "another")).isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    assertThat(follow(CONTRACT, "n")).isEqualTo(StreamNumbering.BESIDE_CONTRACT);
  }

  /** And leaves the log as it was, so that it goes on alone. */
  @Test
  void shouldNotFollowAContractOfWhichAnIdIsTaken() {
    create(Optional.of(new StreamId(FIRST.bits() - 1)));
    assertRefused(CONTRACT, "n", "stream 999999999999 was made here");
    create(Optional.of(new StreamId(0)));
    assertRefused(CONTRACT, "n", "2 streams (0, 999999999999) were made here");
    assertThat(follow(null, "n")).isEqualTo(StreamNumbering.ALONE);
    assertThat(create(Optional.empty())).isEqualTo(new StreamId(1));
  }

  /** A log may have millions, and all of this is one line. */
  @Test
  void shouldNameTwentyStreamsAndCountTheOthers() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      for (long id = 23; id > 0; id--) {
        fixture.run(LedgerFixture.create(Optional.of(new StreamId(id)), 1, 2));
      }
      fixture.run(LedgerFixture.create(Optional.of(FIRST), 1, 2));
    }
    assertRefused(
        CONTRACT,
        "n",
        "STREAM_CONTRACT_ID must be unset for this log: 23 streams (1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
            + " 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 3 more) were made here, and ids below"
            + " 1000000000000 are the contract's; to follow it, begin with an empty database");
  }

  @Test
  void shouldFollowAContractBesideStreamsOfHigherIds() {
    create(Optional.of(FIRST));
    create(Optional.of(new StreamId(Long.MIN_VALUE)));
    create(Optional.of(new StreamId(-1)));
    assertThat(follow(CONTRACT, "n")).isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    assertThat(create(Optional.empty())).isEqualTo(new StreamId(FIRST.bits() + 1));
  }
}
