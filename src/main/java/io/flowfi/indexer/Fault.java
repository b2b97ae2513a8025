package io.flowfi.indexer;

import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.StreamId;
import java.util.Optional;

/**
 * Why the indexer stands still. It never skips anything by itself.
 *
 * <p>A final fault ends only when an administrator resets the cursor, whatever happens to the node
 * meanwhile: it is kept in the store. With any other one, the nodes are asked again every minute.
 */
public sealed interface Fault {
  /** Its name in metrics and in the status. */
  String code();

  /** A sentence for the administrator, with all numbers and addresses. */
  String reason();

  /** A sentence that anybody may read. */
  default String notice() {
    return reason();
  }

  default boolean isFinal() {
    return true;
  }

  /**
   * No node has these ledgers any more.
   *
   * @param fromLedger the first one that is missing
   * @param toLedger the last one that is missing
   */
  record Gap(long fromLedger, long toLedger) implements Fault {
    @Override
    public String code() {
      return "gap";
    }

    @Override
    public String reason() {
      return "no RPC node has the ledgers %d to %d any more".formatted(fromLedger, toLedger);
    }
  }

  /**
   * A node tells of another event than the log, at a position that is known.
   *
   * @param event the RPC's id of it
   * @param url whose answer it was
   * @param difference what differs
   */
  record OtherChain(String event, String url, String difference) implements Fault {
    @Override
    public String code() {
      return "other_chain";
    }

    @Override
    public String reason() {
      return "this is another chain: event %s of %s is not the one in the log (%s)"
          .formatted(event, url, difference);
    }

    @Override
    public String notice() {
      return "this is another chain: event %s is not the one in the log".formatted(event);
    }
  }

  /**
   * Two nodes tell different things of one event. Nothing of it was applied.
   *
   * @param event the RPC's id of it
   * @param one a node's URL
   * @param other the other node's URL
   * @param difference what differs
   */
  record Disagreement(String event, String one, String other, String difference) implements Fault {
    @Override
    public String code() {
      return "disagreement";
    }

    @Override
    public String reason() {
      return "%s and %s disagree about event %s (%s)".formatted(one, other, event, difference);
    }

    @Override
    public String notice() {
      return "two RPC nodes disagree about event %s".formatted(event);
    }
  }

  /**
   * The chain of every node has ended long before what we know of it.
   *
   * @param scanned the last ledger that was read
   * @param tip the newest ledger of any node
   */
  record TipBehind(long scanned, long tip) implements Fault {
    @Override
    public String code() {
      return "tip_behind";
    }

    @Override
    public String reason() {
      return "the RPC nodes end at ledger %d, and ledgers up to %d were read already"
          .formatted(tip, scanned);
    }
  }

  /**
   * A final fault that was found before this node began to follow the chain, in the words of that
   * time.
   */
  record Recorded(String code, String reason, String notice) implements Fault {}

  /**
   * An event that cannot be read, by what any node tells of it.
   *
   * @param event the RPC's id of it
   * @param cause what is wrong with it
   * @param stream whose it is, if its topics tell
   */
  record Undecodable(String event, ChainPosition position, String cause, Optional<StreamId> stream)
      implements Fault {
    @Override
    public String code() {
      return "undecodable";
    }

    @Override
    public String reason() {
      return "event %s cannot be decoded: %s".formatted(event, cause);
    }

    @Override
    public boolean isFinal() {
      return false;
    }
  }

  /**
   * Every node serves another network.
   *
   * @param detail what they say
   */
  record WrongNetwork(String detail) implements Fault {
    @Override
    public String code() {
      return "wrong_network";
    }

    @Override
    public String reason() {
      return "every RPC node serves another network: " + detail;
    }

    @Override
    public String notice() {
      return "every RPC node serves another network";
    }

    @Override
    public boolean isFinal() {
      return false;
    }
  }

  /**
   * No node can be used as it is.
   *
   * @param detail what is wrong with each
   */
  record Unusable(String detail) implements Fault {
    @Override
    public String code() {
      return "unusable";
    }

    @Override
    public String reason() {
      return "no RPC node can be used: " + detail;
    }

    @Override
    public String notice() {
      return "no RPC node can be used";
    }

    @Override
    public boolean isFinal() {
      return false;
    }
  }
}
