package io.flowfi.ledger;

/**
 * Another event stands at a place of the chain that is known already. Nothing was changed. The
 * reader of the chain must stop here: it is another chain, such as a test network that was reset,
 * or a node that does not tell the truth.
 */
public final class OtherChainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ChainPosition position;
  private final String known;
  private final String told;

  /**
   * @param known transaction hash and digest of what the log holds there, in hexadecimal digits
   * @param told the same of what was told now
   */
  public OtherChainException(ChainPosition position, String known, String told) {
    super("the log holds another event at " + position + ": " + known + ", not " + told);
    this.position = position;
    this.known = known;
    this.told = told;
  }

  public ChainPosition position() {
    return position;
  }

  public String known() {
    return known;
  }

  public String told() {
    return told;
  }
}
