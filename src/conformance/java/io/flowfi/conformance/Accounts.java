package io.flowfi.conformance;

import java.security.SecureRandom;

/** New Stellar addresses, in the StrKey form of SEP-23: version, 32 bytes, CRC16, in base 32. */
final class Accounts {
  private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int ACCOUNT = 6 << 3;
  private static final int CONTRACT = 2 << 3;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Accounts() {}

  /** An account {@code G...} that nobody has used before. */
  static String account() {
    return address(ACCOUNT);
  }

  /** A contract {@code C...}. */
  static String contract() {
    return address(CONTRACT);
  }

  /** The same address with a wrong checksum. */
  static String misspelled(String address) {
    char last = address.charAt(address.length() - 1);
    return address.substring(0, address.length() - 1) + (last == 'A' ? 'B' : 'A');
  }

  private static String address(int version) {
    byte[] bytes = new byte[35];
    RANDOM.nextBytes(bytes);
    bytes[0] = (byte) version;
    int crc = crc16(bytes, 33);
    bytes[33] = (byte) crc; // low byte first
    bytes[34] = (byte) (crc >> 8);
    StringBuilder text = new StringBuilder(56);
    for (int bit = 0; bit < 280; bit += 5) {
      int pair = (bytes[bit / 8] & 0xff) << 8 | (bit / 8 < 34 ? bytes[bit / 8 + 1] & 0xff : 0);
      text.append(BASE_32.charAt(pair >> (11 - bit % 8) & 31));
    }
    return text.toString();
  }

  /** CRC16 with the polynomial 0x1021 and the start value 0 (XMODEM). */
  private static int crc16(byte[] bytes, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      }
    }
    return crc & 0xffff;
  }
}
