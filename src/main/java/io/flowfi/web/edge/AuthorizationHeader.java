package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

/**
 * The part of {@code Authorization} that is meant for us. A proxy with its own password passes on
 * its clients' header: with such a scheme the header says nothing about the caller here.
 */
public final class AuthorizationHeader {
  private static final String[] OF_PROXIES = {"basic", "digest", "negotiate", "ntlm"};

  private AuthorizationHeader() {}

  /** The values for this server, valid or not; nearly always one or none. */
  public static List<String> of(HttpServletRequest request) {
    Enumeration<String> all = request.getHeaders("Authorization");
    if (all == null || !all.hasMoreElements()) {
      return List.of();
    }
    List<String> ours = new ArrayList<>(1);
    while (all.hasMoreElements()) {
      String value = all.nextElement();
      if (!isOfAProxy(value)) {
        ours.add(value);
      }
    }
    return ours;
  }

  private static boolean isOfAProxy(String value) {
    for (String scheme : OF_PROXIES) {
      if (value.regionMatches(true, 0, scheme, 0, scheme.length())
          && (value.length() == scheme.length() || value.charAt(scheme.length()) == ' ')) {
        return true;
      }
    }
    return false;
  }
}
