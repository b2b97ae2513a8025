package io.flowfi.indexer.xdr;

import java.nio.charset.StandardCharsets;

/**
 * Addresses as text (SEP-23), for all kinds that a contract can name: the SDK knows two of them.
 * Only from bytes to text.
 */
enum StrKeys {
  ACCOUNT('G'),
  CONTRACT('C'),
  MUXED_ACCOUNT('M'),
  CLAIMABLE_BALANCE('B'),
  LIQUIDITY_POOL('L'),
  MUXED_CONTRACT('W');

  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".getBytes(StandardCharsets.US_ASCII);
  private static final int[] CRC16 = crc16Table();

  private final byte version;

  StrKeys(char first) {
    // the upper five bits of the first byte are the first letter, the others name the algorithm: 0
    version = (byte) ((first - 'A') << 3);
  }

  /** The text of a key, with its version in front and its checksum behind. */
  String text(byte[]... parts) {
    int length = 3;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    all[0] = version;
    int at = 1;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    int crc = crc16(all, at);
    all[at] = (byte) crc;
    all[at + 1] = (byte) (crc >> 8);
    return base32(all);
  }

  private static String base32(byte[] bytes) {
    byte[] text = new byte[(bytes.length * 8 + 4) / 5];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (byte b : bytes) {
      held = held << 8 | b & 0xff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text[at++] = ALPHABET[held >> bits & 31];
      }
      held &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text[at] = ALPHABET[held << 5 - bits & 31];
    }
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** Of the polynomial x^16 + x^12 + x^5 + 1, from 0. */
  private static int crc16(byte[] bytes, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      crc = crc << 8 & 0xffff ^ CRC16[crc >> 8 ^ bytes[i] & 0xff];
    }
    return crc;
  }

  private static int[] crc16Table() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
      table[i] = crc & 0xffff;
    }
    return table;
  }
}
