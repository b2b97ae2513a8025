package io.flowfi.web.login;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.auth.AuthException;
import io.flowfi.auth.Authentication;
import io.flowfi.auth.Sep10Login;
import io.flowfi.auth.Token;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.web.access.ForAnybody;
import io.flowfi.web.edge.AuthCookie;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.PageOrigin;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.JsonBody;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Login with a Stellar account (SEP-10), with or without a cookie, and logout. */
@Path("auth")
@Produces(MediaType.APPLICATION_JSON)
public final class AuthResource {
  private static final String ACCOUNT = "the Stellar account (G...) that logs in";

  private final Authentication authentication;
  private final boolean sandbox;
  private final InstantSource clock;

  /**
   * @param sandbox whether it is that of the sandbox, whose logins count apart
   */
  public AuthResource(Authentication authentication, boolean sandbox, InstantSource clock) {
    this.authentication = authentication;
    this.sandbox = sandbox;
    this.clock = clock;
  }

  /**
   * A challenge to sign. {@code client_domain} is ignored, as SEP-10 requires of a server without
   * support for it.
   */
  @GET
  @ForAnybody
  public Challenge challenge(@Context UriInfo uri) {
    Sep10Login login = login();
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Address account = required(query, "account", AuthResource::account, ACCOUNT);
    query
        .one("home_domain", (name, text) -> text)
        .filter(domain -> !domain.equals(login.homeDomain()))
        .ifPresent(
            domain ->
                query.reject("home_domain", "home_domain must be " + login.homeDomain() + " here"));
    if (query.one("memo", (name, text) -> text).isPresent()) {
      query.reject(
          "memo", "memo is not supported: streams belong to accounts, not to users who share one");
    }
    return new Challenge(query.build(() -> login.challenge(account)), login.networkPassphrase());
  }

  private static Address account(String field, String text) {
    if (text.startsWith("M")) {
      throw new InvalidValueException(
          field, field + " must be a Stellar account (G...): muxed accounts are not supported");
    }
    Address account = Address.parse(field, text);
    if (account.isContract()) {
      throw new InvalidValueException(
          field, field + " must be a Stellar account (G...): contracts have no key to log in with");
    }
    return account;
  }

  /** The same at the path of the replaced service, whose clients send the account in a body. */
  @POST
  @Path("challenge")
  @ForAnybody
  @Consumes(MediaType.APPLICATION_JSON)
  public Challenge challengeByJson(InputStream entity) throws IOException {
    QueryParameters body = body(entity);
    Address account = required(body, "publicKey", AuthResource::account, ACCOUNT);
    body.buildStrictly(() -> account);
    Sep10Login login = login();
    return new Challenge(login.challenge(account), login.networkPassphrase());
  }

  /**
   * The login at the path of the replaced service. The signed transaction names the account; {@code
   * publicKey} must be the same.
   */
  @POST
  @Path("verify")
  @ForAnybody
  @Consumes(MediaType.APPLICATION_JSON)
  public Verified verify(InputStream entity) throws IOException {
    QueryParameters body = body(entity);
    Address account = required(body, "publicKey", AuthResource::account, ACCOUNT);
    String transaction =
        required(body, "signedTransaction", (name, text) -> text, "the signed challenge in base64");
    body.buildStrictly(() -> account);
    try {
      Token token = login().login(transaction, sandbox);
      if (!authentication.byToken(token.text(), sandbox).account().equals(Optional.of(account))) {
        throw ProblemException.unauthorized("the challenge is that of another account");
      }
      return new Verified(
          token.text(), Duration.between(clock.instant(), token.expires()).toSeconds());
    } catch (AuthException refusal) {
      throw CallerFilter.problem(refusal);
    }
  }

