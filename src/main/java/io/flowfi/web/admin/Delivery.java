package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.FilterText;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;

/**
 * A connection that was sent an event.
 *
 * @param after it was sent everything that its filter matches behind this
 * @param through up to this
 * @param closed null while it is open
 * @param reason why the server ended it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Delivery(
    String clientId,
    String account,
    String address,
    String filter,
    String opened,
    Long after,
    Long through,
    String closed,
    String reason) {
  static Delivery closed(AuditedEntry entry) {
    return new Delivery(
        entry.client(),
        entry.account(),
        entry.address(),
        entry.filter(),
        entry.opened(),
        entry.after(),
        entry.through(),
        entry.at(),
        entry.reason());
  }

  static Delivery open(Open open) {
    return new Delivery(
        open.clientId(),
        open.account().map(Address::strKey).orElse(null),
        open.address(),
        FilterText.of(open.filter()).text(),
        open.since().toString(),
        open.after().map(LogPosition::value).orElse(null),
        open.cursor().map(LogPosition::value).orElse(null),
        null,
        null);
  }
}
