// @ts-check
// Errors of the server: application/problem+json (RFC 9457), made readable.

/** An answer that is not a success, with the server's message. Status 0: there was no answer. */
export class ProblemError extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} problem
   * @param {number|null} [retryAfter] seconds
   * @param {string|null} [requestId] what the server's log calls the request
   */
  constructor(status, problem, retryAfter = null, requestId = null) {
    /** @type {string} */
    const title = problem.title || `HTTP ${status}`;
    super(problem.detail || problem.message || title);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
    /** @type {{field?: string, parameter?: string, message: string}[]} */
    this.errors = Array.isArray(problem.errors) ? problem.errors : [];
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/**
 * Turns an unsuccessful response into a ProblemError.
 *
 * @param {Response} response
 */
export async function problemOf(response) {
  let problem = {};
  try {
    problem = JSON.parse(await response.text());
  } catch {
    // Not from this application, for example a proxy's page. Only the status is known.
  }
  const seconds = Number(response.headers.get('Retry-After'));
  return new ProblemError(
    response.status,
    Object(problem),
    Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    response.headers.get('X-Request-ID'),
  );
}
