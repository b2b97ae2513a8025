// A page that follows payment streams with the browser's own EventSource. The browser reconnects by itself and resumes,
// but an answer other than 200 ends it for good, and so does a refused connection in Firefox; it notices no silence, and
// it does not know what a reset is.
const TYPES = ['created', 'topped_up', 'withdrawn', 'paused', 'resumed', 'cancelled', 'completed'];
const options = new URLSearchParams(location.search); // plain.html?users=G...
const filter = options.get('users') ? `users=${options.get('users')}` : 'all=true';
const SILENCE_MS = 45_000; // heartbeats come more often, so then the connection is dead

let last = '0'; // the page has everything up to here: a position and its log, such as 42.k3f9
let source;
let heard;
let failures = 0;
let timer;

const say = (words) => {
  document.querySelector('#status').textContent = words;
};

function follow() {
  clearTimeout(timer);
  source?.close();
  heard = Date.now();
  const mine = new EventSource(`/v1/events/subscribe?${filter}&lastEventId=${last}`);
  source = mine;
  const on = (type, handle) =>
    mine.addEventListener(type, (block) => {
      if (mine !== source) {
        return; // of a connection that was given up
      }
      heard = Date.now();
      if (block.data) {
        handle(JSON.parse(block.data), block.lastEventId); // else it says nothing
      }
    });
  const move = (id) => {
    last = parseInt(id) > parseInt(last) ? id : last;
  };
  on('message', () => {
    failures = 0;
    say('open');
  });
  on('heartbeat', (_, id) => move(id));
  on('reset', startOver); // also if the server has another log: it sees that by the id
  on('reconnect', ({ reason }, id) => {
    say(`the server says: ${reason}`); // the browser waits as long as the `retry` with it says
    move(id);
  });
  for (const type of TYPES.map((word) => `stream.${word}`)) {
    on(type, (event, id) => {
      if (parseInt(id) > parseInt(last)) {
        const line = document.createElement('li');
        line.textContent = `${parseInt(id)} ${type} of stream ${event.streamId}`;
        document.querySelector('#events').prepend(line);
        move(id);
      }
    });
  }
  mine.onerror = () => {
    if (mine === source && mine.readyState === EventSource.CLOSED) {
      again('refused');
    } else if (mine === source) {
      say('connection lost');
    }
  };
}

function again(why) {
  const wait = Math.min(30_000, 5000 * 2 ** failures++) * (0.5 + Math.random() / 2);
  say(`${why}: another try in ${Math.round(wait / 1000)} s`);
  timer = setTimeout(follow, wait);
}

function startOver() {
  source.close();
  source = undefined;
  last = '0';
  document.querySelector('#events').replaceChildren();
  again('start over');
}

// The network is back, or somebody looks: a connection that was quiet may be dead, and a wait may end.
const doubt = () => {
  if (document.visibilityState === 'visible' && (source?.readyState !== EventSource.OPEN || Date.now() - heard > 15_000)) {
    follow();
  }
};
addEventListener('online', doubt);
document.addEventListener('visibilitychange', doubt);

setInterval(() => {
  if (source?.readyState === EventSource.OPEN && Date.now() - heard > SILENCE_MS) {
    follow();
  }
}, 5000);
follow();
