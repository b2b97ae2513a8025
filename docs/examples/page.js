// A page that follows payment streams with our client: their state, with amounts that grow, and what happens to them.
import { FlowFiEvents } from '/lib/flowfi-events.js';

const page = document;
const text = (name, words) => {
  const element = page.createElement(name);
  element.textContent = words;
  return element;
};

function draw() {
  const rows = [...events.state.streams.values()].map(({ streamId, status, claimable }) => {
    const row = page.createElement('tr');
    row.append(text('td', streamId), text('td', status), text('td', claimable));
    return row;
  });
  page.querySelector('#streams').replaceChildren(...rows);
}

const user = new URLSearchParams(location.search).get('user'); // page.html?user=G...
const events = new FlowFiEvents({ ...(user ? { users: [user] } : { all: true }), snapshot: true });
events.on('status', ({ name, reason }) => {
  page.querySelector('#status').textContent = [name, reason].filter(Boolean).join(': ');
});
events.on('reset', () => page.querySelector('#events').replaceChildren()); // the state follows by itself
events.on('change', draw);
events.on('event', ({ id, type, data }) => {
  if (id !== null) {
    page.querySelector('#events').prepend(text('li', `${id} ${type} of stream ${data.streamId}`));
  }
});
setInterval(draw, 1000);
events.open();
