package io.flowfi.simulator;

/** An error of JSON-RPC, with the codes of {@code jrpc2} and of {@code stellar-rpc}. */
final class RpcException extends Exception {
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL_ERROR = -32603;
  static final int TOOK_TOO_LONG = -32001;
  private static final long serialVersionUID = 1;

  private final int code;

  RpcException(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }
}
