package io.flowfi.simulator;

import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import org.stellar.sdk.scval.Scv;
import org.stellar.sdk.xdr.LedgerEntryType;
import org.stellar.sdk.xdr.LedgerKey;
import org.stellar.sdk.xdr.SCVal;
import org.stellar.sdk.xdr.SCValType;

/** The XDR of ledgers and of the contract's entries ({@code Stellar-ledger.x}). */
final class LedgerBytes {
  /** {@code LedgerEntryExt} of version 0. */
  static final String NO_EXTENSION = "AAAAAA==";

  private static final int EVICTED = 30_000; // makes a ledger larger than 1 MB
  private static final int CONTRACT_DATA = 6;
  private static final int CONTRACT_CODE = 7;
  private static final int PERSISTENT = 1;
  private static final int HASH = 32;

  private LedgerBytes() {}

  static String hash(SimulatedChain chain, long ledger) {
    return HexFormat.of().formatHex(hashOf(chain, ledger));
  }

  /** A {@code LedgerHeader}. */
  static byte[] header(SimulatedChain chain, long ledger, int protocol) {
    return ChainValue.written(
        out -> {
          out.writeInt(protocol);
          out.write(hashOf(chain, ledger - 1));
          out.write(new byte[HASH]);
          out.writeLong(chain.closeTime(ledger));
          out.writeInt(0); // no upgrades
          out.writeInt(0); // a basic value
          out.write(new byte[2 * HASH]);
          out.writeInt((int) ledger);
          out.writeLong(1_000_000_000_000_000_000L);
          out.writeLong(0);
          out.writeInt(0);
          out.writeLong(0);
          out.writeInt(100);
          out.writeInt(5_000_000);
          out.writeInt(1_000);
          out.write(new byte[4 * HASH]);
          out.writeInt(0);
        });
  }

  /** A {@code LedgerCloseMeta} of more than 1 MB. */
  static byte[] meta(SimulatedChain chain, long ledger, int protocol) {
    return ChainValue.written(
        out -> {
          out.writeInt(1); // the version
          out.writeInt(0);
          out.write(hashOf(chain, ledger));
          out.write(header(chain, ledger, protocol));
          out.writeInt(0);
          out.writeInt(1); // a transaction set without phases
          out.write(hashOf(chain, ledger - 1));
          out.writeInt(0);
          out.writeInt(0); // no transactions, no upgrades, no history of SCP
          out.writeInt(0);
          out.writeInt(0);
          out.writeLong(0);
          out.writeInt(EVICTED);
          for (int i = 0; i < EVICTED; i++) {
            out.writeInt(CONTRACT_CODE);
            out.writeInt(i);
            out.write(new byte[HASH - Integer.BYTES]);
          }
          out.writeInt(0);
        });
  }

  /** The key of a stream: {@code DataKey::Stream(id)}, base64 of a {@code LedgerKey}. */
  static String streamKey(SimulatedChain chain, BigInteger id) {
    return Base64.getEncoder()
        .encodeToString(
            ChainValue.written(
                out -> {
                  out.writeInt(CONTRACT_DATA);
                  keyOf(chain, id, out);
                }));
  }

  /** The {@code LedgerEntryData} of a stream. */
  static String streamEntry(SimulatedChain chain, BigInteger id, StoredStream stream) {
    return Base64.getEncoder()
        .encodeToString(
            ChainValue.written(
                out -> {
                  out.writeInt(CONTRACT_DATA);
                  out.writeInt(0);
                  keyOf(chain, id, out);
                  out.write(stream.value().xdr());
                }));
  }

  /** Which stream of our contract a key asks for; empty for another key. */
  static Optional<BigInteger> streamOf(SimulatedChain chain, String key) throws IOException {
    LedgerKey parsed;
    try {
      parsed = LedgerKey.fromXdrBase64(key);
      if (!parsed.toXdrBase64().equals(key)) {
        throw new IOException("bytes are left");
      }
    } catch (RuntimeException e) {
      throw new IOException(e);
    }
    if (parsed.getDiscriminant() != LedgerEntryType.CONTRACT_DATA
        || parsed.getContractData().getKey().getDiscriminant() != SCValType.SCV_VEC) {
      return Optional.empty();
    }
    Collection<SCVal> parts = Scv.fromVec(parsed.getContractData().getKey());
    Iterator<SCVal> each = parts.iterator();
    if (parts.size() != 2 || each.next().getDiscriminant() != SCValType.SCV_SYMBOL) {
      return Optional.empty();
    }
    SCVal id = each.next();
    return id.getDiscriminant() == SCValType.SCV_U64
        ? Optional.of(Scv.fromUint64(id)).filter(stream -> streamKey(chain, stream).equals(key))
        : Optional.empty();
  }

  private static void keyOf(SimulatedChain chain, BigInteger id, DataOutputStream out)
      throws IOException {
    out.write(ChainAddress.xdr(chain.contractId()));
    out.write(ChainValue.vec(ChainValue.symbol("Stream"), ChainValue.u64(id)).xdr());
    out.writeInt(PERSISTENT);
  }

  private static byte[] hashOf(SimulatedChain chain, long ledger) {
    return SimulatedChain.sha256(chain.passphrase() + " ledger " + ledger);
  }
}
