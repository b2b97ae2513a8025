// @ts-check
// Errors of the server: application/problem+json (RFC 9457), made readable.

/** A date is compared with a clock that may be wrong; a server that is still away then names another one. */
const MOST_SECONDS_TO_DATE = 3600;

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
 * A date of the response's head, in ms since 1970; NaN: it has none.
 *
 * @param {Response} response
 * @param {string} name
 */
export const dateIn = ({ headers }, name) => Date.parse(headers.get(name) ?? '');

/**
 * What `Retry-After` says, as seconds or as a date (RFC 9110, 10.2.3).
 *
 * @param {Response} response
 * @returns {number|null} seconds; null: nothing, or a date that has passed
 */
function retryAfterOf(response) {
  let seconds = Number(response.headers.get('Retry-After'));
  if (isNaN(seconds)) {
    const now = dateIn(response, 'Date') || Date.now();
    seconds = Math.min(MOST_SECONDS_TO_DATE, Math.ceil((dateIn(response, 'Retry-After') - now) / 1000));
  }
  return seconds > 0 && seconds < Infinity ? seconds : null;
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
  return new ProblemError(
    response.status,
    Object(problem),
    retryAfterOf(response),
    response.headers.get('X-Request-ID'),
  );
}
