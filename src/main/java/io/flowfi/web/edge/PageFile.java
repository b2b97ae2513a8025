package io.flowfi.web.edge;

import io.flowfi.output.LongAnswer;
import io.flowfi.output.OnePiece;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** One file of our pages in memory, with a validator made of its content. */
final class PageFile {
  private final String type;
  private final byte[] content;
  private final String digest;

  PageFile(String type, byte[] content) {
    this.type = type;
    this.content = content;
    this.digest = digest(content);
  }

  private static String digest(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Answers a GET or HEAD: 304 if the client has this content, even if a proxy has compressed it.
   * Caches must ask each time ({@code no-cache}).
   */
  void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setHeader("Cache-Control", "no-cache");
    // weak, because a proxy may compress it: then the same content has other bytes
    response.setHeader("ETag", "W/\"" + digest + "\"");
    if (isKnown(request.getHeader("If-None-Match"))) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    response.setContentType(type);
    response.setContentLength(content.length);
    if (!"HEAD".equals(request.getMethod())) {
      if (content.length >= LongAnswer.BEGINS_AT) {
        LongAnswer.begin(request);
      }
      OnePiece.begin(request, content.length);
      response.getOutputStream().write(content);
    }
  }

  /** Ignores what a proxy has added to the tag: no other tag contains this digest. */
  private boolean isKnown(String ifNoneMatch) {
    return ifNoneMatch != null && ("*".equals(ifNoneMatch.trim()) || ifNoneMatch.contains(digest));
  }
}
