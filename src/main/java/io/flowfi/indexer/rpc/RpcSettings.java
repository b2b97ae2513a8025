package io.flowfi.indexer.rpc;

import io.flowfi.indexer.ChainSource;
import io.flowfi.payment.Address;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Which RPC nodes are asked, and for what.
 *
 * @param urls in the order in which they are tried; 1 to {@value #MOST_URLS}
 * @param passphrase of the network that they must serve
 * @param contract whose events are read
 */
public record RpcSettings(List<RpcUrl> urls, String passphrase, Address contract) {
  /** What an operator can write, for the message about what is none of it. */
  public static final String FORMS =
      "must be 1 to 10 different addresses of Stellar RPC nodes, separated by commas, each"
          + " http(s)://[user:password@]host[:port][/path][?query] (a comma inside as %2C)";

  static final int MOST_URLS = 10;

  public RpcSettings {
    urls = List.copyOf(urls);
    if (urls.isEmpty() || urls.size() > MOST_URLS || new HashSet<>(urls).size() < urls.size()) {
      throw new IllegalArgumentException(FORMS);
    }
    if (passphrase.isBlank()) {
      throw new IllegalArgumentException("the network needs its passphrase");
    }
    if (!contract.isContract()) {
      throw new IllegalArgumentException("the contract must be a C... address");
    }
  }

  /**
   * Reads the addresses.
   *
   * @param list separated by commas
   * @throws IllegalArgumentException with {@link #FORMS} if they are none; no address is shown
   */
  public static List<RpcUrl> parse(String list) {
    List<RpcUrl> urls = new ArrayList<>();
    for (String url : list.split(",", -1)) {
      try {
        urls.add(RpcUrl.parse(url.strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(FORMS, e);
      }
    }
    if (urls.size() > MOST_URLS || new HashSet<>(urls).size() < urls.size()) {
      throw new IllegalArgumentException(FORMS);
    }
    return List.copyOf(urls);
  }

  /** One source a URL, in their order. Nothing is connected before it is needed. */
  public List<ChainSource> sources(InstantSource clock) {
    return sources(Limits.STANDARD, clock);
  }

  List<ChainSource> sources(Limits limits, InstantSource clock) {
    List<ChainSource> sources = new ArrayList<>();
    for (RpcUrl url : urls) {
      sources.add(new StellarRpc(nameOf(url), url, this, limits, clock));
    }
    return List.copyOf(sources);
  }

  /** Two URLs may differ in what a name must not show. */
  private String nameOf(RpcUrl url) {
    boolean alone = urls.stream().filter(other -> other.name().equals(url.name())).count() == 1;
    return alone ? url.name() : url.name() + " (" + (urls.indexOf(url) + 1) + ")";
  }
}
