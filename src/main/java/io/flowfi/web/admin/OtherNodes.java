package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flowfi.cluster.NodeCalls;
import io.flowfi.cluster.NodeCalls.Answer;
import io.flowfi.cluster.NodeCalls.Answers;
import io.flowfi.cluster.NodeCalls.Missing;
import io.flowfi.cluster.NodeCalls.Question;
import io.flowfi.log.LogIdentity;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Passes an administrator's request on to the other nodes of the log. They answer it for themselves
 * alone ({@code scope=node}).
 */
final class OtherNodes {
  /** Nodes of a later version may say more. */
  private static final ObjectMapper ANSWERS =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Optional<NodeCalls> calls;
  private final LogIdentity log;

  /**
   * @param calls empty if this node has the log for itself
   * @param log that the request is about
   */
  OtherNodes(Optional<NodeCalls> calls, LogIdentity log) {
    this.calls = calls;
    this.log = log;
  }

  /**
   * @throws ProblemException 409 if there are other nodes, and none can be asked
   */
  void checkAddresses() {
    if (calls.filter(NodeCalls::lacksAddresses).isPresent()) {
      throw ProblemException.of(
          409,
          "the other nodes have not said where they can be reached: set NODE_URL on every node");
    }
  }

  /**
   * Asks all of them what this node was asked.
   *
   * @param expected the statuses that are an answer
   */
  Answers ask(HttpServletRequest request, byte[] body, Integer... expected) {
    if (calls.isEmpty()) {
      return Answers.NONE;
    }
    Question question =
        new Question(
            request.getMethod(),
            target(request),
            body,
            CallerFilter.callerOf(request).account(),
            (String) request.getAttribute(RequestIdFilter.HEADER));
    return calls.get().ask(question, Set.of(expected));
  }

  /**
   * The path behind the application's own, and the parameters, for one node. It always says which
   * ledger is meant: what it says is proven, and a header that comes on the way is not.
   */
  private String target(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    String query = request.getQueryString() == null ? "" : request.getQueryString();
    return Arrays.stream(query.split("&"))
        .filter(part -> !part.isEmpty() && !part.matches("(scope|ticket|sandbox)(=.*)?"))
        .map(part -> part + "&")
        .collect(Collectors.joining("", path + "?", "scope=node&sandbox=" + log.isSandbox()));
  }

  /**
   * The answers, read; a node whose answer cannot be read is missing.
   *
   * @param missing gets those
   */
  static <T> List<T> read(Answers answers, Class<T> form, List<MissingNode> missing) {
    missing.addAll(MissingNode.of(answers.missing()));
    return answers.answers().stream()
        .filter(answer -> answer.status() == 200)
        .flatMap(answer -> read(answer, form, missing).stream())
        .toList();
  }

  private static <T> Optional<T> read(Answer answer, Class<T> form, List<MissingNode> missing) {
    try (InputStream body = answer.body()) {
      return Optional.of(ANSWERS.readValue(body, form));
    } catch (IOException e) {
      missing.add(new MissingNode(answer.node(), null, "its answer cannot be read"));
      return Optional.empty();
    }
  }

  /**
   * A node that did not answer.
   *
   * @param name what its operator calls it
   * @param reason why, for people
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record MissingNode(String node, String name, String reason) {
    static List<MissingNode> of(List<Missing> nodes) {
      return nodes.stream()
          .map(node -> new MissingNode(node.node(), node.name().orElse(null), node.reason()))
          .toList();
    }
  }
}
