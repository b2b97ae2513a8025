package io.flowfi.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;

/** Tokens as issuers make them, good and bad. */
public final class TestTokens {
  public static final String SECRET = "the secret of the tests: 32 bytes";

  private TestTokens() {}

  /** Valid claims for an account until a moment. */
  public static JWTClaimsSet.Builder claims(String account, Instant expires) {
    return new JWTClaimsSet.Builder().subject(account).expirationTime(Date.from(expires));
  }

  /** A valid token, signed with our own secret. */
  public static String token(String account, Instant expires) {
    return hs256(SECRET, claims(account, expires).build());
  }

  public static String scoped(String account, Instant expires, String scope) {
    return hs256(SECRET, claims(account, expires).claim("scope", scope).build());
  }

  public static String hs256(String secret, JWTClaimsSet claims) {
    return hmac(JWSAlgorithm.HS256, secret.getBytes(StandardCharsets.UTF_8), claims);
  }

  /** The claims as written, with any numbers. */
  static String hs256Text(String secret, String claims) {
    try {
      JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
      token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String hmac(JWSAlgorithm algorithm, byte[] secret, JWTClaimsSet claims) {
    try {
      return signed(new JWSHeader(algorithm), new MACSigner(secret), claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An unsigned token that says so, which some libraries once accepted. */
  public static String unsigned(JWTClaimsSet claims) {
    return Base64URL.encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")
        + "."
        + Base64URL.encode(claims.toString())
        + ".";
  }

  public static RSAKey rsaKey(String kid, int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static ECKey ecKey(String kid) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String rs256(RSAKey key, JWTClaimsSet claims) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
      return signed(header, new RSASSASigner(key.toPrivateKey(), true), claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String es256(ECKey key, JWTClaimsSet claims) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
      return signed(header, new ECDSASigner(key), claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  /** A key pair of the JDK, so that our verifier is tested with independent signatures. */
  public record Ed25519(String kid, KeyPair pair) {
    public static Ed25519 generate(String kid) {
      try {
        return new Ed25519(kid, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    public OctetKeyPair jwk() {
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
      return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID(kid).build();
    }

    public String sign(JWTClaimsSet claims) {
      return sign("EdDSA", claims);
    }

    /** With one of the names of the algorithm. */
    public String sign(String algorithm, JWTClaimsSet claims) {
      String input =
          Base64URL.encode("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}")
              + "."
              + Base64URL.encode(claims.toString());
      try {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(pair.getPrivate());
        ed25519.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64URL.encode(ed25519.sign());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
