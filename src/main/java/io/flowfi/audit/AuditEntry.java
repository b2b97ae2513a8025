package io.flowfi.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/** One line of the audit log. Holds who and what, never a payload or a credential. */
public interface AuditEntry {
  /** When it happened. */
  Instant at();

  /** Writes the fields behind the time. */
  void writeFields(JsonGenerator json) throws IOException;

  /**
   * Who, from where, in which request.
   *
   * @param account the authenticated account; empty if there is none
   */
  record Who(String requestId, String account, String address) {
    void writeTo(JsonGenerator json) throws IOException {
      json.writeStringField("request", requestId);
      if (!account.isEmpty()) {
        json.writeStringField("account", account);
      }
      json.writeStringField("address", address);
    }
  }

  /**
   * A command was issued and answered.
   *
   * @param path the path of the request, without the query
   * @param status of the answer
   * @param result the location of what it created; empty if it created nothing
   * @param details of an administrator's command: with which numbers, and what came of it
   */
  record Command(
      Instant at,
      Who who,
      String method,
      String path,
      int status,
      String result,
      Map<String, String> details)
      implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "command");
      who.writeTo(json);
      json.writeStringField("method", method);
      json.writeStringField("path", path);
      json.writeNumberField("status", status);
      if (!result.isEmpty()) {
        json.writeStringField("result", result);
      }
      if (!details.isEmpty()) {
        json.writeObjectFieldStart("details");
        for (Map.Entry<String, String> detail : details.entrySet()) {
          json.writeStringField(detail.getKey(), detail.getValue());
        }
        json.writeEndObject();
      }
    }
  }

  /**
   * An event stream was opened.
   *
   * @param filter the filter it asks for
   * @param after the position it starts after: it may get every later event; negative if it ended
   *     before the greeting
   */
  record Subscribed(Instant at, Who who, String clientId, String filter, long after)
      implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "subscribed");
      who.writeTo(json);
      json.writeStringField("client", clientId);
      json.writeStringField("filter", filter);
      if (after >= 0) {
        json.writeNumberField("after", after);
      }
    }
  }

  /**
   * An event stream has ended. It was sent every matching event behind {@code after} up to {@code
   * through}.
   *
   * @param opened when it began
   * @param log which log its positions are of
   * @param filter as in {@link Subscribed}, {@code after} too
   * @param through the last position sent to it; negative if nothing was sent
   * @param reason why the server ended it; empty if the client left
   */
  record Unsubscribed(
      Instant at,
      Who who,
      String clientId,
      Instant opened,
      String log,
      String filter,
      long after,
      long through,
      String reason)
      implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "unsubscribed");
      who.writeTo(json);
      json.writeStringField("client", clientId);
      json.writeStringField("opened", opened.toString());
      json.writeStringField("log", log);
      json.writeStringField("filter", filter);
      if (after >= 0) {
        json.writeNumberField("after", after);
      }
      if (through >= 0) {
        json.writeNumberField("through", through);
      }
      if (!reason.isEmpty()) {
        json.writeStringField("reason", reason);
      }
    }
  }

  /**
   * A request was rejected before it reached a resource, or a reader was. Of many only some are
   * written.
   *
   * @param path the path of the request, without the query
   * @param status of the answer
   */
  record Refused(Instant at, Who who, String method, String path, int status)
      implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "refused");
      who.writeTo(json);
      json.writeStringField("method", method);
      json.writeStringField("path", path);
      json.writeNumberField("status", status);
    }
  }

  /** How many more were rejected since the last such entry. */
  record RefusalsLeftOut(Instant at, long requests) implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "refused_more");
      json.writeNumberField("requests", requests);
    }
  }

  /** Something that happened in the sandbox, where nobody is paid. */
  record OfSandbox(AuditEntry entry) implements AuditEntry {
    @Override
    public Instant at() {
      return entry.at();
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      entry.writeFields(json);
      json.writeBooleanField("sandbox", true);
    }
  }

  /** Entries that could not be written. */
  record Lost(Instant at, long entries) implements AuditEntry {
    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      json.writeStringField("kind", "lost");
      json.writeNumberField("entries", entries);
    }
  }
}
