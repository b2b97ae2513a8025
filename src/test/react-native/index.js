// An app that follows events with our client, and prints what it hears. hermes.test.js knows what it has to be.
import './environment';
import { FlowFiEvents } from 'flowfi-events';
import { fetch } from 'react-native-fetch-api';
import { pass, requests, settled } from './native';

const url = 'https://events.example.com/';
const streaming = (resource, init) => fetch(resource, { ...init, reactNative: { textStreaming: true } });
const EVENTS = 'text/event-stream;charset=UTF-8';
const block = (type, data, id) =>
  `${type === '' ? '' : `event: ${type}\n`}data: ${JSON.stringify(data)}\n${id === undefined ? '' : `id: ${id}.a\n`}\n`;
const hello = (id) => `retry: 4000\n${block('', { type: 'connected', clientId: 'c', log: 'a', head: 9, heartbeat: 10 }, id)}`;

/** The latest request, as soon as it is there. */
async function asked() {
  await settled();
  return requests.at ? requests.at(-1) : requests[requests.length - 1];
}

async function followsAndResumes() {
  const client = new FlowFiEvents({ url, all: true, after: 0, token: ({ renew }) => (renew ? 'new' : 'old'), fetch: streaming });
  client.on('event', ({ id, type, data }) => print(`${id} ${type} ${data.reference ?? ''}`));
  client.on('status', ({ name, reason }) => name !== 'connecting' && print(`${name} ${reason ?? ''}`));
  client.open();
  let request = await asked();
  print(`${request.url.replace(/&_=.*/, '')} ${request.headers.authorization} streams ${request.streams}`);
  await request.answer(200, EVENTS);
  await request.say(hello(0) + block('stream.created', { reference: 'Zürich €' }, 1) + 'event: stream.paused\nda');
  await request.say('ta: {}\nid: 2.a\n\nevent: stream.resumed\ndata: {"str');
  await request.end('The network connection was lost.');
  await pass(6000);
  request = await asked();
  print(request.url.replace(/&_=.*/, ''));
  await request.answer(200, EVENTS);
  await request.say(hello(2) + block('stream.resumed', {}, 3) + block('heartbeat', { head: 9 }, 9));
  await request.say(`retry: 9000\n${block('reconnect', { reason: 'token_expired' }, 9)}`);
  await pass(1000);
  request = await asked();
  print(`${request.url.replace(/&_=.*/, '')} ${request.headers.authorization}`);
  await request.answer(200, EVENTS);
  await request.say(hello(9));
  await pass(60_000);
  print(`after silence aborted ${request.aborted}`);
  client.close();
  print(`after close aborted ${(await asked()).aborted}`);
}

async function keepsTheState() {
  const client = new FlowFiEvents({ url, all: true, snapshot: true, fetch: streaming }).open();
  const request = await asked();
  await request.answer(200, EVENTS);
  const stream = {
    streamId: '1', ratePerSecond: '9007199254740993', depositedAmount: '90071992547409930000', withdrawnAmount: '0',
    startTime: client.now() - 10, status: 'ACTIVE', pausedAt: null, totalPausedDuration: 0, version: 1,
  };
  await request.say(hello() + block('stream.snapshot', stream) + block('snapshot_end', { head: 9 }, 9));
  print(`claimable ${client.state.streams.get('1').claimable}, complete ${client.state.complete}`);
  client.close();
}

async function iterates() {
  const client = new FlowFiEvents({ url, all: true, after: 0, fetch: streaming });
  const all = (async () => {
    for await (const { id, type } of client) {
      print(`iterated ${id} ${type}`);
      client.close();
    }
  })();
  const request = await asked();
  await request.answer(200, EVENTS);
  await request.say(hello(0) + block('stream.created', {}, 1));
  await all;
}

async function saysWhyItIsRefused() {
  const client = new FlowFiEvents({ url, all: true, fetch: streaming });
  client.on('status', ({ name, reason }) => name === 'closed' && print(`${name} ${reason}`));
  client.open();
  const request = await asked();
  await request.answer(403, 'application/problem+json');
  await request.say('{"title":"Forbidden","status":403,"detail":"not yours"}');
  await request.end();
}

/** As that of React Native itself, whose answers have no `body`. */
async function saysThatAFetchDoesNotStream() {
  const headers = { get: (name) => (name === 'Content-Type' ? EVENTS : null) };
  const client = new FlowFiEvents({ url, all: true, fetch: async () => ({ status: 200, headers }) });
  client.on('status', ({ name, reason }) => name === 'closed' && print(`${name} ${reason}`));
  client.open();
  await settled();
}

async function main() {
  await followsAndResumes();
  await keepsTheState();
  await iterates();
  await saysWhyItIsRefused();
  await saysThatAFetchDoesNotStream();
}

main().then(
  () => print('done'),
  (error) => print(`failed: ${error.stack}`),
);
