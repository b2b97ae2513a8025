package io.flowfi.bench;

import java.security.SecureRandom;
import org.stellar.sdk.StrKey;

/**
 * The event that all servers deliver: for the peers, exactly the text that FlowFi sends for a
 * paused stream.
 */
final class SampleEvent {
  private static final SecureRandom RANDOM = new SecureRandom();

  private SampleEvent() {}

  static String account() {
    return StrKey.encodeEd25519PublicKey(randomKey());
  }

  static String contract() {
    return StrKey.encodeContract(randomKey());
  }

  private static byte[] randomKey() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  static String json() {
    return "{\"streamId\":\"1\",\"sender\":\""
        + account()
        + "\",\"recipient\":\""
        + account()
        + "\",\"version\":12345,\"timestamp\":1735689600,\"origin\":\"api\",\"reference\":\""
        + PreparedRequest.MARKER
        + "\",\"pausedAt\":1735689600}";
  }
}
