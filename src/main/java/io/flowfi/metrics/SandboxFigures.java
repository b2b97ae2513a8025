package io.flowfi.metrics;

import io.flowfi.auth.Authentication;
import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.ledger.LedgerStatistics;
import io.flowfi.limit.Rejections;
import io.flowfi.limit.SlotCounts;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What happens in the sandbox. These have names of their own, and no label of the others: a sum
 * over a name must never add what was tried to what was paid.
 */
public final class SandboxFigures implements Figures {
  private final Supplier<FanOutStatistics> fanOut;
  private final Supplier<SlotCounts> slots;
  private final Supplier<LedgerStatistics> ledger;
  private final Authentication authentication;
  private final Rejections rejections;

  /**
   * @param authentication of the whole server, which counts what comes through the sandbox apart
   */
  public SandboxFigures(
      Supplier<FanOutStatistics> fanOut,
      Supplier<SlotCounts> slots,
      Supplier<LedgerStatistics> ledger,
      Authentication authentication,
      Rejections rejections) {
    this.fanOut = fanOut;
    this.slots = slots;
    this.ledger = ledger;
    this.authentication = authentication;
    this.rejections = rejections;
  }

  @Override
  public void writeTo(Sheet sheet) {
    FanOutStatistics now = fanOut.get();
    LedgerStatistics commands = ledger.get();
    sheet.gauge(
        "sandbox_connection_slots",
        "Event streams of the sandbox that count against its limit",
        slots.get().open());
    sheet.counter(
        "sandbox_events_published_total",
        "Events of the sandbox handed to its subscribers' thread",
        now.published());
    sheet.counter(
        "sandbox_deliveries_total",
        "Events of the sandbox handed to sockets, each subscriber counted",
        now.delivered());
    sheet.counter(
        "sandbox_commands_total",
        "Commands of the sandbox, by result",
        "result",
        Map.of(
            "recorded", commands.recorded(),
            "rejected", commands.rejected(),
            "failed", commands.failed()));
    sheet.counter(
        "sandbox_limit_rejections_total",
        "Requests and event streams of the sandbox that a limit has kept away",
        "limit",
        rejections.byLimit());
    if (!authentication.isOpen()) {
      sheet.counter(
          "sandbox_token_checks_total",
          "Tokens that came with requests about the sandbox, by result of the check",
          "result",
          authentication.tokensChecked(true));
    }
    if (authentication.login().isPresent()) {
      sheet.counter(
          "sandbox_logins_total",
          "Logins with a Stellar account through the sandbox, by result",
          "result",
          authentication.logins(true));
    }
  }
}
