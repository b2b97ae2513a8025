package io.flowfi.simulator;

import java.io.IOException;
import java.util.Arrays;
import org.stellar.sdk.StrKey;

/**
 * Addresses of all kinds: as StrKeys ({@code SEP-23}) and as {@code SCAddress}. The SDK knows only
 * accounts and contracts.
 */
public final class ChainAddress {
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int KEY = 32;

  private ChainAddress() {}

  /**
   * The account {@code M...}.
   *
   * @param account G...
   */
  public static String muxed(String account, long id) {
    return strKey(
        'M',
        ChainValue.written(
            out -> {
              out.write(StrKey.decodeEd25519PublicKey(account));
              out.writeLong(id);
            }));
  }

  /**
   * The contract {@code W...} of protocol 30 ({@code CAP-84}).
   *
   * @param contract C...
   */
  public static String muxedContract(String contract, long id) {
    return strKey(
        'W',
        ChainValue.written(
            out -> {
              out.write(StrKey.decodeContract(contract));
              out.writeLong(id);
            }));
  }

  /** A claimable balance {@code B...}. */
  public static String claimableBalance(byte[] hash) {
    return strKey(
        'B',
        ChainValue.written(
            out -> {
              out.writeByte(0); // its only type
              out.write(hash);
            }));
  }

  /** A liquidity pool {@code L...}. */
  public static String pool(byte[] hash) {
    return strKey('L', hash);
  }

  static byte[] xdr(String address) {
    byte[] payload = payload(address);
    return ChainValue.written(
        out -> {
          switch (address.charAt(0)) {
            case 'G' -> {
              out.writeInt(0);
              out.writeInt(0); // an ed25519 key
              out.write(payload);
            }
            case 'C' -> {
              out.writeInt(1);
              out.write(payload);
            }
            case 'M', 'W' -> {
              out.writeInt(address.charAt(0) == 'M' ? 2 : 5);
              out.write(payload, KEY, Long.BYTES); // first the id, other than in the text
              out.write(payload, 0, KEY);
            }
            case 'B' -> {
              out.writeInt(3);
              out.writeInt(payload[0]);
              out.write(payload, 1, KEY);
            }
            case 'L' -> {
              out.writeInt(4);
              out.write(payload);
            }
            default -> throw new IOException("no address: " + address);
          }
        });
  }

  private static String strKey(char kind, byte[] payload) {
    byte[] checked = new byte[payload.length + 3];
    checked[0] = (byte) (BASE32.indexOf(kind) << 3);
    System.arraycopy(payload, 0, checked, 1, payload.length);
    int sum = crc(checked, payload.length + 1);
    checked[payload.length + 1] = (byte) sum;
    checked[payload.length + 2] = (byte) (sum >> 8);
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte next : checked) {
      buffer = buffer << 8 | next & 0xff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(BASE32.charAt(buffer >> bits & 31));
      }
    }
    if (bits > 0) {
      text.append(BASE32.charAt(buffer << 5 - bits & 31));
    }
    return text.toString();
  }

  private static byte[] payload(String address) {
    byte[] all = new byte[address.length() * 5 / 8];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (char next : address.toCharArray()) {
      buffer = buffer << 5 | BASE32.indexOf(next);
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        all[at++] = (byte) (buffer >> bits);
      }
    }
    byte[] payload = Arrays.copyOfRange(all, 1, all.length - 2);
    if (!strKey(address.charAt(0), payload).equals(address)) {
      throw new IllegalArgumentException("no StrKey: " + address);
    }
    return payload;
  }

  /** CRC16-XModem. */
  private static int crc(byte[] bytes, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
    }
    return crc & 0xffff;
  }
}
