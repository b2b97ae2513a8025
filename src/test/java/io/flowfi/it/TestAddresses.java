package io.flowfi.it;

import java.nio.ByteBuffer;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

/** Valid Stellar addresses, the same ones in every run. */
public final class TestAddresses {
  private TestAddresses() {}

  /** The account {@code G...} number {@code index}. */
  public static String account(int index) {
    return KeyPair.fromSecretSeed(seed(index)).getAccountId();
  }

  /** The contract {@code C...} number {@code index}. */
  public static String contract(int index) {
    return StrKey.encodeContract(seed(index));
  }

  private static byte[] seed(int index) {
    return ByteBuffer.allocate(32).putInt(0x464c4f57).putInt(index).array();
  }
}
