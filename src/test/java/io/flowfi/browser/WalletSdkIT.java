package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TomcatServer;
import io.flowfi.servers.Needed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/**
 * The login as the Stellar foundation's own wallet SDK does it, from a page of another origin: with
 * the headers that it adds to its requests and the checks that it makes of a challenge.
 */
@Timeout(180)
class WalletSdkIT {
  private static final String SDK = "@stellar/typescript-wallet-sdk@1.10.0";
  private static final KeyPair SERVER_KEY = KeyPair.random();

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of(
                      "JWT_SECRET",
                      TestTokens.SECRET,
                      "SEP10_SIGNING_SEED",
                      new String(SERVER_KEY.getSecretSeed()),
                      "SEP10_HOME_DOMAIN",
                      "localhost:3001")));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();

  @TempDir private Path folder;

  @Test
  void shouldLogAWalletIn() throws Exception {
    HttpServer wallet = serve(sdk());
    try {
      browser.open(URI.create("http://127.0.0.1:" + wallet.getAddress().getPort() + "/"));
      KeyPair account = KeyPair.random();
      String token =
          (String)
              browser.run(
                  """
                  const [endpoint, seed, serverKey] = arguments;
                  const { Wallet, Sep10, SigningKeypair, DefaultAuthHeaderSigner } = WalletSDK;
                  const { cfg } = Wallet.TestNet();
                  const login = new Sep10({ cfg, webAuthEndpoint: endpoint, homeDomain: 'localhost:3001',
                    httpClient: cfg.app.defaultClient, serverSigningKey: serverKey });
                  return login.authenticate({ accountKp: SigningKeypair.fromSecret(seed),
                    authHeaderSigner: new DefaultAuthHeaderSigner() })
                    .then(answer => answer.token, problem => 'refused: ' + problem);
                  """,
                  "http://localhost:" + server.port() + "/v1/auth",
                  new String(account.getSecretSeed()),
                  SERVER_KEY.getAccountId());
      assertThat(token).startsWith("eyJ");
      JsonNode session =
          server.api().get("v1/auth/session", "Authorization", "Bearer " + token).json();
      assertThat(session.path("account").asText()).isEqualTo(account.getAccountId());
    } finally {
      wallet.stop(0);
    }
  }

  /** The SDK as it is published for pages, one file without anything else to load. */
  private byte[] sdk() throws IOException, InterruptedException {
    Needed.need(
        run("npm --version").matches("(?s)[0-9].*"),
        "npm is not installed: the login of the public wallet SDK was not tried");
    String said = run("npm pack --silent " + SDK + " && tar -xzf *.tgz");
    Path bundle = folder.resolve("package/lib/bundle_browser.js");
    Needed.need(Files.exists(bundle), "npm cannot get " + SDK + ", so it was not tried: " + said);
    return Files.readAllBytes(bundle);
  }

  private String run(String command) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("bash", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(90, TimeUnit.SECONDS)).as(command).isTrue();
    return output;
  }

  private static HttpServer serve(byte[] script) throws IOException {
    byte[] page =
        "<!doctype html><title>A wallet</title><script src='/sdk.js'></script>"
            .getBytes(StandardCharsets.US_ASCII);
    HttpServer pages =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    pages.createContext(
        "/",
        exchange -> {
          boolean sdk = exchange.getRequestURI().getPath().equals("/sdk.js");
          exchange
              .getResponseHeaders()
              .set("Content-Type", sdk ? "text/javascript;charset=UTF-8" : "text/html");
          byte[] body = sdk ? script : page;
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    pages.start();
    return pages;
  }
}
