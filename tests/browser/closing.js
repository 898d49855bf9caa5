// What a browser does behind the back of a page: closes its connection (an iPad does so to pages in the background,
// others when a site is cleared), or breaks off a transaction (the disk failed).

const begin = IDBDatabase.prototype.transaction;
const fates = new Map();

IDBDatabase.prototype.transaction = function (...args) {
  const fate = fates.get(this.name);
  fate?.close(this);
  const transaction = begin.apply(this, args);
  fate?.abort(transaction);
  return transaction;
};

/** Before every nth transaction on this database, `times` times at most, its connection is closed. */
export function close_before(name, nth, times) {
  let begun = 0;
  const close = (database) => {
    begun += 1;
    if (begun % nth === 0 && times > 0) {
      times -= 1;
      database.close();
    }
  };
  fates.set(name, { close, abort() {} });
}

/** The next transaction on this database is broken off after its first request has succeeded. */
export function abort_next(name) {
  const abort = (transaction) => {
    fates.delete(name);
    const store = transaction.objectStore(transaction.objectStoreNames[0]);
    store.count().onsuccess = () => transaction.abort();
  };
  fates.set(name, { close() {}, abort });
}

/** From now on all goes well. */
export function let_be(name) {
  fates.delete(name);
}
