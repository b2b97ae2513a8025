package io.flowfi.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** An event as a member of {@code events}, in the form of one version. */
final class EventJson {
  private final RpcForm form;
  private final String contractId;

  EventJson(RpcForm form, String contractId) {
    this.form = form;
    this.contractId = contractId;
  }

  byte[] of(PlacedEvent placed) {
    SimulatedEvent event = placed.event();
    EventPlace place = placed.place();
    StringBuilder json = new StringBuilder(1024);
    json.append("{\"type\":\"").append(event.system() ? "system" : "contract");
    json.append("\",\"ledger\":").append(place.ledger());
    json.append(",\"ledgerClosedAt\":\"").append(Instant.ofEpochSecond(placed.closedAt()));
    json.append("\",\"contractId\":\"").append(contractId);
    json.append("\",\"id\":\"").append(place);
    if (form.since(RpcForm.V23)) {
      json.append("\",\"operationIndex\":").append(place.operation());
      json.append(",\"transactionIndex\":").append(place.transaction());
    } else {
      json.append("\",\"pagingToken\":\"").append(place).append('"');
    }
    if (!form.since(RpcForm.V30)) {
      json.append(",\"inSuccessfulContractCall\":true");
    } else {
      json.append(",\"stage\":{\"name\":\"operation\"}"); // nobody knows it
    }
    json.append(",\"txHash\":\"").append(placed.transactionHash()).append('"');
    if (!event.topics().isEmpty()) {
      json.append(",\"topic\":[");
      for (ChainValue topic : event.topics()) {
        json.append('"').append(topic.base64()).append("\",");
      }
      json.setCharAt(json.length() - 1, ']');
    }
    json.append(",\"value\":\"").append(event.value().base64()).append("\"}");
    return json.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
