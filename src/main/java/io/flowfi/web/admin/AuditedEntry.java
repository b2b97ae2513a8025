package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Map;

/** An entry of the audit log; which fields it has depends on its kind. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
record AuditedEntry(
    String at,
    String kind,
    String request,
    String account,
    String address,
    String method,
    String path,
    Integer status,
    String result,
    Map<String, String> details,
    String client,
    String opened,
    String log,
    String filter,
    Long after,
    Long through,
    String reason,
    Long requests,
    Long entries,
    Boolean sandbox) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads an entry as the log has it. */
  static AuditedEntry of(JsonNode entry) {
    try {
      return JSON.treeToValue(entry, AuditedEntry.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("an entry of the audit log has another form", e);
    }
  }
}
