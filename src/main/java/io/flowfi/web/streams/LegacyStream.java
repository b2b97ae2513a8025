package io.flowfi.web.streams;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamStatus;
import io.flowfi.web.events.LegacyHistory;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A payment stream in the form of the replaced service.
 *
 * @param id the same id as text
 * @param streamId see {@link LegacyHistory#streamId}
 * @param claimableAmount null if it is not modelled
 * @param startTime Unix seconds, as are all numbers of times
 * @param endTime null while it is paused or not modelled
 * @param pausedAt null unless it is paused
 * @param isActive whether it can still pay, paused or not
 * @param createdAt when it begins, in UTC: when it was registered is only in its first event
 * @param updatedAt the time of its last change, in UTC
 * @param events how it ended, if it did: the old pages tell a cancelled stream by that
 */
record LegacyStream(
    String id,
    Object streamId,
    String sender,
    String recipient,
    String tokenAddress,
    String ratePerSecond,
    String depositedAmount,
    String withdrawnAmount,
    String claimableAmount,
    long startTime,
    long lastUpdateTime,
    Long endTime,
    String status,
    boolean isActive,
    boolean isPaused,
    Long pausedAt,
    long totalPausedDuration,
    String createdAt,
    String updatedAt,
    List<Ending> events) {

  /** The event that ended a stream. */
  record Ending(String eventType) {}

  static LegacyStream of(StreamState state) {
    PaymentStream stream = state.stream();
    String id = stream.id().toString();
    StreamStatus status = stream.status();
    boolean active = status == StreamStatus.ACTIVE || status == StreamStatus.PAUSED;
    return new LegacyStream(
        id,
        LegacyHistory.streamId(id),
        text(stream.sender()),
        text(stream.recipient()),
        text(stream.token()),
        stream.ratePerSecond().toString(),
        stream.deposited().toString(),
        stream.withdrawn().toString(),
        stream.claimable(state.at()).map(Amount::toString).orElse(null),
        stream.startTime(),
        stream.lastUpdateTime(),
        orNull(stream.endTime()),
        status.name(),
        active,
        status == StreamStatus.PAUSED,
        orNull(stream.pausedAt()),
        stream.totalPausedDuration(),
        Instant.ofEpochSecond(stream.startTime()).toString(),
        Instant.ofEpochSecond(stream.lastUpdateTime()).toString(),
        active ? List.of() : List.of(new Ending(status.name())));
  }

  private static String text(Address party) {
    return party.isUnknown() ? null : party.strKey();
  }

  private static Long orNull(OptionalLong time) {
    return time.isPresent() ? time.getAsLong() : null;
  }

  static List<LegacyStream> all(List<StreamState> states) {
    return states.stream().map(LegacyStream::of).toList();
  }
}