  /** The fields of a body, to be read as parameters are: all of them are text. */
  private static QueryParameters body(InputStream entity) throws IOException {
    MultivaluedMap<String, String> fields = new MultivaluedHashMap<>();
    QueryParameters body = new QueryParameters(fields, FieldError::ofField);
    for (Map.Entry<String, JsonNode> field : JsonBody.object(entity).properties()) {
      fields.putSingle(field.getKey(), field.getValue().asText());
      if (!field.getValue().isTextual()) {
        String name = FieldError.shortened(field.getKey());
        body.reject(name, name + " must be a string");
      }
    }
    return body;
  }

  private static <T> T required(
      QueryParameters query, String name, BiFunction<String, String, T> parse, String meaning) {
    T value = query.one(name, parse).orElse(null);
    if (value == null && !query.hasErrors()) {
      query.reject(name, name + " is required: " + meaning);
    }
    return value;
  }

  @POST
  @ForAnybody
  @Consumes(MediaType.APPLICATION_JSON)
  public Response loginByJson(
      InputStream entity, @Context UriInfo uri, @Context HttpServletRequest request)
      throws IOException {
    login();
    JsonNode body = JsonBody.object(entity);
    JsonNode cookie = body.path("cookie");
    if (!cookie.isMissingNode() && !cookie.isBoolean()) {
      throw invalid("cookie", "cookie must be true or false");
    }
    return login(body.path("transaction").textValue(), cookie.asBoolean(), uri, request);
  }

  @POST
  @ForAnybody
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response loginByForm(
      InputStream entity, @Context UriInfo uri, @Context HttpServletRequest request)
      throws IOException {
    login();
    Map<String, String> form =
        form(new String(JsonBody.bytes(entity), StandardCharsets.ISO_8859_1));
    String transaction = form.get("transaction");
    return login(
        // base64 has no spaces: they are plus signs that the client did not encode
        transaction == null ? null : transaction.replace(' ', '+'),
        "true".equals(form.get("cookie")),
        uri,
        request);
  }

  private static Map<String, String> form(String body) {
    Map<String, String> fields = new HashMap<>();
    try {
      for (String field : body.split("&", -1)) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          String name = URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8);
          fields.put(name, URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
    } catch (IllegalArgumentException e) {
      throw ProblemException.of(400, "the body is not a valid form");
    }
    return fields;
  }

  private Response login(
      String transaction, boolean cookieField, UriInfo uri, HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    boolean cookieParameter = query.flag("cookie");
    boolean cookie = query.build(() -> cookieParameter || cookieField);
    if (cookie && !PageOrigin.isOwn(request)) {
      // otherwise another site could log its visitors in here as another account
      throw ProblemException.of(
          403, "a page of another origin cannot ask for the cookie " + PageOrigin.asSaid(request));
    }
    if (transaction == null) {
      throw invalid("transaction", "transaction is required: the signed challenge in base64");
    }
    Token token;
    try {
      token = login().login(transaction, sandbox);
    } catch (AuthException refusal) {
      throw CallerFilter.problem(refusal);
    }
    Response.ResponseBuilder response = Response.ok(new Login(token.text()));
    if (cookie) {
      response.header(HttpHeaders.SET_COOKIE, AuthCookie.set(token, clock.instant()));
    }
    return response.build();
  }

  /** Deletes the cookie; the answer is the same without one. */
  @DELETE
  @ForAnybody
  public Response logout(@Context HttpServletRequest request) {
    CallerFilter.refuseAnother(request);
    return Response.noContent().header(HttpHeaders.SET_COOKIE, AuthCookie.clear()).build();
  }

  private Sep10Login login() {
    return authentication
        .login()
        .orElseThrow(() -> ProblemException.of(404, "this server has no logins (SEP-10)"));
  }

  private static ProblemException invalid(String field, String message) {
    return ProblemException.invalid(List.of(FieldError.ofField(field, message)));
  }

  /** SEP-10 names the fields. */
  record Challenge(
      String transaction, @JsonProperty("network_passphrase") String networkPassphrase) {}

  /** SEP-10 names the field. */
  private record Login(String token) {}

  /**
   * The answer to a login at the path of the replaced service.
   *
   * @param expiresIn seconds
   */
  record Verified(String token, long expiresIn) {}
}
