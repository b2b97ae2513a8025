package io.flowfi.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.ContainerServer;
import io.flowfi.it.HttpApi;
import org.stellar.sdk.KeyPair;

/** Another user of the same server, like curl. */
final class OtherClient {
  private final HttpApi api;

  OtherClient(ContainerServer server) {
    api = server.api();
  }

  static String newAccount() {
    return KeyPair.random().getAccountId();
  }

  /** Creates a stream between new accounts; returns its id. */
  String create(String reference) {
    return create(newAccount(), newAccount(), reference);
  }

  String create(String sender, String recipient, String reference) {
    ObjectNode stream = HttpApi.newStream(sender, recipient);
    stream.put("reference", reference);
    return api.create(stream);
  }

  int statusOf(String path) {
    return api.get(path).status();
  }
}
