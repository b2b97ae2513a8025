package io.flowfi.indexer.xdr;

/** A well-formed value that is not what we know under its name. */
final class OtherShapeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OtherShapeException(String field) {
    super(field + " is missing or of another type", null, false, false);
  }
}
