package io.flowfi.indexer.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an RPC node is. User, password, path and query may be credentials: providers put API keys
 * into each of them. None of them is in {@link #name} or {@link #toString}.
 */
public final class RpcUrl {
  /** Shorter ones stand in too many innocent words to be taken out of a text. */
  private static final int SHORTEST_SECRET = 4;

  private static final String CENSORED = "***";

  private final URI uri;
  private final Optional<String> authorization;
  private final List<String> secrets;

  private RpcUrl(URI uri, Optional<String> authorization, List<String> secrets) {
    this.uri = uri;
    this.authorization = authorization;
    this.secrets = secrets;
  }

  /**
   * Reads one address.
   *
   * @throws IllegalArgumentException if it is not one; the message does not show it
   */
  static RpcUrl parse(String text) {
    try {
      URI given = new URI(text);
      String scheme = given.getScheme() == null ? "" : given.getScheme().toLowerCase(Locale.ROOT);
      if (!(scheme.equals("http") || scheme.equals("https"))
          || given.getHost() == null
          || given.getPort() > 65_535
          || given.getPort() == 0
          || given.getRawFragment() != null) {
        throw new IllegalArgumentException("not the address of an RPC node");
      }
      return new RpcUrl(
          withoutUser(scheme, given),
          Optional.ofNullable(given.getUserInfo()).map(RpcUrl::basic),
          secrets(given));
    } catch (URISyntaxException e) {
      // its message shows the text
      throw new IllegalArgumentException("not the address of an RPC node");
    }
  }

  /** The client would drop the user silently, so it goes into a header of its own. */
  private static URI withoutUser(String scheme, URI given) throws URISyntaxException {
    String path = given.getRawPath().isEmpty() ? "/" : given.getRawPath();
    String port = given.getPort() < 0 ? "" : ":" + given.getPort();
    String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
    return new URI(scheme + "://" + given.getHost() + port + path + query);
  }

  /** RFC 7617. */
  private static String basic(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> secrets(URI given) {
    List<String> parts = new ArrayList<>();
    split(given.getUserInfo(), ":", parts);
    split(given.getRawUserInfo(), ":", parts);
    split(given.getPath(), "/", parts);
    split(given.getRawPath(), "/", parts);
    split(given.getQuery(), "[&=]", parts);
    split(given.getRawQuery(), "[&=]", parts);
    return parts.stream()
        .filter(part -> part.length() >= SHORTEST_SECRET)
        .distinct()
        // the longest first: one may be part of another
        .sorted((a, b) -> Integer.compare(b.length(), a.length()))
        .toList();
  }

  private static void split(String text, String separator, List<String> parts) {
    if (text != null) {
      parts.addAll(Arrays.asList(text.split(separator)));
    }
  }

  URI uri() {
    return uri;
  }

  /** The header of that name, if the address has a user. */
  Optional<String> authorization() {
    return authorization;
  }

  /** Scheme, host and port. */
  String name() {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  /** A text of the node, which may repeat our credentials, without them. */
  String censored(String text) {
    String censored = text;
    for (String secret : secrets) {
      censored = censored.replace(secret, CENSORED);
    }
    return censored;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RpcUrl url
        && uri.equals(url.uri)
        && authorization.equals(url.authorization);
  }

  @Override
  public int hashCode() {
    return uri.hashCode();
  }

  @Override
  public String toString() {
    return name();
  }
}
