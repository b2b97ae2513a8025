package io.flowfi.store;

import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamNumbering;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The contract whose streams a log may hold beside its own. It can never be replaced: another
 * contract counts from 1 too, and would give the same ids to other streams.
 */
final class FollowedContract {
  private static final long FIRST = StreamNumbering.BESIDE_CONTRACT.first().bits();

  /** As many ids as a line can show. */
  private static final int MOST_NAMED = 20;

  private static final String OF_CONTRACT = " FROM streams WHERE stream_id >= 0 AND stream_id < ?";

  private FollowedContract() {}

  /**
   * Makes the log follow the contract from now on. A log that has followed a contract keeps the
   * contract's ids free, even if it does not follow it now.
   *
   * @param network the passphrase of its network
   * @throws IllegalStateException if ids would have two meanings; the message is a line for the
   *     operator
   */
  static StreamNumbering bind(Jdbi writer, Optional<Address> contract, String network) {
    return writer.inTransaction(
        handle -> {
          Optional<Address> bound = bound(handle);
          if (bound.isEmpty() && contract.isEmpty()) {
            return StreamNumbering.ALONE;
          } else if (bound.isEmpty()) {
            // nobody can write now, and who writes next sees by the next id that a contract is
            // followed
            new Sql(
                    "UPDATE log_head SET next_stream_id ="
                        + " CASE WHEN next_stream_id < ? THEN ? ELSE next_stream_id END WHERE id = 1",
                    FIRST,
                    FIRST)
                .run(handle);
            refuseOwnIds(handle);
            new Sql(
                    "INSERT INTO followed_contract (id, contract) VALUES (1, ?)"
                        + " ON CONFLICT (id) DO NOTHING",
                    contract.get().strKey())
                .run(handle);
            bound = bound(handle);
          }
          if (contract.isPresent() && !contract.equals(bound)) {
            throw new IllegalStateException(
                "STREAM_CONTRACT_ID must be "
                    + bound.get()
                    + " or unset: the log follows that contract, and another one"
                    + " gives the same stream ids to others; to follow it, begin with an empty"
                    + " database");
          }
          if (contract.isPresent()) {
            refuseOtherNetwork(handle, network);
          }
          return StreamNumbering.BESIDE_CONTRACT;
        });
  }

  /** The same contract id may exist on several networks. */
  private static void refuseOtherNetwork(Handle handle, String network) {
    new Sql("UPDATE followed_contract SET network = ? WHERE id = 1 AND network IS NULL", network)
        .run(handle);
    String bound =
        new Sql("SELECT network FROM followed_contract WHERE id = 1")
            .on(handle)
            .mapTo(String.class)
            .one();
    if (!bound.equals(network)) {
      throw new IllegalStateException(
          "STELLAR_NETWORK_PASSPHRASE must be \""
              + bound
              + "\", or STREAM_CONTRACT_ID unset: the log holds the streams of that network, and \""
              + network
              + "\" gives the same ids to others; to follow it, begin with an empty database");
    }
  }

  private static Optional<Address> bound(Handle handle) {
    return new Sql("SELECT contract FROM followed_contract WHERE id = 1")
        .on(handle)
        .map((row, context) -> new Address(row.getString("contract")))
        .findOne();
  }

  /** Until a log follows a contract, all its streams are its own. */
  private static void refuseOwnIds(Handle handle) {
    List<StreamId> first =
        new Sql("SELECT stream_id" + OF_CONTRACT + " ORDER BY stream_id LIMIT ?", FIRST, MOST_NAMED)
            .on(handle)
            .map((row, context) -> new StreamId(row.getLong("stream_id")))
            .list();
    if (!first.isEmpty()) {
      long all = new Sql("SELECT count(*)" + OF_CONTRACT, FIRST).on(handle).mapTo(Long.class).one();
      throw new IllegalStateException(
          "STREAM_CONTRACT_ID must be unset for this log: "
              + named(first, all)
              + " made here, and ids below "
              + FIRST
              + " are the contract's; to follow it, begin with an empty database");
    }
  }

  private static String named(List<StreamId> first, long all) {
    if (all == 1) {
      return "stream " + first.get(0) + " was";
    }
    String ids = first.stream().map(StreamId::toString).collect(Collectors.joining(", "));
    String more = all > first.size() ? " and " + (all - first.size()) + " more" : "";
    return all + " streams (" + ids + more + ") were";
  }
}
