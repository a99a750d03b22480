// Over HTTP/1.1 a browser keeps at most six connections to one origin, all its tabs together. Streams
// that stay open would use them up and leave none for requests, so the tabs share five by web locks.

const STREAMS = 5;

/** Resolves with a function that gives the place back, or with null when all are taken. */
export async function takePlace() {
  // Web locks exist only in secure contexts (https, or a loopback address).
  if (!navigator.locks) return () => {};
  for (let place = 1; place <= STREAMS; place += 1) {
    const release = await tryLock(`stream-${place}`);
    if (release) return release;
  }
  return null;
}

function tryLock(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise((release) => resolve(release));
    });
  });
}
