#!/usr/bin/env bash
# Expected:  a server that answers logins (SEP-10) at http://localhost:PORT puts "localhost:PORT" into web_auth_domain, as it
#            does into the home domain, and a wallet that was given both with the port takes the challenge.
# Happens:   the wallet compares the home domain with its port, but web_auth_domain with the host name of the endpoint alone
#            (new URL(endpoint).hostname), so "localhost:PORT" is refused and "localhost" is taken. A challenge whose two
#            domains are equal, as the builder of the same foundation's SDK makes it without complaint, never gets through.
# Version:   @stellar/typescript-wallet-sdk 1.10.0 (src/walletSdk/Auth/index.ts, sign()), @stellar/stellar-sdk as it asks for.
# Source:    https://github.com/stellar/typescript-wallet-sdk, https://github.com/stellar/stellar-protocol ecosystem/sep-0010.md
# Needs:     node and npm. Prints one line a try; exits with 1 if the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @stellar/typescript-wallet-sdk@1.10.0

cat > try.js <<'JS'
const { Keypair, Networks, WebAuth } = require('@stellar/stellar-sdk');
const { Sep10, SigningKeypair, Wallet } = require('@stellar/typescript-wallet-sdk');

const server = Keypair.random();
const wallet = new SigningKeypair(Keypair.random());
const { cfg } = Wallet.TestNet();

/** Whether the wallet signs a challenge with these two domains, which is all that is asked of it. */
async function taken(home, webAuth, port) {
  let signed = false;
  const login = new Sep10({
    cfg, webAuthEndpoint: `http://localhost:${port}/auth`, homeDomain: home, serverSigningKey: server.publicKey(),
    httpClient: {
      get: async () => ({ data: {
        transaction: WebAuth.buildChallengeTx(server, wallet.publicKey, home, 300, Networks.TESTNET, webAuth),
        network_passphrase: Networks.TESTNET } }),
      post: async () => { signed = true; return { data: {} }; },
    },
  });
  const why = await login.authenticate({ accountKp: wallet }).then(() => '', problem => problem.message);
  console.log(`home domain ${home}, web_auth_domain ${webAuth}: ${signed ? 'taken' : 'refused: ' + why}`);
  return signed;
}

(async () => {
  const results = [
    await taken('localhost:8000', 'localhost:8000', 8000),
    await taken('localhost:8000', 'localhost', 8000),
    await taken('example.com', 'localhost', 8000),
  ];
  process.exit(results.join() === 'false,true,true' ? 0 : 1);
})();
JS
node try.js
