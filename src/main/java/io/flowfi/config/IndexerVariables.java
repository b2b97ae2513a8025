package io.flowfi.config;

import io.flowfi.indexer.IndexerSettings;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.payment.Address;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The variables about the chain that the node follows. */
final class IndexerVariables {
  private static final String CONTRACT = "STREAM_CONTRACT_ID";
  private static final String URLS = "SOROBAN_RPC_URL";
  private static final String START = "INDEXER_START_LEDGER";
  private static final String POLL = "INDEXER_POLL_INTERVAL";
  private static final String RECONCILE = "INDEXER_RECONCILE_INTERVAL";
  private static final Set<String> OFF = Set.of("off", "0");
  private static final int LAST_LEDGER = 999_999_999;

  private IndexerVariables() {}

  /** The contract whose stream ids are kept free. */
  static Optional<Address> contract(Environment environment) {
    return ServerSettings.parsed(
        environment,
        CONTRACT,
        IndexerVariables::contract,
        Optional.empty(),
        "must be the address of a contract (C...), 56 characters with a valid checksum");
  }

  private static Optional<Address> contract(String text) {
    Optional<Address> address = Optional.of(Address.parse(CONTRACT, text));
    if (!address.get().isContract()) {
      throw new IllegalArgumentException("an account");
    }
    return address;
  }

  /** The RPC nodes to ask; empty if the chain is not followed. */
  static Optional<RpcSettings> rpc(Environment environment) {
    if (!environment.isSet(URLS)) {
      return Optional.empty();
    }
    Address contract =
        contract(environment)
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        URLS, "must come with STREAM_CONTRACT_ID, the contract to follow"));
    return Optional.of(
        new RpcSettings(
            ServerSettings.parsed(
                environment, URLS, RpcSettings::parse, List.of(), RpcSettings.FORMS),
            AuthVariables.passphrase(environment),
            contract));
  }

  static IndexerSettings indexer(Environment environment) {
    if (!environment.isSet(URLS)) {
      for (String variable : List.of(START, POLL, RECONCILE)) {
        if (environment.isSet(variable)) {
          throw new InvalidSettingException(
              variable, "must come with SOROBAN_RPC_URL: without it the chain is not followed");
        }
      }
    }
    return new IndexerSettings(
        environment.isSet(START)
            ? OptionalLong.of(environment.integer(START, 1, 1, LAST_LEDGER))
            : OptionalLong.empty(),
        environment.duration(
            POLL,
            IndexerSettings.STANDARD_POLL,
            IndexerSettings.SHORTEST_POLL,
            IndexerSettings.LONGEST_POLL),
        environment.text(RECONCILE).filter(OFF::contains).isPresent()
            ? Optional.empty()
            : Optional.of(
                environment.duration(
                    RECONCILE,
                    IndexerSettings.STANDARD_RECONCILE,
                    IndexerSettings.SHORTEST_RECONCILE,
                    IndexerSettings.LONGEST_RECONCILE)));
  }
}
