package io.flowfi.web.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.auth.Caller;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.query.StreamParties;
import io.flowfi.query.StreamQueries;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may see and do what. A stream belongs to its sender and its recipient, who never change. So a
 * decision before a command is submitted is still right when it runs, and a decision when an event
 * stream opens is right as long as it is open. There are two exceptions, both where a contract is
 * followed. A claim may get other parties when the chain tells of the stream: so nothing is
 * remembered of claims, and their own parties follow them by user. And an administrator may replace
 * a stream of the chain by what the contract stores: so nothing is remembered of those either, the
 * fan-out ends the event streams of those who were parties before, and a request that has waited
 * for events is checked again before it is answered.
 *
 * <p>A stream that does not exist and a stream of others get the same answers, so that nobody can
 * find out which ids are taken. Thread-safe.
 */
public final class Access {
  /** Streams whose parties are kept in memory: a few megabytes. */
  private static final int REMEMBERED = 50_000;

  private final StreamQueries streams;
  private final boolean sendersRegister;

  /** Only of streams whose parties nobody can change. */
  private final Cache<StreamId, StreamParties> known =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  /**
   * @param sendersRegister whether users may register streams that they pay: not where the streams
   *     of a contract are followed, because there a payment begins on chain
   */
  public Access(StreamQueries streams, boolean sendersRegister) {
    this.streams = streams;
    this.sendersRegister = sendersRegister;
  }

  /**
   * A user may not choose the id: the answer would tell which ids are taken.
   *
   * @throws ProblemException 403 unless the caller may register this stream
   */
  public void toCreate(Caller caller, StreamCommand.Create stream) {
    if (caller.mayActForOthers()) {
      return;
    }
    if (!sendersRegister) {
      throw ProblemException.of(
          403,
          "only administrators and services may register streams here (scope admin or service)");
    }
    if (!caller.account().equals(Optional.of(stream.sender()))) {
      throw ProblemException.of(
          403,
          "only the sender, administrators and services may register a stream (scope admin or"
              + " service)");
    }
    if (stream.target().isPresent()) {
      throw ProblemException.of(
          403, "only administrators and services may choose streamId: leave it out");
    }
  }

  /**
   * @throws ProblemException 404 if the caller may not know of the stream, 403 if only the other
   *     party may do this
   */
  public void toRun(Caller caller, StreamCommand.OnStream command) {
    if (caller.mayActForOthers()) {
      return;
    }
    Address account = caller.account().orElseThrow();
    StreamParties parties = known.getIfPresent(command.streamId());
    if (parties == null) {
      parties = parties(Set.of(command.streamId())).get(command.streamId());
    }
    if (parties == null || !parties.include(account)) {
      throw unknown(command.streamId());
    }
    boolean recipients = command instanceof StreamCommand.Withdraw;
    if (!account.equals(recipients ? parties.recipient() : parties.sender())) {
      throw ProblemException.of(
          403,
          "only the "
              + (recipients ? "recipient" : "sender")
              + " of stream "
              + command.streamId()
              + " may do this");
    }
  }

  /**
   * @throws ProblemException 404 if the stream is not the caller's
   */
  public PaymentStream visible(Caller caller, PaymentStream stream) {
    if (caller.seesOnly().isPresent()
        && !stream.sender().key().equals(caller.seesOnly().get())
        && !stream.recipient().key().equals(caller.seesOnly().get())) {
      throw unknown(stream.id());
    }
    return stream;
  }

  public static ProblemException unknown(StreamId stream) {
    return ProblemException.of(404, "there is no stream " + stream);
  }

  /**
   * @param parameter the name of the parameter with the address
   * @throws ProblemException 403 if the address is not the caller's
   */
  public void toSee(Caller caller, String parameter, Address address) {
    if (caller.seesOnly().isPresent() && !caller.seesOnly().get().equals(address)) {
      throw ProblemException.forbidden(List.of(notYours(parameter, address)));
    }
  }

  /**
   * @param parameter the name of the parameter with the stream
   * @throws ProblemException 403 if the stream is not the caller's or does not exist
   */
  public void toSee(Caller caller, String parameter, StreamId stream) {
    List<FieldError> errors = notYours(caller, parameter, Set.of(stream));
    if (!errors.isEmpty()) {
      throw ProblemException.forbidden(errors);
    }
  }

  /**
   * The part of the filter that the caller may follow: a filter for everything becomes one for
   * everything of the caller's own.
   *
   * @throws ProblemException 403 naming the streams and users that are not the caller's
   */
  public EventFilter filter(Caller caller, EventFilter asked) {
    if (caller.seesOnly().isEmpty()) {
      return asked;
    }
    Address account = caller.seesOnly().get();
    List<FieldError> errors = notYours(caller, "streams", asked.streams());
    if (errors.isEmpty() && !asked.streams().isEmpty()) {
      errors.addAll(claims(asked.streams()));
    }
    for (Address user : asked.users()) {
      if (!user.equals(account)) {
        errors.add(notYours("users", user));
      }
    }
    if (!errors.isEmpty()) {
      throw ProblemException.forbidden(errors);
    }
    return asked.all() ? new EventFilter(false, Set.of(), Set.of(account), asked.types()) : asked;
  }

  private List<FieldError> notYours(Caller caller, String parameter, Set<StreamId> asked) {
    List<FieldError> errors = new ArrayList<>();
    if (caller.seesOnly().isPresent() && !asked.isEmpty()) {
      Map<StreamId, StreamParties> found = parties(asked);
      for (StreamId stream : asked) {
        StreamParties parties = found.get(stream);
        if (parties == null || !parties.include(caller.seesOnly().get())) {
          errors.add(notYours(parameter, stream));
        }
      }
    }
    return errors;
  }

  private List<FieldError> claims(Set<StreamId> asked) {
    List<FieldError> errors = new ArrayList<>();
    parties(asked)
        .forEach(
            (id, parties) -> {
              if (isClaim(id, parties)) {
                errors.add(
                    FieldError.ofParameter(
                        "streams",
                        "stream "
                            + id
                            + " is a claim, which the chain may give to others: follow it by users"));
              }
            });
    return errors;
  }

  /** Whether the stream has an id of the contract, but is not known from the chain. */
  private boolean isClaim(StreamId id, StreamParties parties) {
    return !sendersRegister
        && !parties.onChain()
        && StreamNumbering.BESIDE_CONTRACT.isContracts(id);
  }

  private static FieldError notYours(String parameter, Object value) {
    return FieldError.ofParameter(parameter, parameter + "=" + value + " is not yours to see");
  }

  /**
   * The parties of existing streams. Missing streams are looked up each time, because they may be
   * created later, and those of the chain, because an administrator may give them to others.
   */
  private Map<StreamId, StreamParties> parties(Collection<StreamId> wanted) {
    Map<StreamId, StreamParties> found = new HashMap<>(known.getAllPresent(wanted));
    if (found.size() < wanted.size()) {
      Set<StreamId> missing = new HashSet<>(wanted);
      missing.removeAll(found.keySet());
      Map<StreamId, StreamParties> read = streams.parties(missing);
      read.forEach(
          (id, parties) -> {
            if (parties.areKnown() && !parties.onChain() && !isClaim(id, parties)) {
              known.put(id, parties);
            }
          });
      found.putAll(read);
    }
    return found;
  }
}
