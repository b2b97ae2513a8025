// The declarations of the published client: true to the code, and kind to those who use them. Only compiled.
import { claimable as realClaimable } from '../../../../webapp/lib/claimable.js';
import { FlowFiEvents as Real } from '../../../../webapp/lib/client.js';
import { EVENT_TYPES as realTypes } from '../../../../webapp/lib/filters.js';
import { ProblemError as RealProblem } from '../../../../webapp/lib/problem.js';
import {
  claimable,
  EVENT_TYPES,
  FlowFiEvents,
  type FlowFiEvent,
  type Payloads,
  ProblemError,
  type Words,
} from '../../../../webapp/lib/flowfi-events.js';

type Members<T> = { [K in keyof T]: T[K] };

// what is declared is there
export const declared: (options: never) => { [K in keyof Members<FlowFiEvents>]: unknown } = (options) => new Real(options);
export const calculates: typeof claimable = realClaimable;
export const knows: typeof EVENT_TYPES = realTypes;
export const fails: new (status: number, problem: Record<string, unknown>) => ProblemError = RealProblem;

// every type that the server writes has a payload
export function payloadOf(type: string): type is keyof Payloads {
  return EVENT_TYPES.includes(type);
}

export async function use(signal: AbortSignal): Promise<bigint> {
  const client = new FlowFiEvents({ all: true, snapshot: true, signal, token: async ({ renew }) => (renew ? 'new' : 'old') });
  client.on('stream.withdrawn', ({ id, data }) => [id satisfies number | null, data.amount satisfies string]);
  client.on('stream.created', ({ data }) => [data.sender, data.recipient, data.tokenAddress] satisfies string[]);
  // @ts-expect-error the chain may have told of this withdrawal before anything else of its stream
  client.on('stream.withdrawn', ({ data }) => data.sender.length);
  // @ts-expect-error and then not even the token is known
  client.on('stream.snapshot', ({ data }) => data.tokenAddress.length);
  client.on('stream.of_tomorrow', ({ data }) => data.anything);
  client.on('status', ({ name, problem }) => name === 'closed' && problem?.status);
  // @ts-expect-error a withdrawal has no such field
  client.on('stream.withdrawn', ({ data }) => data.pausedAt);
  // @ts-expect-error states are read, not written
  client.position = 1;
  // @ts-expect-error a misspelt option is not silently ignored
  new FlowFiEvents({ al: true });
  for await (const event of client.open()) {
    see(event);
  }
  return client.state.streams.get('7')?.claimable ?? 0n;
}

function see(event: FlowFiEvent): Words['event'] {
  return event;
}
