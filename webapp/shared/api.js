// @ts-check
// The HTTP side of the API: paths relative to this page, problem+json turned into readable errors.
import { ProblemError, problemOf } from '../lib/problem.js';
import { credentials } from './credentials.js';

// A page in a folder of its own says where the application begins.
export const base = new URL(document.documentElement?.dataset.root ?? '.', document.baseURI);

/** Whether this page was opened for the server's sandbox: then all that it shows and does is of that. */
export const sandbox = ['true', '1'].includes(new URL(document.baseURI).searchParams.get('sandbox') ?? '');

/** @param {string} path */
export function apiUrl(path) {
  const url = new URL(path, base);
  if (sandbox && !url.searchParams.has('sandbox')) {
    url.searchParams.append('sandbox', 'true');
  }
  return url;
}

/** Where a feed subscribes. */
export const SUBSCRIBE = apiUrl('v1/events/subscribe');

let serverClockOffset = 0;

/** The server's time now, in whole Unix seconds; the page's clock may be wrong. */
export const serverSeconds = () => Math.floor((Date.now() + serverClockOffset) / 1000);

/** @param {Response} response */
function noteClock(response) {
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (Number.isFinite(date)) {
    // The header has whole seconds, so a difference below two seconds is ignored.
    const offset = date + 500 - Date.now();
    serverClockOffset = Math.abs(offset) < 2000 ? 0 : offset;
  }
}

const SESSION = 'v1/auth/session';

/**
 * @param {string} path
 * @param {RequestInit & {headers?: Record<string, string>}} [init]
 */
async function call(path, init = {}) {
  // The request for the session does not name an expected account.
  const who = path === SESSION ? credentials.proof : credentials.headers;
  let response;
  try {
    response = await fetch(apiUrl(path), {
      cache: 'no-store',
      ...init,
      headers: { ...init.headers, ...who },
    });
  } catch (failure) {
    if (init.signal?.aborted) {
      throw failure;
    }
    throw new ProblemError(0, {
      title: 'Server not reachable',
      detail: 'No answer from the server: it may be restarting, or the network is down.',
    });
  }
  noteClock(response);
  return response;
}

/**
 * The server's error in an answer that is not a success.
 *
 * @param {string} path
 * @param {Response} response
 */
async function refusal(path, response) {
  // 409: the credentials may belong to another account by now.
  if ((response.status === 401 || response.status === 409) && path !== SESSION) {
    credentials.refused();
  }
  return problemOf(response);
}

/** @param {string} path */
export async function getJson(path) {
  const response = await call(path);
  if (!response.ok) {
    throw await refusal(path, response);
  }
  return response.json();
}

/**
 * Reads JSON whatever the status is: health answers 503 with a body.
 *
 * @param {string} path
 */
export async function getJsonAnyStatus(path) {
  const response = await call(path);
  try {
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: response.status, body: {} };
  }
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [idempotencyKey]
 */
export async function postJson(path, body, idempotencyKey) {
  /** @type {Record<string, string>} */
  const headers = { 'Content-Type': 'application/json' };
  if (idempotencyKey) {
    headers['Idempotency-Key'] = idempotencyKey;
  }
  const response = await call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) {
    throw await refusal(path, response);
  }
  return response.json();
}

/**
 * Any request of the API: resolves to the answer's JSON, null if it has none; rejects with the server's problem.
 *
 * @param {string} path
 * @param {{method?: string, body?: unknown, signal?: AbortSignal}} [request] `body` is sent as JSON
 * @returns {Promise<any>}
 */
export async function request(path, { method = 'GET', body, signal } = {}) {
  const json = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await call(path, { method, signal, ...json });
  if (!response.ok) {
    throw await refusal(path, response);
  }
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

/**
 * A file that the API makes.
 *
 * @param {string} path
 */
export async function file(path) {
  const response = await call(path);
  if (!response.ok) {
    throw await refusal(path, response);
  }
  const [, name = 'download'] = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '') ?? [];
  return { blob: await response.blob(), name };
}

/** Clears the login cookie, whether there is one or not. */
export const forgetCookie = () => call('v1/auth', { method: 'DELETE' });
