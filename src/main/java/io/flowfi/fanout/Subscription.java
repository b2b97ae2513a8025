package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import java.util.Optional;

/**
 * What a subscriber asked for.
 *
 * @param clientId the connection's name, told to the client
 * @param filter which events
 * @param resumeAfter the last position the client has seen; empty starts with what is published
 *     from now on
 * @param snapshot whether the state of the matching streams comes first
 */
public record Subscription(
    String clientId, EventFilter filter, Optional<LogPosition> resumeAfter, boolean snapshot) {}
